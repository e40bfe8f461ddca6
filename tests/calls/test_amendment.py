"""Amendments of a published call: by an act, by two people, to a later time; what was said before stays readable."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import Mail, User
from calls.admin.amendment_steps import AmendForm
from calls.models import Amendment, Call, CallSession
from calls.models.amendment import content_of
from calls.services import (
    ActMissing,
    AmendmentMovedOn,
    AmendmentWaits,
    CallIsDraft,
    CallNotAmendable,
    NothingAmended,
    ReasonMissing,
    RuleIsFrozen,
    SecondPersonNeeded,
    confirm_amendment,
    propose_amendment,
    refuse_amendment,
    withdraw_application,
)
from tests import factories
from tests.desk import desk_of, list_url, officer_with, row_url, take_step, text_of

NOW = datetime(2026, 10, 10, 10, tzinfo=UTC)
DAY = timedelta(days=1)
WINDOWS = [
    {"opens_at": NOW - 9 * DAY, "closes_at": NOW - 4 * DAY},
    {"opens_at": NOW - 3 * DAY, "closes_at": NOW + 3 * DAY},
    {"opens_at": NOW + 9 * DAY, "closes_at": NOW + 12 * DAY},
]
TEXT = "Primo punto.\n\nSecondo punto."


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Let faults be told in the language that the tests name."""
    with translation.override("en"):
        yield


@pytest.fixture
def call(officer: User) -> Call:
    return factories.make_call(officer=officer, now=NOW - 30 * DAY, sessions=WINDOWS, text=TEXT)


@pytest.fixture
def second(db: None) -> User:
    """Return another officer."""
    return factories.make_user("second", is_staff=True, is_superuser=True)


def moved(call: Call, **days: int) -> dict[str, Any]:
    """Return changes that move windows by some days, as in `closes_at_2=5`."""
    sessions = content_of(call)["sessions"]
    for name, number_of_days in days.items():
        column, number = name.rsplit("_", 1)
        instant = datetime.fromisoformat(sessions[int(number) - 1][column]) + number_of_days * DAY
        sessions[int(number) - 1][column] = instant.isoformat()
    return {"sessions": sessions}


def proposed(call: Call, by: User, changes: dict[str, Any], **words: Any) -> Amendment:
    """Propose an amendment."""
    fields = {"act_number": "DD 77/2026", "act_date": date(2026, 10, 9), "reason": "Proroga.", "now": NOW}
    return propose_amendment(call=call, changes=changes, by=by, **fields | words)


def amended(call: Call, officer: User, second: User, changes: dict[str, Any]) -> Amendment:
    """Amend a call."""
    amendment = proposed(call, officer, changes)
    return confirm_amendment(amendment=amendment, by=second, now=NOW + timedelta(hours=1))


def test_an_amendment_takes_two_people_and_leaves_every_rule(
    call: Call, officer: User, second: User, evaluator: User
) -> None:
    documents = [{"name": "Statuto", "description": "Anche in bozza.", "required": False}]
    changes = {**moved(call, closes_at_2=4), "text": "Primo punto.\n\nTerzo.", "documents": documents}
    rules = Call.objects.filter(pk=call.pk).values("cap_cents", "threshold_bp", "title", "published_at")
    before = rules.get()
    amendment = proposed(call, officer, changes)

    assert content_of(Call.objects.get()) == amendment.before
    # Whoever proposes is not asked, nor who has no right to answer.
    assert [mail.recipient for mail in Mail.objects.all()] == [second.email]
    with pytest.raises(SecondPersonNeeded):
        confirm_amendment(amendment=amendment, by=officer, now=NOW)

    amendment = confirm_amendment(amendment=amendment, by=second, now=NOW)

    call = Call.objects.get()
    assert (amendment.version, call.version) == (2, 2)
    assert content_of(call) == amendment.after
    assert call.sessions.get(number=2).closes_at == NOW + 7 * DAY
    assert rules.get() == before
    connection.check_constraints()
    with pytest.raises(AmendmentMovedOn):
        confirm_amendment(amendment=amendment, by=second, now=NOW)


