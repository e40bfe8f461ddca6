"""What PostgreSQL refuses, whoever asks."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from calls.models import (
    Activity,
    Application,
    BudgetLine,
    Call,
    CallSession,
    Declaration,
    Presence,
    SavedStep,
    Theme,
)
from calls.services import note_presence
from tests.factories import make_application, make_draft_application, make_draft_call, make_organization

NOW = timezone.now()


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("call_published_at_matches_status", {"published_at": NOW}),
        ("call_published_at_matches_status", {"status": "published"}),
        ("call_published_at_matches_status", {"status": "published", "published_at": NOW}),
        ("call_shares_within_cost", {"threshold_bp": 0}),
        ("call_shares_within_cost", {"threshold_bp": 10_000}),
        ("call_shares_within_cost", {"grant_bp": 0}),
        ("call_shares_within_cost", {"threshold_bp": 5000, "grant_bp": 5001}),
        ("calls_call_fund_cents_check", {"fund_cents": -1}),
        ("calls_call_cap_cents_check", {"cap_cents": -1}),
    ],
)
def test_call_constraints(db: None, constraint: str, changes: dict) -> None:
    call = make_draft_call()

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Call.objects.filter(pk=call.pk).update(**changes)


def test_call_address_is_unique(db: None) -> None:
    make_draft_call(slug="uno")

    with pytest.raises(IntegrityError), transaction.atomic():
        make_draft_call(slug="uno")


def test_session_constraints(db: None) -> None:
    call = make_draft_call()

    with pytest.raises(IntegrityError, match="session_opens_before_closing"), transaction.atomic():
        CallSession.objects.create(call=call, number=2, opens_at=NOW, closes_at=NOW)
    with pytest.raises(IntegrityError, match="session_number_once"), transaction.atomic():
        CallSession.objects.create(call=call, number=1, opens_at=NOW, closes_at=NOW + timedelta(days=1))


def test_theme_is_named_once_in_a_call(db: None) -> None:
    call = make_draft_call()

    with pytest.raises(IntegrityError, match="theme_once"), transaction.atomic():
        Theme.objects.create(call=call, name="Beni comuni")


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("application_submitted_at_matches_status", {"status": "submitted"}),
        ("application_submitted_at_matches_status", {"status": "admitted", "submitted_at": NOW}),
        ("application_submitted_at_matches_status", {"submitted_at": NOW}),
        ("application_submitted_at_matches_status", {"protocol_number": "2027-01-0001"}),
        ("application_withdrawn_at_matches_status", {"status": "withdrawn"}),
        ("application_withdrawn_at_matches_status", {"withdrawn_at": NOW}),
        ("application_has_title", {"title": ""}),
    ],
)
def test_application_constraints_of_a_draft(
    call: Call, organizer: User, constraint: str, changes: dict
) -> None:
    application = make_draft_application(call=call, organization=make_organization(user=organizer))

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Application.objects.filter(pk=application.pk).update(**changes)


@pytest.mark.parametrize(
    "changes", [{"submitted_at": None}, {"protocol_number": None}, {"session": None}, {"status": "draft"}]
)
def test_application_constraints_once_submitted(call: Call, organizer: User, changes: dict) -> None:
    application = make_application(call=call, organization=make_organization(user=organizer))

    with pytest.raises(IntegrityError, match="application_submitted_at"), transaction.atomic():
        Application.objects.filter(pk=application.pk).update(**changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"theme": None},
        {"borough": None},
        {"duration_months": None},
        {"cost_cents": 0},
        {"summary": ""},
        {"campaign_text": ""},
    ],
)
def test_application_is_complete_once_submitted(call: Call, organizer: User, changes: dict) -> None:
    draft = make_draft_application(call=call, organization=make_organization(user=organizer))
    application = make_application(call=call, organization=make_organization(user=organizer))

    Application.objects.filter(pk=draft.pk).update(**changes)
    with (
        pytest.raises(IntegrityError, match="application_complete_once_submitted"),
        transaction.atomic(),
    ):
        Application.objects.filter(pk=application.pk).update(**changes)


def test_protocol_number_is_unique(call: Call, organizer: User) -> None:
    first = make_application(call=call, organization=make_organization(user=organizer))
    second = make_application(call=call, organization=make_organization(user=organizer))

    with pytest.raises(IntegrityError, match="protocol_number"), transaction.atomic():
        Application.objects.filter(pk=second.pk).update(protocol_number=first.protocol_number)


@pytest.mark.parametrize(
    ("model", "constraint", "changes"),
    [
        (BudgetLine, "budget_line_amount_positive", {"amount_cents": 0, "eligible_cents": 0}),
        (BudgetLine, "budget_line_eligible_within_amount", {"eligible_cents": 2_000_001}),
        (Activity, "activity_lasts_a_month", {"first_month": 0}),
        (Activity, "activity_lasts_a_month", {"months": 0}),
    ],
)
def test_constraints_of_rows(
    call: Call, organizer: User, model: type[BudgetLine | Activity], constraint: str, changes: dict
) -> None:
    make_draft_application(call=call, organization=make_organization(user=organizer))

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        model.objects.update(**changes)


@pytest.mark.parametrize(
    ("model", "constraint"), [(Declaration, "declaration_once"), (SavedStep, "saved_step_once")]
)
def test_declaration_and_step_are_there_once(
    call: Call, organizer: User, model: type[Declaration | SavedStep], constraint: str
) -> None:
    make_draft_application(call=call, organization=make_organization(user=organizer))
    row = model.objects.first()
    row.pk = None

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        row.save()


def test_presence_constraints(call: Call, organizer: User) -> None:
    draft = make_draft_application(call=call, organization=make_organization(user=organizer))
    note_presence(application=draft, key="place", by=organizer, now=NOW)
    row = Presence.objects.get()

    with pytest.raises(IntegrityError, match="presence_seen_after_it_began"), transaction.atomic():
        Presence.objects.update(seen_at=NOW - timedelta(seconds=1))
    row.pk = None
    with pytest.raises(IntegrityError, match="presence_once"), transaction.atomic():
        row.save()


def test_application_once_per_body_and_window(call: Call, organizer: User) -> None:
    organization = make_organization(user=organizer)
    first = make_application(call=call, organization=organization)
    other = make_application(call=call, organization=make_organization(user=organizer))

    with pytest.raises(IntegrityError, match="application_once_per_body_and_window"), transaction.atomic():
        Application.objects.filter(pk=other.pk).update(organization=organization)

    Application.objects.filter(pk=first.pk).update(status="withdrawn", withdrawn_at=NOW)
    assert Application.objects.filter(pk=other.pk).update(organization=organization) == 1
