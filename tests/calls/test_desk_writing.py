"""Officers who write for bodies: with a reason, marked, told to the body, never for the own one and never after a deadline."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import Mail, Membership, User
from calls.content import told
from calls.models import (
    Applicant,
    Application,
    ApplicationEvent,
    Attachment,
    Call,
    DeskWriting,
    Draft,
    Partner,
    SavedStep,
)
from calls.protocol_pdf import _facts
from calls.services import (
    ApplicationClosed,
    DeskClosed,
    KindNotAdmitted,
    MayOnlyRead,
    NotAnOfficer,
    NotForOwnBody,
    ReasonMissing,
    begin_desk_writing,
    begin_for_body,
    end_desk_writing,
    keep_attachment,
    name_partner,
    save_step,
    submit_application,
    take_back_application,
    withdraw_application,
)
from calls.story import story_of
from tests.calls.partnering import partner_fields
from tests.desk import desk_of, list_url, officer_with, row_url, take_step, text_of
from tests.factories import make_application, make_draft_application, make_organization, make_user
from tests.pages import browser_of
from tests.papers import make_pdf

RIGHTS = ("calls.change_draft", "calls.change_applicant")
REASON = "È venuta allo sportello con le carte firmate."
What = ApplicationEvent.What


@pytest.fixture
def clerk(db: None) -> User:
    """Return an officer who may write for bodies and nothing else."""
    return officer_with(*RIGHTS)


@pytest.fixture
def draft(call: Call, organizer: User) -> Application:
    """Return a draft that could be handed in."""
    return make_draft_application(call=call, organization=make_organization(user=organizer))


def begin(draft: Application, clerk: User, **changes: Any) -> DeskWriting:
    """Let an officer write for the body."""
    return begin_desk_writing(
        **{"application": draft, "reason": REASON, "by": clerk, "now": timezone.now(), **changes}
    )


def save(draft: Application, by: User, **changes: Any) -> SavedStep:
    """Save the place."""
    fields = {"application": draft, "key": "place", "values": {"place": "Via Nuova"}, "by": by}
    return save_step(**{**fields, "now": timezone.now(), **changes})


def marks_of(draft: Application) -> list[str]:
    """Return the steps that are marked as the office's."""
    return list(draft.events.filter(what=What.DESK_WROTE).values_list("step", flat=True))


def test_an_officer_writes_after_giving_a_reason_and_each_step_is_marked_once(
    draft: Application, clerk: User, organizer: User
) -> None:
    with pytest.raises(MayOnlyRead):
        save(draft, clerk)
    begin(draft, clerk)

    for _time in range(2):
        saved = save(draft, clerk)
    name_partner(application=draft, by=clerk, now=timezone.now(), **partner_fields())

    assert saved.saved_by == clerk
    assert marks_of(draft) == ["place", "partners"]
    event = draft.events.filter(what=What.DESK_WROTE).earliest("pk")
    assert (event.by, event.reason) == (clerk, REASON)
    mail = Mail.objects.get(recipient=organizer.email, key__startswith="desk_wrote:")
    assert REASON in mail.body and str(clerk) in mail.body and draft.title in mail.subject
    titles = {moment.title: moment.reason for moment in story_of(draft, timezone.now())}
    assert titles["Scritta dagli uffici per conto dell'ente: Luogo e persone"] == REASON


def test_a_member_s_own_writing_is_not_marked(draft: Application, organizer: User) -> None:
    save(draft, organizer)

    assert marks_of(draft) == []


def test_documents_an_officer_keeps_are_marked(draft: Application, clerk: User) -> None:
    asked = draft.call.document_requirements.get()
    arguments = {"application": draft, "requirement": asked, "pieces": [make_pdf()], "name": "statuto.pdf"}

    with pytest.raises(MayOnlyRead):
        keep_attachment(**arguments, by=clerk, now=timezone.now())
    begin(draft, clerk)
    kept = keep_attachment(**arguments, by=clerk, now=timezone.now())

    assert kept.kept_by == clerk and Attachment.objects.count() == 1
    assert marks_of(draft) == ["documents"]


