"""Every step of a campaign's life from every state: taken where it starts, refused everywhere else."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import Mail, User
from calls.models import Call
from campaigns import services
from campaigns.models import Campaign
from tests.campaigns.stages import campaign_in

Status = Campaign.Status
NOW = timezone.now()
Step = Callable[[Campaign, User], object]

#: What the step is, the states it starts from, and where it leads (None: the state stays).
STEPS: dict[str, tuple[Step, set[str], str | None]] = {
    "edit": (
        lambda campaign, by: services.edit_campaign(campaign=campaign, now=NOW, title="Un altro titolo"),
        {Status.DRAFT},
        None,
    ),
    "submit": (
        lambda campaign, by: services.submit_campaign(campaign=campaign, now=NOW),
        {Status.DRAFT},
        Status.IN_REVIEW,
    ),
    "return": (
        lambda campaign, by: services.return_campaign(campaign=campaign, by=by, remarks="Manca.", now=NOW),
        {Status.IN_REVIEW, Status.SCHEDULED},
        Status.DRAFT,
    ),
    "approve": (
        lambda campaign, by: services.approve_campaign(
            campaign=campaign, by=by, opens_at=NOW, days=40, now=NOW
        ),
        {Status.IN_REVIEW, Status.SCHEDULED},
        Status.SCHEDULED,
    ),
    "open": (
        lambda campaign, by: services.mark_open(campaign=campaign, now=NOW),
        {Status.SCHEDULED},
        Status.OPEN,
    ),
    "refuse the opening": (
        lambda campaign, by: services.mark_opening_refused(
            campaign=campaign, refusal="grant_not_covered", now=NOW
        ),
        {Status.SCHEDULED},
        None,
    ),
    "suspend": (
        lambda campaign, by: services.suspend_campaign(campaign=campaign, by=by, reason="Sì.", now=NOW),
        {Status.OPEN},
        Status.SUSPENDED,
    ),
    "resume": (
        lambda campaign, by: services.resume_campaign(campaign=campaign, by=by, now=NOW),
        {Status.SUSPENDED},
        Status.OPEN,
    ),
    "end": (
        lambda campaign, by: services.end_campaign(campaign=campaign, by=by),
        {Status.SUSPENDED},
        Status.CLOSING,
    ),
    "close": (
        lambda campaign, by: services.mark_closing(campaign=campaign),
        {Status.OPEN, Status.SUSPENDED, Status.CURE},
        Status.CLOSING,
    ),
    "settle": (
        lambda campaign, by: services.mark_settled(
            campaign=campaign, status=Status.FAILED, raised_cents=1, now=NOW
        ),
        {Status.CLOSING, Status.KEEPING},
        Status.FAILED,
    ),
    "give days to restore the threshold": (
        lambda campaign, by: services.mark_cure(campaign=campaign, until=NOW + timedelta(days=1), now=NOW),
        {Status.CLOSING},
        Status.CURE,
    ),
    "ask for a reduced project": (
        lambda campaign, by: services.mark_keeping(campaign=campaign, until=NOW + timedelta(days=1), now=NOW),
        {Status.CLOSING},
        Status.KEEPING,
    ),
    "answer about it": (
        lambda campaign, by: services.mark_answered(campaign=campaign, by=by),
        {Status.KEEPING},
        None,
    ),
    "withdraw": (
        lambda campaign, by: services.mark_withdrawn(
            campaign=campaign, reason="Basta.", raised_cents=1, now=NOW
        ),
        set(services.WITHDRAWABLE),
        Status.WITHDRAWN,
    ),
    "refund": (
        lambda campaign, by: services.mark_refunded(campaign=campaign),
        {Status.FAILED},
        Status.REFUNDED,
    ),
    "owe a refund again": (
        lambda campaign, by: services.mark_refund_returned(campaign=campaign),
        {Status.REFUNDED},
        Status.FAILED,
    ),
}


@pytest.mark.parametrize("status", Status.values)
def test_steps_are_taken_only_from_their_states(
    call: Call, officer: User, organizer: User, status: str
) -> None:
    campaign = campaign_in(status, call=call, officer=officer, promoter=organizer)
    row = Campaign.objects.filter(pk=campaign.pk).values().get()
    Mail.objects.all().delete()

    for name, (step, allowed, leads_to) in STEPS.items():
        with transaction.atomic():
            if status in allowed:
                step(campaign, officer)
                campaign.refresh_from_db()
                assert campaign.status == (leads_to or status), name
            else:
                with pytest.raises(services.WrongState):
                    step(campaign, officer)
                assert Campaign.objects.filter(pk=campaign.pk).values().get() == row, name
                assert not Mail.objects.exists(), name
            transaction.set_rollback(True)
        campaign.refresh_from_db()
