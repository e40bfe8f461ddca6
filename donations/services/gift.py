import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from accounts.models import User
from calls.models import Stop
from campaigns.models import Campaign
from donations import rules, stripe_gateway
from donations.models import ConnectedAccount, Donation, Reversal
from donations.services.breaker import refuse_while_paused
from donations.services.payment import sync_payment
from donations.stripe_answers import StripeRefused, StripeUnavailable

Status = Donation.Status

#: How long a payment page stays open. Stripe allows from 30 minutes, counted by its own clock, to 24 hours.
CHECKOUT_OPEN = timedelta(minutes=35)
#: For how long Stripe is asked for the fee of a payment that had none at first.
FEE_COMES = timedelta(days=2)
#: A gift younger than this is still being paid by somebody: Stripe will tell.
QUIET = timedelta(minutes=3)
#: How often Stripe is asked what a bank has decided, in case its message was lost.
CONTESTED_EVERY = timedelta(days=1)


class CampaignNotOpen(Exception):
    """Say that the campaign takes no gifts at this instant."""


class GiftsPaused(CampaignNotOpen):
    """Say that the municipality takes no new gifts for this call at the moment; carries the public reason."""

    def __init__(self, public_reason: str) -> None:
        super().__init__(public_reason)
        self.public_reason = public_reason


class GiftTooSmall(Exception):
    """Say that the gift is under the call's smallest one, in cents."""


class PaymentsNotReady(Exception):
    """Say that the organization cannot receive gifts now."""


@transaction.atomic
def start_donation(
    *,
    campaign: Campaign,
    amount_cents: int,
    email: str,
    now: datetime,
    name: str = "",
    show_name: bool = False,
    tax_code: str = "",
    donor: User | None = None,
    language: str = "it",
    public_id: uuid.UUID | None = None,
    **words: str | bool,
) -> Donation:
    """Write a gift before Stripe hears of it; the same form sent twice, told by its `public_id`, is one gift.

    A form that comes again with another amount, address or tax code is another gift; `words` are message, source and wish.
    Raise CampaignNotOpen outside opens_at <= now < closes_at, GiftsPaused, GiftsResting, GiftTooSmall, PaymentsNotReady.
    """
    campaign = _locked(campaign)
    repeated = Donation.objects.filter(public_id=public_id).first() if public_id else None
    if repeated and _is_same(repeated, campaign, amount_cents, email, tax_code):
        return repeated
    _refuse_gift(campaign, amount_cents, now)
    return Donation.objects.create(
        public_id=uuid.uuid4() if repeated else public_id or uuid.uuid4(),
        campaign=campaign,
        donor=donor,
        email=email,
        email_key=rules.email_key(email),
        name=name,
        show_name=show_name,
        tax_code=tax_code,
        language=language,
        amount_cents=amount_cents,
        stripe_account_id=_payee_account(campaign),
        created_at=now,
        session_expires_at=(now + CHECKOUT_OPEN).replace(microsecond=0),
        **words,
    )


def is_repeated(
    *, public_id: uuid.UUID, campaign: Campaign, amount_cents: int, email: str, tax_code: str
) -> bool:
    """Say whether a form that is sent asks for a gift that is there already, so that nothing new begins."""
    asked = ("campaign_id", "amount_cents", "email", "tax_code")
    there = Donation.objects.filter(public_id=public_id).only(*asked).first()
    return there is not None and _is_same(there, campaign, amount_cents, email, tax_code)


def _locked(campaign: Campaign) -> Campaign:
    """Lock a campaign and return it as it is now."""
    locked = Campaign.objects.for_a_gift().select_for_update(no_key=True, of=("self",))
    return locked.get(pk=campaign.pk)


def _refuse_gift(campaign: Campaign, amount_cents: int, now: datetime) -> None:
    """Raise what _refuse_when_closed raises, GiftsResting, and GiftTooSmall under the call's smallest gift."""
    _refuse_when_closed(campaign, now)
    refuse_while_paused(campaign, now)
    if amount_cents < campaign.call.minimum_gift_cents:
        raise GiftTooSmall(campaign.call.minimum_gift_cents)


def _refuse_when_closed(campaign: Campaign, now: datetime) -> None:
    """Raise CampaignNotOpen outside its days, and GiftsPaused while new gifts of its call are switched off."""
    if not campaign.is_open(now):
        raise CampaignNotOpen(campaign.slug)
    stops = Stop.objects.holding(Stop.What.GIFTS).filter(call=campaign.call)
    for reason in stops.order_by("pk").values_list("public_reason", flat=True):
        raise GiftsPaused(reason)