def test_an_officer_hands_in_and_takes_back_and_the_receipt_says_so(
    draft: Application, clerk: User, organizer: User
) -> None:
    begin(draft, clerk)
    save(draft, clerk)

    handed = submit_application(application=draft, by=clerk, now=timezone.now())
    version = handed.versions.get()

    assert version.is_filed_by_office
    with translation.override("en"):
        facts = dict(_facts(version))
        lines = next(part.lines for part in told(version.content) if part.key == "office")
    assert facts["Handed in by"] == f"{clerk}, of the office, for the organization"
    assert facts["Written by the office"].startswith(f"Place and people: {clerk}") and REASON in lines[0]
    assert [line.partition(":")[0] for line in lines] == ["Place and people", "Check and submit"]
    assert version.is_whole
    body = Mail.objects.get(recipient=organizer.email, key__startswith="application_submitted:").body
    assert REASON in body

    take_back_application(application=handed, by=clerk, now=timezone.now())
    assert marks_of(draft) == ["place", "check", "check"]
    taken = Mail.objects.get(recipient=organizer.email, key__startswith="application_taken_back:").body
    assert REASON in taken

    again = submit_application(application=draft, by=organizer, now=timezone.now())
    last = again.versions.latest("number")
    assert not last.is_filed_by_office
    with translation.override("en"):
        assert dict(_facts(last))["Handed in by"] == str(organizer)
    assert last.content["office"], "what the office wrote before stays told"


def test_a_version_the_office_had_no_hand_in_says_nothing_of_it(draft: Application, organizer: User) -> None:
    version = submit_application(application=draft, by=organizer, now=timezone.now()).versions.get()

    assert version.content["office"] == []
    assert "office" not in [part.key for part in told(version.content)]
    with translation.override("en"):
        assert "Written by the office" not in dict(_facts(version))


def test_nobody_writes_for_the_own_body(draft: Application, clerk: User) -> None:
    begin(draft, clerk)
    Membership.objects.create(
        organization=draft.organization, user=clerk, role="reader", created_at=timezone.now()
    )

    with pytest.raises(NotForOwnBody):
        begin(draft, clerk)
    with pytest.raises(MayOnlyRead):
        save(draft, clerk)


def test_nobody_begins_for_the_own_body(call: Call, clerk: User) -> None:
    own = make_organization(user=clerk)

    with pytest.raises(NotForOwnBody):
        begin_for_body(call=call, organization=own, title="Mio", reason=REASON, by=clerk, now=timezone.now())


def test_after_the_deadline_an_officer_writes_nothing(
    draft: Application, clerk: User, organizer: User
) -> None:
    deadline = draft.call.sessions.get().closes_at
    before = deadline - timedelta(hours=1)
    begin(draft, clerk, now=before)
    save(draft, clerk, now=deadline - timedelta(microseconds=1))

    with pytest.raises(MayOnlyRead):
        save(draft, clerk, now=deadline)
    with pytest.raises(DeskClosed):
        begin(draft, clerk, now=deadline)
    # The body itself may go on with its draft for a window to come.
    save(draft, organizer, now=deadline)


def test_time_of_writing_ends_by_itself_and_by_hand(draft: Application, clerk: User) -> None:
    now = timezone.now()
    writing = begin(draft, clerk, now=now)
    save(draft, clerk, now=writing.over_at - timedelta(microseconds=1))

    with pytest.raises(MayOnlyRead):
        save(draft, clerk, now=writing.over_at)
    again = begin(draft, clerk, now=writing.over_at)
    end_desk_writing(writing=again, now=again.begun_at)
    with pytest.raises(MayOnlyRead):
        save(draft, clerk, now=again.begun_at)
    writing.refresh_from_db()
    assert writing.ended_at == again.begun_at


