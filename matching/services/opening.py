from datetime import datetime

from django.db import transaction

from calls.models import Call
from campaigns.models import Campaign
from campaigns.services import mark_open, mark_opening_refused
from donations.models import ConnectedAccount
from donations.services import sync_account
from ledger.models import Account
from ledger.services import allocate_fund, balance
from matching.services.award import new_grant, set_aside
from matching.services.campaign import lock_campaign
from vetting.services import held_cents

Kind = Account.Kind
Refusal = Campaign.OpeningRefusal


def open_campaign(*, campaign: Campaign, now: datetime) -> Campaign:
    """Open a scheduled campaign at its time, setting the municipality's share aside where the call says so.

    Stripe is asked again whether the organization's account can receive transfers: an old answer proves nothing. Raise
    the gateway's StripeUnavailable or StripeRefused; the campaign stays scheduled and is tried again.

    A campaign whose grant the fund does not cover, or whose organization cannot receive gifts, stays scheduled and says
    why; a campaign that is not due any more is left alone.
    """
    connected = ConnectedAccount.objects.filter(organization=campaign.organization).first()
    if connected and campaign.payment_flow == Campaign.PaymentFlow.DESTINATION:
        sync_account(account=connected, now=now)
    return _open(campaign, now)


@transaction.atomic
def _open(campaign: Campaign, now: datetime) -> Campaign:
    """Open a campaign that is still due, or write why it cannot."""
    fund, campaign = lock_campaign(campaign)
    if not Campaign.objects.opening_due(now).filter(pk=campaign.pk).exists():
        return campaign
    if not _can_receive(campaign):
        mark_opening_refused(campaign=campaign, refusal=Refusal.PAYMENTS_NOT_READY, now=now)
        return campaign
    if campaign.call.reservation_mode == Call.ReservationMode.RESERVED:
        allocate_fund(fund=fund, now=now)
        free = balance(Kind.AVAILABLE, fund=fund) - held_cents(fund, but=campaign.application)
        if free < campaign.grant_due_cents:
            mark_opening_refused(campaign=campaign, refusal=Refusal.GRANT_NOT_COVERED, now=now)
            return campaign
        if campaign.grant_due_cents:
            set_aside(new_grant(campaign, fund), campaign, now)
    mark_open(campaign=campaign, now=now)
    return campaign


def _can_receive(campaign: Campaign) -> bool:
    """Say whether gifts have somewhere to go: a ready account, or the platform where an officer chose so."""
    if campaign.payment_flow == Campaign.PaymentFlow.SEPARATE:
        return True
    ready = ConnectedAccount.objects.filter(organization=campaign.organization, ready_at__isnull=False)
    return ready.exists()
