from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.services import refuse_own_body
from campaigns.models import Campaign
from campaigns.services import WrongState, mark_flow
from donations.models import FlowChoice


class FlowReasonMissing(Exception):
    """Say that another way of the gifts needs a reason."""


@transaction.atomic
def choose_flow(
    *, campaign: Campaign, flow: Campaign.PaymentFlow, by: User, reason: str, now: datetime
) -> Campaign:
    """Choose, as an officer and with a reason, which way a campaign's gifts take; never once it has opened.

    Raise OwnBody, WrongState after the opening, FlowReasonMissing without a reason.
    """
    if not reason.strip():
        raise FlowReasonMissing
    campaign = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    refuse_own_body(campaign.organization, by)
    if campaign.opened_at is not None:
        raise WrongState(f"{campaign.slug} is {campaign.status}")
    if campaign.payment_flow != flow:
        mark_flow(campaign=campaign, flow=flow)
        FlowChoice.objects.create(
            campaign=campaign, flow=flow, reason=reason.strip()[:500], actor=by, decided_at=now
        )
    return campaign