@pytest.mark.parametrize("lost", ["right", "staff", "active"])
def test_an_officer_who_loses_the_right_writes_no_more(draft: Application, clerk: User, lost: str) -> None:
    begin(draft, clerk)
    if lost == "right":
        clerk.user_permissions.clear()
    else:
        User.objects.filter(pk=clerk.pk).update(**{f"is_{lost}": False})
    same = User.objects.get(pk=clerk.pk)

    with pytest.raises(MayOnlyRead):
        save(draft, same)
    with pytest.raises(NotAnOfficer):
        begin(draft, same)


def test_begin_desk_writing_refuses(draft: Application, clerk: User, stranger: User, organizer: User) -> None:
    with pytest.raises(ReasonMissing):
        begin(draft, clerk, reason=" ")
    for who in (stranger, organizer):
        with pytest.raises(NotAnOfficer):
            begin(draft, who)
    withdraw_application(application=draft, by=organizer, now=timezone.now())
    with pytest.raises(ApplicationClosed):
        begin(draft, clerk)


def test_begin_for_body_begins_a_draft_the_body_finds_as_its_own(
    call: Call, clerk: User, organizer: User
) -> None:
    body = make_organization(user=organizer)

    writing = begin_for_body(
        call=call, organization=body, title="Il forno", reason=REASON, by=clerk, now=timezone.now()
    )

    assert Application.objects.of(organizer).get() == writing.application
    assert marks_of(writing.application) == ["project"]
    assert Mail.objects.filter(
        recipient=organizer.email, key=f"desk_wrote:{writing.pk}:{organizer.pk}"
    ).exists()


def test_begin_for_body_refuses_a_kind_the_call_does_not_admit(
    call: Call, clerk: User, organizer: User
) -> None:
    body = make_organization(user=organizer, kind="onlus")
    call.eligible_kinds = ["aps"]

    with pytest.raises(KindNotAdmitted):
        begin_for_body(call=call, organization=body, title="X", reason=REASON, by=clerk, now=timezone.now())


def bad(**changes: Any) -> dict[str, Any]:
    """Return a row that breaks one promise."""
    now = timezone.now()
    return {"reason": "x", "begun_at": now, "over_at": now + timedelta(hours=1), **changes}


@pytest.mark.parametrize(
    ("changes", "broken"),
    [
        ({"reason": ""}, "desk_writing_has_reason"),
        ({"over_at": timezone.now() - timedelta(days=1)}, "desk_writing_lasts"),
        ({"ended_at": timezone.now() - timedelta(days=1)}, "desk_writing_ends_after_it_began"),
    ],
)
def test_database_refuses_a_writing_that(
    draft: Application, clerk: User, changes: dict[str, Any], broken: str
) -> None:
    with pytest.raises(IntegrityError, match=broken), transaction.atomic():
        DeskWriting.objects.create(application=draft, by=clerk, **bad(**changes))