def test_whoever_is_applying_is_told_once_in_the_own_language(
    call: Call, officer: User, second: User, organizer: User, donor: User, stranger: User
) -> None:
    donor.language = "en"
    donor.save(update_fields=["language"])
    for applicant in (organizer, organizer, donor):
        body = factories.make_organization(user=applicant)
        factories.make_draft_application(call=call, organization=body, now=NOW)
    handed_in = factories.make_application(
        call=call, organization=factories.make_organization(user=organizer), now=NOW
    )
    gone = factories.make_application(
        call=call, organization=factories.make_organization(user=stranger), now=NOW
    )
    withdraw_application(application=gone, by=stranger, now=NOW)
    amendment = proposed(call, officer, moved(call, closes_at_2=4))
    assert not Mail.objects.filter(key__startswith="call_amended").exists()

    confirm_amendment(amendment=amendment, by=second, now=NOW)

    mails = {mail.recipient: mail for mail in Mail.objects.filter(key__startswith="call_amended")}
    assert set(mails) == {organizer.email, donor.email}
    assert Mail.objects.filter(key__startswith="call_amended").count() == 2
    assert "Il bando è cambiato" in mails[organizer.email].subject
    assert "The call has changed" in mails[donor.email].subject
    assert {mail.topic for mail in mails.values()} == {call.mail_topic}
    assert handed_in.status == "submitted"


@pytest.mark.parametrize(
    ("name", "days", "said"),
    [
        ("closes_at_2", -1, "can only move to a later time"),
        ("opens_at_3", -1, "can only move to a later time"),
        ("opens_at_2", 1, "has opened"),
        ("closes_at_1", 1, "has closed"),
        ("closes_at_2", 7, "overlap"),
        ("opens_at_3", 3, "close after it opens"),
    ],
)
def test_dates_move_to_a_later_time_only(call: Call, officer: User, name: str, days: int, said: str) -> None:
    with pytest.raises(CallNotAmendable, match=said):
        proposed(call, officer, moved(call, **{name: days}))

    assert not Amendment.objects.exists()


def test_a_window_that_closes_before_the_second_person_confirms(
    call: Call, officer: User, second: User
) -> None:
    amendment = proposed(call, officer, moved(call, closes_at_2=4))

    with pytest.raises(CallNotAmendable, match="has closed"):
        confirm_amendment(amendment=amendment, by=second, now=NOW + 3 * DAY)

    assert Call.objects.get().version == 1


@pytest.mark.parametrize("rule", ["cap_cents", "threshold_bp", "title", "eligible_kinds", "version"])
def test_rules_are_not_amended(call: Call, officer: User, rule: str) -> None:
    with pytest.raises(RuleIsFrozen, match=rule):
        proposed(call, officer, {rule: 1})


def test_what_an_amendment_needs(call: Call, officer: User, second: User) -> None:
    for missing in ({"act_number": " "}, {"reason": ""}):
        with pytest.raises(ActMissing):
            proposed(call, officer, {"summary": "Altro."}, **missing)
    with pytest.raises(NothingAmended):
        proposed(call, officer, {"summary": call.summary})
    with pytest.raises(CallIsDraft):
        proposed(factories.make_draft_call(), officer, {"summary": "Altro."})
    for wrong in ({"summary": ""}, {"summary": "x" * 601}, {"contact_email": "nessuno"}):
        with pytest.raises(CallNotAmendable):
            proposed(call, officer, wrong)
    amendment = proposed(call, officer, {"summary": "Altro."})
    with pytest.raises(AmendmentWaits):
        proposed(call, second, {"summary": "Ancora."})
    with pytest.raises(ReasonMissing):
        refuse_amendment(amendment=amendment, by=officer, reason=" ", now=NOW)

    refuse_amendment(amendment=amendment, by=officer, reason="Errore mio.", now=NOW)

    call.refresh_from_db()
    assert (call.version, call.summary) == (1, "Un bando di prova.")
    assert proposed(call, second, {"summary": "Ancora."})


def test_no_required_document_is_added_once_somebody_has_applied(
    call: Call, officer: User, organizer: User
) -> None:
    asked = [{"name": "Statuto", "description": "", "required": False}]
    late = {"name": "Bilancio", "description": "", "required": True}
    twice = [*asked, {**asked[0], "required": True}]
    with pytest.raises(CallNotAmendable, match="twice"):
        proposed(call, officer, {"documents": twice})
    organization = factories.make_organization(user=organizer)
    factories.make_application(call=call, organization=organization, now=NOW)

    with pytest.raises(CallNotAmendable, match="Bilancio"):
        proposed(call, officer, {"documents": [*asked, late]})

    assert proposed(call, officer, {"documents": [*asked, {**late, "required": False}]})


