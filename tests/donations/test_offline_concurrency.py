"""Officers who verify gifts outside the site at the same instant, beside gifts on the site."""

from functools import partial

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Mail, User
from campaigns.models import Campaign
from campaigns.services import WrongState
from donations.models import OfflineDonation
from donations.services import refuse_offline_donation, sync_payment, verify_offline_donation
from ledger.models import Entry
from ledger.services import raised_cents
from tests.factories import enter_outside, give, make_donation, pay
from tests.threads import at_once

pytestmark = pytest.mark.usefixtures("real_transactions")


def decide(gift: OfflineDonation, officer: User, verify: bool) -> str:
    """Verify or refuse a gift now; return what it is then, or nothing when another officer was faster."""
    try:
        if verify:
            return verify_offline_donation(
                gift=gift,
                verified_cents=gift.amount_cents,
                party="citizen",
                note="Visto.",
                by=officer,
                now=timezone.now(),
            ).status
        return refuse_offline_donation(gift=gift, reason="No.", by=officer, now=timezone.now()).status
    except WrongState:
        return ""


def test_gifts_of_both_ways_at_once_reach_the_threshold_once(campaign: Campaign, officer: User) -> None:
    give(campaign=campaign, amount_cents=700_000)
    outside = [enter_outside(campaign=campaign, amount_cents=100_000) for _number in range(4)]
    online = [make_donation(campaign=campaign, amount_cents=10_000) for _number in range(3)]
    for gift in online:
        pay(gift)

    at_once(
        *[partial(decide, gift, officer, True) for gift in outside],
        *[lambda gift=gift: sync_payment(donation=gift, now=timezone.now()).status for gift in online],
    )

    campaign.refresh_from_db()
    # 300,000 of 400,000 count outside the site.
    assert raised_cents(campaign) == 1_030_000
    assert campaign.reached_at is not None
    assert Entry.objects.filter(kind=Entry.Kind.OFFLINE).count() == 4
    call_command("audit")


def test_one_gift_is_decided_once(campaign: Campaign, officer: User) -> None:
    gift = enter_outside(campaign=campaign, email="lia@example.org")

    found = at_once(*[partial(decide, gift, officer, number % 2 == 0) for number in range(6)])

    gift.refresh_from_db()
    assert sorted(found) == ["", "", "", "", "", gift.status]
    assert Entry.objects.filter(kind=Entry.Kind.OFFLINE).count() == (gift.status == "verified")
    assert Mail.objects.filter(key__startswith="offline_gift_").count() == 1
    call_command("audit")