def test_database_keeps_writings_as_they_were_begun(draft: Application, clerk: User) -> None:
    writing = begin(draft, clerk)

    with pytest.raises(IntegrityError, match="desk_writing_once"), transaction.atomic():
        DeskWriting.objects.create(application=draft, by=clerk, **bad())
    with pytest.raises(DatabaseError), transaction.atomic():
        DeskWriting.objects.filter(pk=writing.pk).update(reason="altro")
    end_desk_writing(writing=writing, now=timezone.now())
    for change in (lambda rows: rows.update(ended_at=None), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(DeskWriting.objects.filter(pk=writing.pk))


@pytest.mark.parametrize(("what", "step"), [("desk_wrote", ""), ("submitted", "place")])
def test_database_ties_the_step_to_the_office_s_writing(draft: Application, what: str, step: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ApplicationEvent.objects.create(
            application=draft, what=what, at=timezone.now(), reason="x", step=step
        )


def test_counter_s_way_from_the_desk_through_the_steps_to_the_receipt(
    draft: Application, clerk: User, organizer: User
) -> None:
    desk = desk_of(clerk)
    found = desk.get(list_url(Draft.objects.get(), q=draft.organization.tax_code))
    assert draft.title in text_of(found)
    url = row_url(Draft.objects.get())
    assert draft.summary not in text_of(desk.get(url)), "what a draft says is the body's own business"
    step = reverse("calls:step_place", args=[draft.public_id])
    assert desk.get(step).status_code == 404

    opened = take_step(desk, row_url(Draft.objects.get(), "write"), reason=REASON)

    assert opened.redirect_chain[-1][0].startswith("/candidature/"), text_of(opened)
    page = desk.get(step)
    assert f"You write for {draft.organization.legal_name}" in text_of(page)
    project = desk.get(reverse("calls:step_project", args=[draft.public_id]))
    make_organization(user=clerk)
    assert str(project.context["form"].fields["organization"].queryset.get()) == draft.organization.legal_name
    sent = desk.post(step, {"borough": "3", "beneficiaries": "Tutti", "version": "1", "go": "next"})
    assert sent.status_code == 302, text_of(sent)
    check = reverse("calls:step_check", args=[draft.public_id])
    done = desk.post(check, {"read": desk.get(check).context["read"]}, follow=True)
    draft.refresh_from_db()
    assert draft.status == Application.Status.SUBMITTED, text_of(done)
    own = text_of(browser_of(organizer).get(draft.get_absolute_url()))
    assert REASON in own
    assert desk.post(reverse("calls:application_withdraw", args=[draft.public_id])).status_code == 403
    receipt = reverse("calls:application_receipt", args=[draft.public_id, 1])
    assert desk.get(receipt).content.startswith(b"%PDF")

    assert desk.post(reverse("calls:application_take_back", args=[draft.public_id])).status_code == 302
    draft.refresh_from_db()
    assert draft.status == Application.Status.DRAFT
    ended = desk.post(reverse("calls:desk_writing_end", args=[draft.public_id]))
    assert ended["Location"] == list_url(Draft())
    assert desk.get(step).status_code == 404


def test_desk_opens_what_is_handed_in_while_the_window_is_open(
    call: Call, organizer: User, officer: User
) -> None:
    application = make_application(call=call, organization=make_organization(user=organizer))

    opened = take_step(desk_of(officer), row_url(application, "write"), reason=REASON)

    assert opened.redirect_chain[-1][0] == application.get_absolute_url()
    assert "Take it back and change it" in text_of(opened)
    assert "Withdraw this application" not in text_of(opened)


def test_counter_begins_an_application_for_a_body(call: Call, organizer: User, clerk: User) -> None:
    body = Applicant.objects.get(pk=make_organization(user=organizer).pk)
    desk = desk_of(clerk)
    assert body.legal_name in text_of(desk.get(list_url(body)))

    begun = take_step(desk, row_url(body, "begin"), call=str(call.pk), title="Il forno", reason=REASON)

    application = Application.objects.get()
    assert (application.title, application.organization.pk) == ("Il forno", body.pk)
    assert f"/candidature/{application.public_id}/" in begun.redirect_chain[-1][0]
    assert "Il forno" in text_of(desk.get(row_url(body)))


def test_counter_is_closed_to_officers_without_the_right(draft: Application) -> None:
    other = officer_with("calls.view_application", "calls.change_application")
    desk = desk_of(other)

    for row in (Draft.objects.get(), Applicant.objects.get()):
        assert desk.get(list_url(row)).status_code == 403
        assert desk.get(row_url(row)).status_code in (302, 403)
    assert desk.post(row_url(Draft.objects.get(), "write"), {"reason": "x"}).status_code in (302, 403)
    assert not DeskWriting.objects.exists()
    assert Client().get(list_url(Draft())).status_code == 302


def test_a_colleague_s_reason_opens_nothing_to_another_officer(draft: Application, clerk: User) -> None:
    begin(draft, clerk)
    other = make_user("other", is_staff=True, is_superuser=True)

    assert desk_of(other).get(reverse("calls:step_place", args=[draft.public_id])).status_code == 404
    assert not Partner.objects.exists()