@pytest.mark.parametrize(
    "stroke",
    [
        "UPDATE calls_call SET text = 'altro', version = version + 1",
        "UPDATE calls_call SET text = 'altro'",
        "UPDATE calls_callsession SET closes_at = closes_at + interval '1 day' WHERE number = 3",
        "DELETE FROM calls_documentrequirement",
        "UPDATE calls_amendment SET act_number = 'altro'",
        "UPDATE calls_amendment SET status = 'refused'",
        "DELETE FROM calls_amendment",
        "UPDATE calls_call SET status = 'draft'",
    ],
)
def test_the_database_keeps_an_amended_call_as_it_is(
    call: Call, officer: User, second: User, stroke: str
) -> None:
    amended(call, officer, second, {"summary": "Altro."})

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(stroke)


def propagate(amendment: Amendment) -> None:
    """Let the call say what its amendment says, as a transaction has to before it ends."""
    Call.objects.filter(pk=amendment.call_id).update(version=2, summary=amendment.after["summary"])


@pytest.mark.parametrize(
    "stroke",
    [
        "UPDATE calls_callsession SET closes_at = closes_at - interval '1 day' WHERE number = 3",
        "UPDATE calls_callsession SET allocation_cents = 1",
        "DELETE FROM calls_callsession WHERE number = 3",
        "UPDATE calls_fund SET allocation_cents = 1",
        "UPDATE calls_criterion SET max_points = 99",
        "DELETE FROM calls_criterion",
        "UPDATE calls_theme SET call_id = (SELECT max(id) FROM calls_call)",
        "UPDATE calls_declarationtext SET call_id = (SELECT max(id) FROM calls_call)",
        "UPDATE calls_call SET version = 2, cap_cents = 1",
        "SET CONSTRAINTS ALL IMMEDIATE",
    ],
)
def test_the_database_lets_an_amendment_do_no_more_than_it_may(
    call: Call, officer: User, second: User, organizer: User, stroke: str
) -> None:
    factories.make_application(call=call, organization=factories.make_organization(user=organizer), now=NOW)
    factories.make_draft_call(slug="altro")
    amendment = proposed(call, officer, {"summary": "Altro."})

    Amendment.objects.filter(pk=amendment.pk).update(
        status="in_force", version=2, decided_at=NOW, decided_by=second
    )

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(stroke)
    propagate(amendment)


def test_the_database_asks_for_a_second_person(call: Call, officer: User) -> None:
    amendment = proposed(call, officer, {"summary": "Altro."})

    with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
        Amendment.objects.filter(pk=amendment.pk).update(
            status="in_force", version=2, decided_at=NOW, decided_by=officer
        )


def test_the_page_says_what_changed_and_keeps_what_was_said(
    client: Client, call: Call, officer: User, second: User
) -> None:
    assert client.get(reverse("calls:call_version", args=[call.slug, 0])).status_code == 404
    amendment = amended(call, officer, second, moved(call, closes_at_2=4))
    call.refresh_from_db()
    text = "Primo punto.\n\nSecondo punto, cambiato."
    amended(call, officer, second, {"text": text, "contact_email": "nuovo@example.org"})

    reader = Client(headers={"accept-language": "en"})
    page = reader.get(call.get_absolute_url())
    words = text_of(page)
    first = text_of(reader.get(reverse("calls:call_version", args=[call.slug, 1])))
    middle = text_of(reader.get(reverse("calls:call_version", args=[call.slug, 2])))
    assert "This call was amended on 10 October 2026." in words
    assert "By act DD 77/2026 of 9 October 2026. Proroga." in words
    assert (
        "Window 2 closes until 12:00 on Tuesday 13 October 2026 until 12:00 on Saturday 17 October 2026"
        in words
    )
    assert "Text of the call Secondo punto. Secondo punto, cambiato." in words
    assert "<del>Primo punto.</del>" not in page.content.decode()
    assert "until 12:00 on Tuesday 13 October 2026" in first
    assert "until 12:00 on Saturday 17 October 2026" in middle
    assert "In force from 10 September 2026, 12:00 to 10 October 2026, 13:00." in first
    assert "cambiato" not in middle and "bando@example.org" in middle
    assert "By act DD 77/2026" in middle and "By act" not in first
    assert (
        reader.get(reverse("calls:call_version", args=[call.slug, 3]))["Location"] == call.get_absolute_url()
    )
    assert reader.get(reverse("calls:call_version", args=[call.slug, 4])).status_code == 404
    for person in (officer, second):
        assert person.email not in words + first
    data = json.loads(reader.get(reverse("calls:call_data", args=[call.slug])).content)
    dates = reader.get(reverse("calls:call_calendar", args=[call.slug])).content.decode()
    assert (data["version"], data["amended_at"]) == (3, "2026-10-10T13:00:00+02:00")
    assert "SEQUENCE:2\r\n" in dates
    assert amendment.reason in words