def _is_same(donation: Donation, campaign: Campaign, amount_cents: int, email: str, tax_code: str) -> bool:
    """Say whether a form that came again asks for the gift that is there."""
    there = (donation.campaign_id, donation.amount_cents, donation.email, donation.tax_code)
    return there == (campaign.pk, amount_cents, email, tax_code)


def _payee_account(campaign: Campaign) -> str:
    """Return the Stripe account of the campaign's body, or none where gifts wait with the platform.

    Raise PaymentsNotReady when it cannot receive gifts.
    """
    if campaign.payment_flow == Campaign.PaymentFlow.SEPARATE:
        return ""
    ready = ConnectedAccount.objects.filter(organization=campaign.organization, ready_at__isnull=False)
    account_id = ready.values_list("stripe_account_id", flat=True).first()
    if account_id is None:
        raise PaymentsNotReady(campaign.slug)
    return account_id


def open_checkout(*, donation: Donation, now: datetime) -> str:
    """Open Stripe's payment page for a gift and return its address; a gift has one page, however often it is asked.

    Raise CampaignNotOpen, GiftsPaused, GiftsResting before it has a page, and the gateway's StripeUnavailable or
    StripeRefused; the gift then stays as it is and may be tried again.
    """
    campaign = Campaign.objects.for_a_gift().get(pk=donation.campaign_id)
    _refuse_when_closed(campaign, now)
    if donation.status == Status.CREATED:
        refuse_while_paused(campaign, now)
    return _open_page(donation)


def _open_page(donation: Donation) -> str:
    """Ask Stripe for the gift's page, or return the one it has."""
    if donation.status == Status.CREATED:
        checkout = stripe_gateway.create_checkout(donation)
        opened = Donation.objects.filter(pk=donation.pk, status=Status.CREATED).update(
            status=Status.OPEN, stripe_session_id=checkout.session_id, checkout_url=checkout.url
        )
        if opened:
            return checkout.url
        # Somebody else was faster.
        donation.refresh_from_db()
    return donation.checkout_url


def recover_checkout(*, donation: Donation, now: datetime) -> Donation:
    """Find out what became of a gift whose payment page may have been opened while its process died.

    The idempotency key brings back the page if there is one; if Stripe refuses to open it now, there never was one. A
    page that nobody was shown and whose time is over is given up, since Stripe repeats an error it once gave for a day.
    Raise the gateway's StripeUnavailable before that.
    """
    try:
        _open_page(donation)
    except StripeRefused:
        _expire_unopened(donation, now)
    except StripeUnavailable:
        if now < donation.session_expires_at:
            raise
        _expire_unopened(donation, now)
    donation.refresh_from_db()
    return donation


def expire_checkout(*, donation: Donation, now: datetime) -> Donation:
    """Close a gift's payment page because the campaign takes no more gifts; what was paid in time still counts."""
    if donation.status == Status.CREATED:
        donation = recover_checkout(donation=donation, now=now)
    if donation.status == Status.OPEN:
        stripe_gateway.expire_checkout(donation)
        donation = sync_payment(donation=donation, now=now)
    return donation


@transaction.atomic
def claim_gifts_to_check(*, now: datetime, limit: int = 100) -> list[Donation]:
    """Take the gifts and refunds Stripe has been silent about, those asked about longest ago first."""
    waiting = Q(status__in=[Status.CREATED, Status.OPEN], created_at__lte=now - QUIET)
    # The balance transaction that names the fee may come some seconds after the payment.
    without_fee = Q(fee_cents=None, settled_at__lte=now - QUIET, settled_at__gt=now - FEE_COMES)
    returning = Q(pk__in=Reversal.objects.sent().values("donation"))
    asked_before = Q(checked_at=None) | Q(checked_at__lte=now - CONTESTED_EVERY)
    contested = asked_before & Q(status=Status.DISPUTED, disputed_at__lte=now - CONTESTED_EVERY)
    # What another worker has just taken is left to it.
    unasked = Q(checked_at=None) | Q(checked_at__lte=now - QUIET)
    due = Donation.objects.filter(unasked, waiting | returning | without_fee | contested)
    due = due.order_by(F("checked_at").asc(nulls_first=True), "pk")
    gifts = list(due.select_for_update(skip_locked=True, no_key=True)[:limit])
    Donation.objects.filter(pk__in=[gift.pk for gift in gifts]).update(checked_at=now)
    return gifts


@transaction.atomic
def _expire_unopened(donation: Donation, now: datetime) -> None:
    """Give up a gift whose payment page never opened."""
    Donation.objects.filter(pk=donation.pk, status=Status.CREATED).update(
        status=Status.EXPIRED, expired_at=now
    )
