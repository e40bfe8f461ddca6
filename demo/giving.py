"""Citizens give, thresholds are reached, deadlines pass: the money of the demo's history."""

from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from campaigns.models import Campaign
from demo.cast import People
from demo.gifts import Gift, invent
from demo.history import History
from donations.models import Donation
from donations.services import (
    claim_reversals,
    issue_receipt,
    open_checkout,
    send_refund,
    start_donation,
    sync_payment,
)
from matching.services import close_campaign, release_grant, settle_campaign

#: The words of the links that brought some of the gifts; most came without one.
WORDS = ("", "", "volantino", "", "whatsapp", "newsletter")
#: What the worker takes at most between two looks.
TICK = timedelta(seconds=5)


class Giving:
    """The gifts of one campaign, and what follows from them."""

    def __init__(self, history: History, people: People, campaign: Campaign, rng: Random) -> None:
        self.history = history
        self.people = people
        self.campaign = campaign
        self.rng = rng

    def plan(self, story: dict[str, Any], *, start: datetime, end: datetime) -> None:
        """Put the gifts between two instants, and the deadline if it has passed, into the history."""
        scheme = story["plan"]
        last = end - timedelta(minutes=self.rng.randrange(3, 50))
        if "reached_hours_ago" in scheme:
            last = end - timedelta(hours=scheme["reached_hours_ago"])
        gifts = invent(self.rng, scheme, self.people.donors, story.get("messages", []), start, last)
        for number, gift in enumerate(gifts):
            # The account that shows "my donations" has given a little to some of them.
            donor = story.get("demo_donor") if number == len(gifts) // 2 else None
            self.history.at(gift.when, partial(self.give, gift, bool(donor)))
        if self.campaign.closes_at:
            self.history.at(self.campaign.closes_at + TICK, self.close)

    def give(self, gift: Gift, by_demo_donor: bool, when: datetime) -> None:
        """Have one gift paid with a card and counted, and its receipt written."""
        donor = self.people.users["donor"] if by_demo_donor else None
        donation = start_donation(
            campaign=self.campaign,
            amount_cents=gift.amount_cents,
            email=donor.email if donor else gift.email,
            name=donor.full_name if donor else gift.name,
            show_name=gift.show_name,
            message=gift.message,
            donor=donor,
            language=gift.language,
            source=WORDS[when.minute % len(WORDS)],
            now=when,
        )
        self.history.twin.reach(when)
        open_checkout(donation=donation, now=when)
        donation.refresh_from_db()
        self.history.twin.order("pay", session=donation.stripe_session_id, name=donation.name)
        paid = when + timedelta(seconds=40)
        donation = sync_payment(donation=donation, now=paid)
        issue_receipt(donation=Donation.objects.with_campaign().get(pk=donation.pk), now=paid + TICK)
        if Campaign.objects.filter(pk=self.campaign.pk, reached_at=paid).exists():
            self.history.at(paid + TICK, self.release)

    def release(self, when: datetime) -> None:
        """Award the city's share."""
        release_grant(campaign=self.campaign, now=when)

    def close(self, when: datetime) -> None:
        """End the giving at the deadline and decide the outcome."""
        close_campaign(campaign=self.campaign, now=when)
        campaign = settle_campaign(campaign=self.campaign, now=when + TICK)
        if campaign.status == Campaign.Status.FAILED:
            self.history.at(when + 2 * TICK, self.refund)

    def refund(self, when: datetime) -> None:
        """Send back every gift that is owed."""
        self.history.twin.reach(when)
        while reversals := claim_reversals(now=when):
            for reversal in reversals:
                send_refund(reversal=reversal, now=when)