def step_values(call: Call, **changes: Any) -> dict[str, Any]:
    """Return what the step's page sends when nothing but some fields is touched."""
    form = AmendForm(call=call)
    values = {name: form[name].value() for name in form.foretold}
    for name, value in values.items():
        if isinstance(value, datetime):
            values[name] = value.strftime("%Y-%m-%dT%H:%M")
    act = {"act_number": "DD 1/2026", "act_date": "2026-10-09", "reason": "Proroga."}
    typed = {**values, **act, **changes}
    return {name: "on" if value is True else value for name, value in typed.items() if value is not False}


def test_amend_at_the_desk_by_two_people(officer: User, second: User) -> None:
    now = timezone.now()
    call = factories.make_call(officer=officer, text=TEXT)
    desk, step = desk_of(officer), row_url(call, "amend")
    late = timezone.localtime(now + 40 * DAY).strftime("%Y-%m-%dT%H:%M")
    early = timezone.localtime(now + DAY).strftime("%Y-%m-%dT%H:%M")

    unchanged = take_step(desk, step, **step_values(call))
    back = take_step(desk, step, **step_values(call, closes_at_1=early))
    assert "Nothing differs from the call as it stands" in text_of(unchanged)
    assert "can only move to a later time" in text_of(back)
    assert not Amendment.objects.exists()
    values = step_values(call, closes_at_1=late, text=TEXT.replace("\n", "\r\n"), document_2="Bilancio")
    told = text_of(desk.post(step, {**values, "preview": "1"}))
    assert "Window 1 closes" in told and "Bilancio" in told and "Text of the call" not in told

    done = take_step(desk, step, **values)

    assert "nothing changes until a second person confirms" in text_of(done)
    amendment = Amendment.objects.get()
    assert "somebody else has to confirm it" in text_of(take_step(desk, row_url(amendment, "confirm")))
    other = desk_of(second)
    assert call.title in text_of(other.get(list_url(amendment, queue="waiting")))
    assert "version 2 of the call is public" in text_of(take_step(other, row_url(amendment, "confirm")))
    assert "No amendment waits" in text_of(other.get(list_url(amendment, queue="waiting")))
    assert [document.name for document in call.document_requirements.all()] == ["Statuto", "Bilancio"]
    assert CallSession.objects.get().closes_at > now + 39 * DAY
    assert "Version 2" in text_of(other.get(row_url(amendment)))


def test_amend_at_the_desk_is_refused_with_a_reason_and_needs_the_right(officer: User) -> None:
    call = factories.make_call(officer=officer)
    amendment = proposed(call, officer, {"summary": "Altro."}, now=timezone.now())
    reader = desk_of(officer_with("calls.view_call", "calls.view_amendment"))

    assert reader.get(row_url(call, "amend")).status_code == 403
    assert reader.get(row_url(amendment, "refuse")).status_code == 403
    take_step(desk_of(officer), row_url(amendment, "refuse"), reason="Non serve.")

    amendment.refresh_from_db()
    assert (amendment.status, amendment.refusal_reason) == ("refused", "Non serve.")
    assert "This is no longer possible" in text_of(
        desk_of(officer).get(row_url(amendment, "confirm"), follow=True)
    )
    draft = factories.make_draft_call()
    assert "This is no longer possible" in text_of(desk_of(officer).get(row_url(draft, "amend"), follow=True))
