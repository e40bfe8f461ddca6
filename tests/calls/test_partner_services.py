"""Partners: named, invited, answering, asked again, removed."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Mail, User
from calls import tasks
from calls.models import Application, Call, Partner
from calls.services import (
    ApplicationClosed,
    ApplicationRefused,
    InvitationSpent,
    InvitedJustNow,
    NothingToTakeBack,
    PartChanged,
    PartnerIsApplicant,
    PartnerNamedTwice,
    PartnerRemoved,
    TooManyInvitations,
    TooManyPartners,
    application_faults,
    edit_partner,
    invite_partner,
    partner,
    partner_of,
    remind_partner,
    remove_partner,
    submit_application,
    take_back_answer,
    withdraw_application,
)
from tests.calls.partnering import answer, invite, last_token, make_confirmed, make_partner, partner_fields
from tests.factories import make_call, make_draft_application, make_organization

Status = Partner.Status
NOW = timezone.now()


@pytest.fixture
def application(call: Call, organizer: User) -> Application:
    """Return a draft that could be submitted."""
    return make_draft_application(call=call, organization=make_organization(user=organizer))


def mails(template: str) -> list[Mail]:
    """Return the mails of a template to the lead partner, by the start of their keys."""
    return list(Mail.objects.filter(key__startswith=f"{template}:"))


def faults(application: Application) -> list[str]:
    """Return what is open with the partners."""
    application.refresh_from_db()
    return [
        fault.words for fault in application_faults(application, application.call) if fault.step == "partners"
    ]


# --- Naming -----------------------------------------------------------------------------------------------------------


def test_name_partner_asks_nobody(application: Application) -> None:
    made = make_partner(application)

    assert (made.status, made.link_digest, made.links) == (Status.NAMED, None, 0)
    assert not Mail.objects.exists()


def test_name_partner_refuses_the_applicant_itself(application: Application) -> None:
    with pytest.raises(PartnerIsApplicant):
        make_partner(application, tax_code=application.organization.tax_code)


def test_name_partner_refuses_the_applicant_under_its_vat_number(application: Application) -> None:
    type(application.organization).objects.update(vat_number="12345678903")

    with pytest.raises(PartnerIsApplicant):
        make_partner(application, tax_code="12345678903")


def test_name_partner_once_until_it_is_removed(application: Application, organizer: User) -> None:
    first = make_partner(application)
    with pytest.raises(PartnerNamedTwice):
        make_partner(application)

    remove_partner(partner=first, by=organizer, now=NOW)

    assert make_partner(application).pk != first.pk


def test_name_partner_stops_at_the_most_there_may_be(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partner, "MOST_PARTNERS", 2)
    make_partner(application, 1)
    make_partner(application, 2)

    with pytest.raises(TooManyPartners):
        make_partner(application, 3)


# --- Inviting and answering -------------------------------------------------------------------------------------------


def test_invite_partner_mails_a_link_of_which_only_a_digest_is_kept(application: Application) -> None:
    made = make_partner(application)

    token = invite(made, now=NOW)

    made.refresh_from_db()
    assert (made.status, made.invited_at) == (Status.INVITED, NOW)
    assert made.link_expires_at == NOW + Partner.LINK_LASTS
    assert token not in str(made.__dict__)
    assert partner_of(token=token, now=NOW) == made
    assert Mail.objects.get().recipient == made.email


def test_invite_partner_pressed_twice_writes_once(application: Application, organizer: User) -> None:
    made = make_partner(application)
    invite(made, now=NOW)

    with pytest.raises(InvitedJustNow):
        invite_partner(partner=made, by=organizer, now=NOW + timedelta(seconds=2))

    assert Mail.objects.count() == 1


def test_invite_partner_again_closes_the_link_before(application: Application) -> None:
    made = make_partner(application)
    first = invite(made, now=NOW)
    second = invite(made, now=NOW + timedelta(days=1))

    assert partner_of(token=first, now=NOW) is None
    assert partner_of(token=second, now=NOW) == made


def test_link_ends_with_its_time(application: Application) -> None:
    made = make_partner(application)
    token = invite(made, now=NOW)
    end = NOW + Partner.LINK_LASTS

    assert partner_of(token=token, now=end - timedelta(seconds=1)) == made
    assert partner_of(token=token, now=end) is None
    with pytest.raises(InvitationSpent):
        answer(token, now=end)


def test_invite_partner_stops_at_the_most_mails(
    application: Application, organizer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partner, "MOST_INVITATIONS", 2)
    removed = make_partner(application, 1)
    invite(removed)
    remove_partner(partner=removed, by=organizer, now=NOW)
    invite(make_partner(application, 2))

    with pytest.raises(TooManyInvitations):
        invite(make_partner(application, 3))


def test_answer_confirms_and_tells_the_lead(application: Application) -> None:
    confirmed = answer(invite(make_partner(application)), answer="Volentieri.", now=NOW)

    assert (confirmed.status, confirmed.answered_at) == (Status.CONFIRMED, NOW)
    told = mails("partner_confirmed")
    assert [mail.recipient for mail in told] == ["organizer@example.org"]
    assert "Volentieri." in told[0].body
    assert "Eva Riva, presidente" in told[0].body


def test_answer_declines_and_tells_the_lead(application: Application) -> None:
    declined = answer(invite(make_partner(application)), takes_part=False)

    assert declined.status == Status.DECLINED
    assert len(mails("partner_declined")) == 1


def test_answer_twice_tells_once(application: Application) -> None:
    token = invite(make_partner(application))

    first = answer(token, now=NOW)
    again = answer(token, now=NOW + timedelta(seconds=1))

    assert again.answered_at == first.answered_at
    assert len(mails("partner_confirmed")) == 1


def test_answer_to_a_part_that_changed_meanwhile_is_not_kept(
    application: Application, organizer: User
) -> None:
    made = make_partner(application)
    token = invite(made)
    edit_partner(partner=made, by=organizer, now=NOW, part="Paga tutto.")

    with pytest.raises(PartChanged):
        answer(token, version=1)

    assert answer(token, version=2).status == Status.CONFIRMED


def test_take_back_answer_opens_the_question_again(application: Application) -> None:
    token = invite(make_partner(application))
    answer(token)

    back = take_back_answer(token=token, now=NOW)

    assert (back.status, back.answered_by) == (Status.INVITED, "")
    assert len(mails("partner_took_back")) == 1
    with pytest.raises(NothingToTakeBack):
        take_back_answer(token=token, now=NOW)
    assert answer(token, takes_part=False).status == Status.DECLINED


def test_answer_after_the_application_has_left_is_refused(application: Application) -> None:
    token = invite(make_partner(application))
    answer(token)
    submit_application(application=application, by=application.author, now=NOW)

    with pytest.raises(ApplicationClosed):
        take_back_answer(token=token, now=NOW)
    assert application.partners.get().status == Status.CONFIRMED


def test_answer_to_a_withdrawn_draft_is_refused(application: Application) -> None:
    token = invite(make_partner(application))
    withdraw_application(application=application, by=application.author, now=NOW)

    with pytest.raises(ApplicationClosed):
        answer(token)


# --- Changing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"part": "Paga tutto."},
        {"share_cents": 999_900},
        {"share_cents": None},
        {"legal_name": "Un'altra cooperativa"},
        {"email": "altri@example.org"},
        {"kind": "msme"},
        {"tax_code": partner_fields(9)["tax_code"]},
    ],
)
def test_edit_partner_voids_what_was_confirmed_and_asks_again(
    application: Application, organizer: User, change: dict[str, Any]
) -> None:
    confirmed = make_confirmed(application)
    before = last_token(confirmed)

    changed = edit_partner(partner=confirmed, by=organizer, now=NOW, **change)

    assert (changed.status, changed.answered_at, changed.answered_by) == (Status.INVITED, None, "")
    assert partner_of(token=before, now=NOW) is None
    assert partner_of(token=last_token(changed), now=NOW) == changed
    assert Mail.objects.latest("pk").recipient == changed.email


def test_edit_partner_keeps_the_answer_when_only_the_contact_person_changes(
    application: Application, organizer: User
) -> None:
    confirmed = make_confirmed(application)
    sent = Mail.objects.count()

    changed = edit_partner(
        partner=confirmed, by=organizer, now=NOW, **{**partner_fields(), "referent": "Ugo Neri"}
    )

    assert (changed.status, changed.version) == (Status.CONFIRMED, 1)
    assert Mail.objects.count() == sent


def test_edit_partner_to_another_address_closes_the_link_of_the_old_one(
    application: Application, organizer: User
) -> None:
    made = make_partner(application)
    old = invite(made)

    edit_partner(partner=made, by=organizer, now=NOW, email="giusto@example.org")

    assert partner_of(token=old, now=NOW) is None
    assert Mail.objects.latest("pk").recipient == "giusto@example.org"


def test_edit_partner_into_the_applicant_is_refused_whole(application: Application, organizer: User) -> None:
    made = make_partner(application)

    with pytest.raises(PartnerIsApplicant):
        edit_partner(
            partner=made, by=organizer, now=NOW, part="Altro.", tax_code=application.organization.tax_code
        )

    made.refresh_from_db()
    assert made.part == "Tiene i laboratori."


def test_remove_partner_closes_its_link_and_tells_it(application: Application, organizer: User) -> None:
    made = make_partner(application)
    token = invite(made)

    remove_partner(partner=made, by=organizer, now=NOW)

    assert partner_of(token=token, now=NOW) is None
    assert Mail.objects.filter(key__startswith="partner_removed:").count() == 1
    with pytest.raises(PartnerRemoved):
        remove_partner(partner=made, by=organizer, now=NOW)
    with pytest.raises(InvitationSpent):
        answer(token)


def test_remove_partner_that_was_never_asked_tells_nobody(application: Application, organizer: User) -> None:
    remove_partner(partner=make_partner(application), by=organizer, now=NOW)

    assert not Mail.objects.exists()


def test_partners_of_a_submitted_application_stay_as_they_are(
    application: Application, organizer: User
) -> None:
    made = make_confirmed(application)
    submit_application(application=application, by=organizer, now=NOW)

    for refused in (
        lambda: make_partner(application, 2),
        lambda: edit_partner(partner=made, by=organizer, now=NOW, part="Altro."),
        lambda: invite_partner(partner=made, by=organizer, now=NOW),
        lambda: remove_partner(partner=made, by=organizer, now=NOW),
    ):
        with pytest.raises(ApplicationClosed):
            refused()


# --- Reminding --------------------------------------------------------------------------------------------------------


def test_remind_partner_writes_twice_with_fresh_links_and_then_is_silent(application: Application) -> None:
    made = make_partner(application)
    tokens = [invite(made, now=NOW)]
    for day in (4, 8, 12, 16):
        when = NOW + timedelta(days=day)
        for due in Partner.objects.to_remind(when):
            remind_partner(partner=due, now=when)
        if last_token(made) not in tokens:
            tokens.append(last_token(made))

    made.refresh_from_db()
    assert (len(tokens), made.reminders, made.remind_at) == (3, 2, None)
    assert [partner_of(token=token, now=NOW) for token in tokens] == [None, None, made]


def test_remind_partner_that_has_answered_meanwhile_writes_nothing(application: Application) -> None:
    made = make_partner(application)
    token = invite(made, now=NOW)
    later = NOW + Partner.REMIND_AFTER
    due = Partner.objects.to_remind(later).get()
    answer(token, now=NOW)
    sent = Mail.objects.count()

    remind_partner(partner=due, now=later)

    assert Mail.objects.count() == sent


def test_remind_partners_task_leaves_withdrawn_drafts_alone(
    application: Application, organizer: User
) -> None:
    long_ago: datetime = NOW - timedelta(days=6)
    silent = make_partner(application)
    invite(silent, now=long_ago)
    gone = make_draft_application(call=application.call, organization=make_organization(user=organizer))
    invite(make_partner(gone, 2), now=long_ago)
    withdraw_application(application=gone, by=organizer, now=NOW)

    tasks.remind_partners()

    assert Partner.objects.filter(reminders=1).get() == silent


# --- What keeps the application from being handed in ------------------------------------------------------------------


def test_partners_without_answer_keep_an_application_back(application: Application) -> None:
    made = make_partner(application)
    assert "invitato" in faults(application)[0]
    token = invite(made)
    assert "risposto" in faults(application)[0]
    with pytest.raises(ApplicationRefused):
        submit_application(application=application, by=application.author, now=NOW)

    answer(token, takes_part=False)

    assert faults(application) == []
    submit_application(application=application, by=application.author, now=NOW)


def test_shares_above_the_cost_keep_an_application_back(application: Application) -> None:
    make_confirmed(application, 1, share_cents=1_500_000)
    declined = make_partner(application, 2, share_cents=900_000)
    answer(invite(declined), takes_part=False)
    assert faults(application) == []

    make_confirmed(application, 3, share_cents=500_001)

    assert len(faults(application)) == 1


def test_applicant_that_becomes_its_own_partner_keeps_an_application_back(
    application: Application,
) -> None:
    made = make_confirmed(application)
    # The body that applies can still be exchanged in a draft.
    type(application.organization).objects.update(tax_code=made.tax_code)

    assert len(faults(application)) == 1


@pytest.mark.parametrize(("most", "refused"), [(1, True), (2, False), (None, False)])
def test_partner_takes_part_in_as_many_applications_as_the_call_says(
    officer: User, organizer: User, most: int | None, refused: bool
) -> None:
    call = make_call(officer=officer, partner_applications_max=most)
    for _ in range(2):
        draft = make_draft_application(call=call, organization=make_organization(user=organizer))
        make_confirmed(draft)
    first, second = call.applications.order_by("pk")
    submit_application(application=first, by=organizer, now=NOW)

    if refused:
        with pytest.raises(ApplicationRefused, match="Cooperativa 1"):
            submit_application(application=second, by=organizer, now=NOW)
        withdraw_application(application=first, by=organizer, now=NOW)
    submit_application(application=second, by=organizer, now=NOW)

    second.refresh_from_db()
    assert second.status == Application.Status.SUBMITTED


# --- What PostgreSQL refuses ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("partner_invited_at_matches_status", {"invited_at": NOW}),
        ("partner_invited_at_matches_status", {"status": "invited"}),
        ("partner_answer_matches_status", {"answered_at": NOW}),
        ("partner_answer_matches_status", {"status": "confirmed", "invited_at": NOW, "answered_at": NOW}),
        ("partner_removed_at_matches_status", {"removed_at": NOW}),
        ("partner_removed_at_matches_status", {"status": "removed"}),
        ("partner_link_matches_status", {"link_digest": "a" * 64}),
        ("partner_link_matches_status", {"status": "invited", "invited_at": NOW}),
        ("partner_reminded_while_silent", {"remind_at": NOW}),
        ("partner_share_positive", {"share_cents": 0}),
    ],
)
def test_partner_constraints(application: Application, constraint: str, changes: dict[str, Any]) -> None:
    made = make_partner(application)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Partner.objects.filter(pk=made.pk).update(**changes)


def test_partner_is_in_an_application_once(application: Application) -> None:
    made = make_partner(application)

    with pytest.raises(IntegrityError, match="partner_once"), transaction.atomic():
        Partner.objects.create(application=application, named_at=NOW, **partner_fields())
    assert application.partners.get() == made
