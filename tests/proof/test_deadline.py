"""The deadline in the nights that change the clocks and in others: what was charged before it counts, nothing else.

Each campaign ends at a midnight of the city, with payment pages opened 31 minutes and one minute before it, one paid at
the last second, one ten minutes late, and one that nobody ever paid.
"""

import urllib.error
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Mail, User
from campaigns.models import Campaign
from donations import tasks as donation_tasks
from donations.models import Donation, Reversal
from donations.services import start_donation, sync_payment
from donations.services.gift import CampaignNotOpen
from ledger.services import raised_cents
from matching import tasks
from stripe_twin.server import Server
from tests.factories import make_campaign, make_donation, pay, twin

ROME = ZoneInfo("Europe/Rome")
#: Clocks go forward in the night of 28 March and back in that of 31 October 2027; one night in June is like any other.
MIDNIGHTS = [
    datetime(2027, 3, 28, tzinfo=ROME),
    datetime(2027, 3, 29, tzinfo=ROME),
    datetime(2027, 10, 31, tzinfo=ROME),
    datetime(2027, 11, 1, tzinfo=ROME),
    datetime(2027, 6, 16, tzinfo=ROME),
]
Status = Campaign.Status


class Night:
    """A campaign's last hour; both clocks, ours and Stripe's, are put to where it is by minutes from midnight."""

    def __init__(self, server: Server, officer: User, promoter: User, midnight: datetime) -> None:
        self.server, self.midnight = server, midnight.astimezone(ZoneInfo("UTC"))
        self._traveller: Any = None
        #: Both nights that change the clocks lie within these two days.
        opens_at = (midnight - timedelta(hours=30)).replace(hour=9)
        self.at((opens_at - midnight).total_seconds() / 60, exactly=opens_at)
        self.campaign = make_campaign(officer=officer, promoter=promoter, now=timezone.now(), days=2)
        assert self.campaign.closes_at == midnight

    def at(self, minutes: float, exactly: datetime | None = None) -> None:
        """Put both clocks to so many minutes after midnight."""
        self.leave()
        self._traveller = time_machine.travel(
            exactly or self.midnight + timedelta(minutes=minutes), tick=True
        )
        self._traveller.start()
        self.server.twin.clock.restart()

    def leave(self) -> None:
        """Go back to today."""
        if self._traveller:
            self._traveller.stop()
            self._traveller = None

    def page(self, cents: int, name: str) -> Donation:
        """Open a payment page."""
        email = f"{name}@example.org"
        return make_donation(campaign=self.campaign, amount_cents=cents, email=email, now=timezone.now())

    def state(self) -> str:
        """Return the state the campaign is in."""
        return Campaign.objects.get(pk=self.campaign.pk).status


@pytest.fixture(params=MIDNIGHTS, ids=lambda midnight: f"{midnight:%d-%m}")
def night(
    stripe: str, stripe_server: Server, officer: User, organizer: User, request: Any
) -> Iterator[Night]:
    """Return the last night of a campaign."""
    found = Night(stripe_server, officer, organizer, request.param)
    yield found
    found.leave()
    stripe_server.twin.clock.restart()


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("is_stuck", [False, True], ids=["on time", "stuck"])
def test_only_what_was_charged_before_midnight_counts(night: Night, is_stuck: bool) -> None:
    night.at(-31)
    early, _unpaid = night.page(600_000, "early"), night.page(3_000, "unpaid")
    night.at(-1)
    last, late = night.page(400_000, "last"), night.page(50_000, "late")
    night.at(-1 / 60)
    # Paid in the last second; Stripe's messages are lost.
    for gift in (early, last):
        pay(gift)
    tasks.settle_campaigns()
    assert night.state() == Status.OPEN
    night.at(0)
    with pytest.raises(CampaignNotOpen):
        night.page(1_000, "too late")
    if is_stuck:
        # Stripe does not answer: no outcome, and no new gift either, wherever our own clock jumps to.
        twin("fail", path="checkout/sessions", method="ANY", status="drop_before", count=50)
        for minutes in (0, 1, -60, 5):
            night.at(minutes)
            tasks.settle_campaigns()
            assert night.state() == Status.CLOSING
            with pytest.raises(CampaignNotOpen):
                start_donation(
                    campaign=night.campaign, amount_cents=500, email="a@example.org", now=timezone.now()
                )
    else:
        tasks.settle_campaigns()
        assert night.state() == Status.SUCCEEDED
    night.at(10)
    if is_stuck:
        pay(late)
        twin_answers_again(night)
    else:
        with pytest.raises(urllib.error.HTTPError):
            pay(late)
    tasks.settle_campaigns()
    donation_tasks.reconcile_donations()
    donation_tasks.send_refunds()

    assert night.state() == Status.SUCCEEDED
    ends = dict(Donation.objects.values_list("email", "status"))
    assert ends == {
        "early@example.org": "settled",
        "last@example.org": "settled",
        "unpaid@example.org": "expired",
        "late@example.org": "refunded" if is_stuck else "expired",
    }
    assert raised_cents(night.campaign) == 1_000_000
    assert [one.reason for one in Reversal.objects.all()] == (["late"] if is_stuck else [])
    assert Mail.objects.filter(key__startswith="campaign_succeeded:").count() == 1
    truth = twin("truth")
    assert "open" not in truth["sessions"]
    call_command("audit", verbosity=0)


def twin_answers_again(night: Night) -> None:
    """End the silence of the local Stripe."""
    night.server.twin.store.set_setting("faults", [])


def test_a_clock_that_is_an_hour_wrong_does_not_decide_what_was_in_time(night: Night) -> None:
    night.at(-1)
    before, after = night.page(2_000, "before"), night.page(3_000, "after")
    pay(before)
    night.at(1)
    # Nobody has closed the campaign yet; by Stripe's clock this one is late.
    pay(after)

    for minutes in (-60, 60):
        wrong = night.midnight + timedelta(minutes=minutes)
        for gift in (before, after):
            sync_payment(donation=gift, now=wrong)

    assert dict(Donation.objects.values_list("email", "status")) == {
        "before@example.org": "settled",
        "after@example.org": "refund_due",
    }
    assert raised_cents(night.campaign) == 2_000
