"""What citizens, Stripe, banks, officers and tasks do to the gifts of the money machine."""

from datetime import timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from campaigns.models import Campaign
from campaigns.services import suspend_campaign
from donations import services
from donations.models import Donation
from donations.stripe_answers import StripeRefused
from matching.services import release_grant
from tests.factories import make_donation, twin
from tests.matching.money_stage import AMOUNTS, CAMPAIGNS, CARDS, PICK, STEPS, Stage

Status = Donation.Status


class PowerCut(Exception):
    """The process dies here."""


class GiftsOnTheSite(Stage):
    """Everything that can happen to gifts paid at Stripe."""

    @initialize(cents=st.lists(AMOUNTS, min_size=3, max_size=4))
    def begin(self, cents: list[int]) -> None:
        """Start with some gifts, so that there is something for everything else to happen to."""
        self.donors_give([(number % 2, each) for number, each in enumerate(cents)])
        self.a_donor_opens_the_payment_page(which=2, cents=cents[0])

    # --- Citizens -------------------------------------------------------------------------------------------------

    @rule(which=PICK, cents=AMOUNTS)
    def a_donor_opens_the_payment_page(self, which: int, cents: int) -> None:
        campaign = self.campaign(which)
        if campaign.is_open(self.now):
            make_donation(campaign=campaign, amount_cents=cents, now=self.now)

    @rule(gifts=st.lists(st.tuples(st.integers(0, CAMPAIGNS - 1), AMOUNTS), min_size=1, max_size=3))
    def donors_give(self, gifts: list[tuple[int, int]]) -> None:
        for which, cents in gifts:
            campaign = self.campaign(which)
            if campaign.is_open(self.now):
                gift = make_donation(campaign=campaign, amount_cents=cents, now=self.now)
                self.pay_with(gift, "paid")
                self.sync(gift)

    @rule(which=PICK, cards=st.lists(st.sampled_from(sorted(CARDS)), min_size=1, max_size=2))
    def a_donor_pays(self, which: int, cards: list[str]) -> None:
        gift = self.payable(which)
        for card in cards if gift else []:
            self.pay_with(gift, card)

    def payable(self, which: int) -> Donation | None:
        """Return a gift whose payment page is still open at Stripe; a donor opens one where there is none."""
        # Pages run out within a day, most of them before anybody has tried a card.
        pages = self.gifts().filter(status=Status.OPEN, session_expires_at__gt=self.now)
        if not pages.exists():
            self.a_donor_opens_the_payment_page(which, 1_999)
        gifts = list(pages)
        return gifts[which % len(gifts)] if gifts else None

    @rule(which=PICK)
    def a_payment_page_runs_out(self, which: int) -> None:
        gift = self.pick(which, Status.OPEN)
        if gift:
            self.note(services.expire_checkout(donation=gift, now=self.now))

    # --- Stripe and the banks -------------------------------------------------------------------------------------

    @rule(which=PICK)
    def stripe_tells_about_a_gift(self, which: int) -> None:
        gift = self.pick(which)
        if gift:
            self.sync(gift)

    @rule(which=PICK)
    def a_bank_contests_a_gift(self, which: int) -> None:
        gift = self.pick(which, Status.SETTLED, Status.REFUND_DUE)
        # A bank contests what was not given back.
        if gift and not gift.disputes.exists() and not gift.reversals.exclude(status="due").exists():
            try:
                twin("dispute", charge=gift.stripe_charge_id)
            except OSError:
                return
            self.sync(gift)

    @rule(which=PICK, won=st.booleans())
    def a_bank_decides(self, which: int, won: bool) -> None:
        gift = self.pick(which, Status.DISPUTED)
        if gift:
            dispute = gift.disputes.open().first()
            twin("dispute_close", dispute=dispute.stripe_dispute_id, status="won" if won else "lost")
            self.sync(gift)
            self.seen["dispute won" if won else "dispute lost"] += 1

    @rule(which=PICK)
    def stripe_warns_of_fraud(self, which: int) -> None:
        gift = self.pick(which, Status.SETTLED)
        if gift and not gift.disputes.exists():
            twin("warn", charge=gift.stripe_charge_id)
            self.sync(gift)
            services.heed_fraud_warnings(donation=gift, now=self.now)
            self.seen["warning"] += 1

    @rule(which=PICK, status=st.sampled_from(["failed", "succeeded", "canceled"]))
    def a_refund_under_way_ends(self, which: int, status: str) -> None:
        under_way = list(self.reversals().filter(status="sent").order_by("pk"))
        if under_way:
            reversal = under_way[which % len(under_way)]
            try:
                twin("refund_outcome", refund=reversal.stripe_refund_id, status=status)
            except OSError:
                return
            self.sync(reversal.donation)
            self.seen["refund failed"] += self.reversals().filter(pk=reversal.pk, status="failed").count()

    # --- Officers -------------------------------------------------------------------------------------------------

    @rule(which=PICK)
    def an_officer_gives_a_gift_back(self, which: int) -> None:
        gift = self.pick(which, Status.SETTLED)
        if gift:
            try:
                services.owe_refund(donation=gift, by=self.world["officer"], reason="Richiesta", now=self.now)
            except services.NotRefundable:
                return
            self.seen["officer refund"] += 1

    @rule(which=PICK)
    def an_officer_tries_a_failed_refund_again(self, which: int) -> None:
        failed = self.reversals().filter(status="failed").order_by("pk")
        if not failed.exists():
            # Few refunds fail by chance, and most of those are closed again by the next one.
            self.an_officer_gives_a_gift_back(which)
            self.refunds_are_sent("failed", at_once=True)
        rows = list(failed)
        if rows:
            try:
                services.retry_refund(
                    reversal=rows[which % len(rows)], by=self.world["officer"], now=self.now
                )
            except services.NotRefundable:
                return
            self.seen["refund tried again"] += 1

    @precondition(lambda self: self.seen["suspended"] < 40)
    @rule(which=PICK, really=st.integers(0, 2))
    def an_officer_suspends_a_campaign(self, which: int, really: int) -> None:
        campaign = self.campaign(which)
        # While a threshold is being restored nobody suspends.
        if really == 0 and campaign.status == Campaign.Status.OPEN and campaign.is_open(self.now):
            suspend_campaign(campaign=campaign, by=self.world["officer"], reason="Verifica", now=self.now)
            self.seen["suspended"] += 1

    # --- The tasks ------------------------------------------------------------------------------------------------

    @rule(first=st.sampled_from(["failed", "pending", "succeeded"]), at_once=st.booleans())
    def refunds_are_sent(self, first: str, at_once: bool) -> None:
        twin("next_refunds", status=first, count=1, at_once=at_once)
        for reversal in services.claim_reversals(now=self.now):
            try:
                services.send_refund(reversal=reversal, now=self.now)
            except StripeRefused:
                services.postpone_refund(reversal=reversal, now=self.now)
                self.sync(reversal.donation)
            self.note(Donation.objects.get(pk=reversal.donation_id))
        failed = self.reversals().filter(status="failed").count()
        self.seen["refund failed"] += failed
        # What has failed at once is looked at by an officer sooner or later.
        if failed and not at_once:
            self.an_officer_tries_a_failed_refund_again(failed)

    @rule()
    def grants_are_released(self) -> None:
        for campaign in self.everyone().filter(reached_at__isnull=False).order_by("reached_at", "pk"):
            grant = release_grant(campaign=campaign, now=self.now)
            if grant:
                self.seen[f"grant {grant.state}"] += 1

    @rule(which=PICK)
    def the_process_dies_while_booking(self, which: int) -> None:
        gift = self.payable(which)
        if gift is None:
            return
        self.pay_with(gift, "paid")
        before = self.fingerprint()
        with pytest.MonkeyPatch.context() as patch:
            # The last thing that is booked of a payment.
            patch.setattr("donations.services.payment.book_fees", _cut)
            with pytest.raises(PowerCut):
                services.sync_payment(donation=gift, now=self.now)
        self.seen["crash"] += 1
        assert self.fingerprint() == before

    @rule(hours=st.sampled_from([1, 24]))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        twin("advance", seconds=hours * 3600)

    @precondition(lambda self: self.steps > STEPS // 2)
    @rule()
    def the_deadline_comes(self) -> None:
        self.settle_all(self.world["closes_at"])


def _cut(*_args: object, **_kwargs: object) -> None:
    raise PowerCut
