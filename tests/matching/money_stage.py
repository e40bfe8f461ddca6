"""The stage of the money machine: three campaigns of one fund, their clock, and what always holds."""

import os
from collections import Counter
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant

from campaigns.models import Campaign
from donations import services, stripe_gateway
from donations.models import Donation, OfflineDonation, Reversal
from ledger.models import Account
from matching.audit import CHECKS, examine
from matching.services import close_campaign, settle_campaign
from tests.factories import pay, twin

STEPS = int(os.environ.get("MONEY_STEPS", "40"))
CAMPAIGNS = 3
#: One whole grant and a half: 2,000 euro are due to each campaign.
FUND_CENTS = 300_000
AMOUNTS = st.sampled_from([50, 1_999, 100_000, 200_000, 250_000])
PICK = st.integers(0, 50)
CARDS = {
    "paid": "4242424242424242",
    "declined": "4000000000000002",
    "3-D Secure passed": "4000002500003155",
}

Kind = Account.Kind


class Stage(RuleBasedStateMachine):
    """What every rule stands on."""

    world: dict[str, Any]
    seen: Counter[str] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.savepoint()
        # Both clocks start together; the local Stripe's may be put back only from inside.
        self.world["server"].twin.clock.restart()
        self.now: datetime = timezone.now()
        self.steps = 0
        self.campaigns = [campaign.pk for campaign in self.world["campaigns"]]

    # --- What always holds ----------------------------------------------------------------------------------------

    @invariant()
    def the_ledger_balances_and_no_fund_is_overspent(self) -> None:
        self.steps += 1
        with connection.cursor() as cursor:
            # The deferred promises too, which speak only at the end of a transaction.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        assert Account.objects.balance() == 0
        parts = Account.objects.filter(fund=self.world["fund"]).exclude(kind=Kind.ALLOCATED)
        assert parts.balance() in (0, FUND_CENTS)
        assert min(parts.values_list("balance_cents", flat=True), default=0) >= 0

    def audit(self) -> None:
        broken = {
            finding.check.name: finding.rows
            for finding in examine(CHECKS, now=self.now)
            if not finding.is_fine
        }
        assert broken == {}

    def compare_with_stripe(self) -> None:
        """Hold what each campaign has at Stripe against Stripe's own objects, read gift by gift."""
        for campaign in self.everyone():
            held = 0
            for gift in campaign.donations.exclude(stripe_session_id=None):
                payment = stripe_gateway.retrieve_payment(gift)
                held += payment.amount_cents
                held -= sum(one.amount_cents for one in payment.refunds if one.status == "succeeded")
                held -= sum(one.amount_cents for one in payment.disputes if one.status == "lost")
            assert Account.objects.filter(kind=Kind.STRIPE, campaign=campaign).balance() == held

    # --- How ------------------------------------------------------------------------------------------------------

    def settle_all(self, instant: datetime) -> None:
        """Close every campaign whose deadline has passed at an instant, and decide what can be decided."""
        later = max(self.now, instant)
        twin("advance", seconds=(later - self.now).total_seconds())
        self.now = later
        for campaign in self.everyone():
            close_campaign(campaign=campaign, now=self.now)
            for gift in campaign.donations.pending():
                services.expire_checkout(donation=gift, now=self.now)
            campaign = settle_campaign(campaign=campaign, now=self.now)
            self.seen[f"campaign {campaign.status}"] += 1
        self.seen["outside lapsed"] += OfflineDonation.objects.filter(
            campaign__in=self.campaigns, status="lapsed"
        ).count()

    def everyone(self) -> Any:
        return Campaign.objects.filter(pk__in=self.campaigns).with_story().order_by("pk")

    def campaign(self, which: int) -> Campaign:
        return self.everyone()[which % CAMPAIGNS]

    def gifts(self) -> Any:
        return Donation.objects.filter(campaign__in=self.campaigns).order_by("pk")

    def reversals(self) -> Any:
        return Reversal.objects.filter(donation__campaign__in=self.campaigns)

    def pick(self, which: int, *states: Donation.Status) -> Donation | None:
        gifts = list(self.gifts().filter(status__in=states) if states else self.gifts())
        return gifts[which % len(gifts)] if gifts else None

    def pay_with(self, gift: Donation, card: str) -> None:
        try:
            outcome = pay(gift, CARDS[card])["outcome"]
        except OSError:
            # The page is not open any more: paid, or run out of time.
            return
        self.seen[outcome] += 1

    def sync(self, gift: Donation) -> None:
        self.note(services.sync_payment(donation=gift, now=self.now))

    def note(self, gift: Donation) -> None:
        self.seen[f"gift {gift.status}"] += 1

    def fingerprint(self) -> tuple[Any, ...]:
        return (
            list(Account.objects.order_by("pk").values_list("pk", "balance_cents", "length")),
            list(self.gifts().values_list("pk", "status", "refund_due_at")),
            list(self.reversals().order_by("pk").values_list("pk", "status")),
        )
