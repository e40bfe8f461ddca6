"""What PostgreSQL refuses about campaigns, one constraint at a time."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from calls.models import Call
from campaigns.models import Campaign
from tests.campaigns.stages import campaign_in
from tests.factories import make_application, make_organization

NOW = timezone.now()
Status = Campaign.Status

#: What a suspension leaves on a campaign.
STOPPED = {"suspended_at": NOW, "suspension_reason": "Manca un permesso."}

#: What a threshold leaves on a campaign.
REACHED = {"reached_at": NOW, "first_reached_at": NOW}
#: What a confirmed reduced project leaves.
KEPT = {
    "kept_at": NOW,
    "kept_project": "Solo il forno.",
    "leave_until": NOW,
    "leave_reason": "Solo il forno.",
}
LEFT = {"withdrawn_at": NOW, "withdrawal_reason": "Basta."}

#: Constraint, the state to start from, and the change that breaks it.
BROKEN = [
    ("campaign_schedule_matches_status", Status.DRAFT, {"opens_at": NOW}),
    ("campaign_schedule_matches_status", Status.IN_REVIEW, {"closes_at": NOW}),
    ("campaign_schedule_matches_status", Status.IN_REVIEW, {"approved_at": NOW}),
    ("campaign_schedule_matches_status", Status.DRAFT, {"status": Status.SCHEDULED}),
    ("campaign_schedule_matches_status", Status.SCHEDULED, {"approved_at": None}),
    ("campaign_schedule_matches_status", Status.SCHEDULED, {"approved_by": None}),
    ("campaign_schedule_matches_status", Status.SCHEDULED, {"opens_at": None}),
    ("campaign_schedule_matches_status", Status.OPEN, {"closes_at": None}),
    ("campaign_schedule_matches_status", Status.OPEN, {"closes_at": NOW - timedelta(days=400)}),
    ("campaign_opened_at_matches_status", Status.SCHEDULED, {"opened_at": NOW}),
    ("campaign_opened_at_matches_status", Status.SCHEDULED, {"status": Status.OPEN}),
    ("campaign_opened_at_matches_status", Status.CLOSING, {"opened_at": None}),
    ("campaign_settled_at_matches_status", Status.OPEN, {"settled_at": NOW}),
    ("campaign_settled_at_matches_status", Status.CLOSING, {"outcome_raised_cents": 1}),
    ("campaign_settled_at_matches_status", Status.CLOSING, {"status": Status.SUCCEEDED}),
    ("campaign_settled_at_matches_status", Status.SUCCEEDED, {"settled_at": None}),
    ("campaign_settled_at_matches_status", Status.FAILED, {"outcome_raised_cents": None}),
    ("campaign_settled_at_matches_status", Status.REFUNDED, {"settled_at": None}),
    ("campaign_suspension_matches_status", Status.SUSPENDED, {"suspended_at": None}),
    ("campaign_suspension_matches_status", Status.SUSPENDED, {"suspension_reason": ""}),
    ("campaign_suspension_matches_status", Status.OPEN, {"suspended_at": NOW}),
    ("campaign_suspension_matches_status", Status.OPEN, STOPPED),
    ("campaign_suspension_matches_status", Status.SCHEDULED, STOPPED),
    ("campaign_suspension_matches_status", Status.SUCCEEDED, STOPPED),
    ("campaign_suspension_matches_status", Status.CLOSING, {**STOPPED, "suspension_reason": ""}),
    ("campaign_suspension_matches_status", Status.FAILED, {**STOPPED, "suspension_reason": ""}),
    ("campaign_reached_only_when_opened", Status.DRAFT, REACHED),
    ("campaign_reached_only_when_opened", Status.IN_REVIEW, REACHED),
    ("campaign_reached_only_when_opened", Status.SCHEDULED, REACHED),
    ("campaign_first_reached_is_kept", Status.OPEN, {"reached_at": NOW}),
    ("campaign_cure_matches_status", Status.CURE, {"cure_until": None}),
    ("campaign_cure_matches_status", Status.OPEN, {"cure_until": NOW}),
    ("campaign_keeping_matches_status", Status.KEEPING, {"keep_until": None}),
    ("campaign_keeping_matches_status", Status.CLOSING, {"keep_until": NOW}),
    ("campaign_keeping_matches_status", Status.SUCCEEDED, {"keep_until": NOW}),
    ("campaign_kept_project_is_described", Status.KEEPING, {**KEPT, "kept_project": ""}),
    ("campaign_kept_project_is_described", Status.KEEPING, {"kept_project": "Solo il forno."}),
    ("campaign_kept_project_is_described", Status.KEEPING, KEPT),
    ("campaign_leaving_has_a_reason", Status.OPEN, {"leave_until": NOW}),
    ("campaign_leaving_has_a_reason", Status.OPEN, {"leave_reason": "Cambia."}),
    ("campaign_leaving_is_opened_by_somebody", Status.OPEN, {"leave_opened_by_id": 1}),
    ("campaign_waiver_asked_at_matches_status", Status.DRAFT, {"waiver_asked_at": NOW}),
    ("campaign_covered_at_matches_status", Status.OPEN, {"covered_at": NOW}),
    ("campaign_withdrawn_at_matches_status", Status.OPEN, LEFT),
    ("campaign_withdrawn_at_matches_status", Status.WITHDRAWN, {"withdrawn_at": None}),
    ("campaign_withdrawn_at_matches_status", Status.WITHDRAWN, {"withdrawal_reason": ""}),
    ("campaign_settled_at_matches_status", Status.WITHDRAWN, {"outcome_raised_cents": None}),
    ("campaign_settled_at_matches_status", Status.WITHDRAWN, {"settled_at": None}),
]


@pytest.mark.parametrize(("constraint", "status", "changes"), BROKEN)
def test_campaign_constraints(
    call: Call, officer: User, organizer: User, constraint: str, status: str, changes: dict
) -> None:
    campaign = campaign_in(status, call=call, officer=officer, promoter=organizer)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Campaign.objects.filter(pk=campaign.pk).update(**changes)


@pytest.mark.parametrize("status", [Status.CLOSING, Status.FAILED, Status.REFUNDED])
def test_campaign_that_was_ended_keeps_its_suspension(
    call: Call, officer: User, organizer: User, status: str
) -> None:
    campaign = campaign_in(status, call=call, officer=officer, promoter=organizer)

    assert Campaign.objects.filter(pk=campaign.pk).update(**STOPPED) == 1


@pytest.mark.parametrize(
    "status", [Status.OPEN, Status.CLOSING, Status.SUCCEEDED, Status.FAILED, Status.SUSPENDED]
)
def test_campaign_may_have_reached_its_threshold_once_it_has_opened(
    call: Call, officer: User, organizer: User, status: str
) -> None:
    campaign = campaign_in(status, call=call, officer=officer, promoter=organizer)

    assert Campaign.objects.filter(pk=campaign.pk).update(**REACHED) == 1


@pytest.mark.parametrize(
    "shares",
    [
        {"cost_cents": 3, "threshold_cents": 1, "grant_due_cents": 1, "own_cents": 0},
        {"cost_cents": 2, "threshold_cents": 1, "grant_due_cents": 1, "own_cents": 1},
        {"cost_cents": 2, "threshold_cents": 0, "grant_due_cents": 1, "own_cents": 1},
    ],
)
def test_campaign_shares_add_up(call: Call, organizer: User, shares: dict) -> None:
    application = make_application(call=call, organization=make_organization(user=organizer))

    with pytest.raises(IntegrityError, match="campaign_shares_add_up"), transaction.atomic():
        Campaign.objects.create(application=application, slug="uno", title="Uno", created_at=NOW, **shares)


@pytest.mark.parametrize("column", ["threshold_cents", "grant_due_cents", "own_cents"])
def test_campaign_shares_are_never_negative(call: Call, organizer: User, column: str) -> None:
    application = make_application(call=call, organization=make_organization(user=organizer))
    shares = {"cost_cents": 2, "threshold_cents": 2, "grant_due_cents": 2, "own_cents": 2, column: -2}

    with pytest.raises(IntegrityError), transaction.atomic():
        Campaign.objects.create(application=application, slug="uno", title="Uno", created_at=NOW, **shares)


def test_campaign_address_is_unique(call: Call, officer: User, organizer: User) -> None:
    first = campaign_in(Status.DRAFT, call=call, officer=officer, promoter=organizer)
    second = campaign_in(Status.DRAFT, call=call, officer=officer, promoter=organizer)

    with pytest.raises(IntegrityError, match="slug"), transaction.atomic():
        Campaign.objects.filter(pk=second.pk).update(slug=first.slug)


def test_application_has_one_campaign(call: Call, officer: User, organizer: User) -> None:
    campaign = campaign_in(Status.DRAFT, call=call, officer=officer, promoter=organizer)
    shares = {"cost_cents": 2, "threshold_cents": 1, "grant_due_cents": 1, "own_cents": 0}

    with pytest.raises(IntegrityError, match="application"), transaction.atomic():
        Campaign.objects.create(
            application=campaign.application, slug="altro", title="Altro", created_at=NOW, **shares
        )


@pytest.mark.parametrize("status", Status.values)
def test_public_begins_with_the_opening(call: Call, officer: User, organizer: User, status: str) -> None:
    campaign = campaign_in(status, call=call, officer=officer, promoter=organizer)

    seen = Campaign.objects.public().filter(pk=campaign.pk).exists()

    assert seen is (status not in (Status.DRAFT, Status.IN_REVIEW, Status.SCHEDULED))


@pytest.mark.parametrize(("seconds", "found"), [(-1, False), (0, True), (1, True)])
def test_suspended_past_deadline_begins_with_the_deadline(
    call: Call, officer: User, organizer: User, seconds: int, found: bool
) -> None:
    made = {
        status: campaign_in(status, call=call, officer=officer, promoter=organizer)
        for status in (Status.SUSPENDED, Status.OPEN, Status.CLOSING)
    }
    stopped = made[Status.SUSPENDED]

    overdue = Campaign.objects.suspended_past_deadline(stopped.closes_at + timedelta(seconds=seconds))

    assert list(overdue) == ([stopped] if found else [])
