"""A document that was on its way at the deadline counts for a quarter of an hour; nothing else that comes late does."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.models import User
from calls.services import (
    GRACE,
    ApplicationClosed,
    ApplicationRefused,
    edit_partner,
    keep_attachment,
    remove_partner,
    save_step,
    submit_application,
    take_back_answer,
)
from tests.calls.partnering import answer, invite, make_partner
from tests.factories import make_call, make_draft_application, make_organization
from tests.papers import make_pdf

ROME = ZoneInfo("Europe/Rome")
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("begun", "asked", "meanwhile", "counts"),
    [
        (-60, 60, "", True),
        (-60, 899, "", True),
        # The quarter of an hour is over.
        (-60, 900, "", False),
        (0, 60, "", False),
        # Others would have liked to go on writing too.
        (-60, 60, "text", False),
        (-60, 60, "another file", False),
    ],
)
def test_upload_begun_in_time_counts_and_nothing_else_does(
    officer: User, organizer: User, begun: int, asked: int, meanwhile: str, counts: bool
) -> None:
    closes_at = datetime(2027, 4, 1, 0, 0, tzinfo=ROME)
    windows = [{"opens_at": closes_at - timedelta(days=9), "closes_at": closes_at}]
    call = make_call(officer=officer, now=closes_at - timedelta(days=10), sessions=windows)
    draft = make_draft_application(call=call, organization=make_organization(user=organizer))
    late = closes_at + 30 * SECOND

    def keep(begun_at: datetime) -> None:
        keep_attachment(
            application=draft,
            requirement=call.document_requirements.first(),
            pieces=[make_pdf(mark=begun_at.isoformat().encode())],
            name="statuto.pdf",
            by=organizer,
            now=late,
            begun_at=begun_at,
        )

    keep(closes_at + begun * SECOND)
    if meanwhile == "text":
        save_step(application=draft, key="project", values={"title": "Altro"}, by=organizer, now=late)
    elif meanwhile:
        keep(closes_at + SECOND)

    if counts:
        handed_in = submit_application(application=draft, by=organizer, now=closes_at + asked * SECOND)
        assert handed_in.session == call.sessions.get()
        assert handed_in.versions.get().files[0]["name"] == "statuto.pdf"
    else:
        with pytest.raises(ApplicationRefused, match="1 aprile 2027"):
            submit_application(application=draft, by=organizer, now=closes_at + asked * SECOND)


@pytest.mark.parametrize("meanwhile", ["", "part", "out"])
def test_partners_count_as_they_stood_at_the_deadline(officer: User, organizer: User, meanwhile: str) -> None:
    closes_at = datetime(2027, 4, 1, 0, 0, tzinfo=ROME)
    early, late = closes_at - timedelta(days=2), closes_at + 30 * SECOND
    windows = [{"opens_at": closes_at - timedelta(days=9), "closes_at": closes_at}]
    call = make_call(officer=officer, now=closes_at - timedelta(days=10), sessions=windows)
    draft = make_draft_application(call=call, organization=make_organization(user=organizer), now=early)
    made = make_partner(draft, now=early)
    token = invite(made, now=early)
    partner = answer(token, now=early)
    keep_attachment(
        application=draft,
        requirement=call.document_requirements.first(),
        pieces=[make_pdf()],
        name="statuto.pdf",
        by=organizer,
        now=late,
        begun_at=closes_at - SECOND,
    )

    # Whoever answers late would undo what stood in time.
    with pytest.raises(ApplicationClosed):
        take_back_answer(token=token, now=late)
    if meanwhile == "part":
        edit_partner(partner=partner, by=organizer, now=late, referent="Ugo Neri")
    elif meanwhile:
        remove_partner(partner=partner, by=organizer, now=late)

    if meanwhile:
        with pytest.raises(ApplicationRefused, match="1 aprile 2027"):
            submit_application(application=draft, by=organizer, now=late + SECOND)
    else:
        handed_in = submit_application(application=draft, by=organizer, now=late + SECOND)
        assert handed_in.versions.get().content["partners"][0]["status"] == "confirmed"
        return
    # Nobody waits for what was not handed in: for the next window the partner may think again.
    if meanwhile == "part":
        assert take_back_answer(token=token, now=closes_at + GRACE).status == "invited"
