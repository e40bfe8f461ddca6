"""Opening, matching and settling, through the local Stripe."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from campaigns.models import Campaign
from donations.models import Donation
from donations.services import claim_reversals, send_refund
from ledger.models import Account
from ledger.services import balance
from matching.models import Grant
from matching.services import close_campaign, release_grant, settle_campaign
from tests.factories import give

Kind = Account.Kind


def test_open_campaign_sets_the_grant_aside(campaign: Campaign) -> None:
    grant = campaign.grant

    assert grant.state == Grant.State.RESERVED
    assert grant.amount_cents == 1_000_000
    assert balance(Kind.AVAILABLE, fund=campaign.fund) == 59_000_000
    assert balance(Kind.RESERVED, fund=campaign.fund, campaign=campaign) == 1_000_000


def test_release_grant_awards_once_at_the_threshold(campaign: Campaign) -> None:
    give(campaign=campaign, amount_cents=999_999)
    campaign.refresh_from_db()
    assert campaign.reached_at is None
    assert release_grant(campaign=campaign, now=timezone.now()) is None
    give(campaign=campaign, amount_cents=200)
    campaign.refresh_from_db()
    assert campaign.reached_at is not None

    first = release_grant(campaign=campaign, now=timezone.now())
    second = release_grant(campaign=campaign, now=timezone.now())

    assert first == second
    assert first is not None and first.state == Grant.State.AWARDED and first.amount_cents == 1_000_000
    assert first.raised_cents == 1_000_199
    assert balance(Kind.AWARDED, fund=campaign.fund, campaign=campaign) == 1_000_000
    assert balance(Kind.RESERVED, fund=campaign.fund, campaign=campaign) == 0
    call_command("audit")


def test_settle_campaign_gives_everything_back_below_the_threshold(campaign: Campaign, officer: User) -> None:
    gift = give(campaign=campaign, amount_cents=5000)
    later = campaign.closes_at + timedelta(seconds=1)
    close_campaign(campaign=campaign, now=later)

    settled = settle_campaign(campaign=campaign, now=later)

    assert settled.status == Campaign.Status.FAILED
    assert settled.outcome_raised_cents == 5000
    assert balance(Kind.AVAILABLE, fund=campaign.fund) == 60_000_000
    for reversal in claim_reversals(now=later):
        send_refund(reversal=reversal, now=later)
    gift.refresh_from_db()
    settled.refresh_from_db()
    assert gift.status == Donation.Status.REFUNDED
    assert settled.status == Campaign.Status.REFUNDED
    call_command("audit")


@pytest.mark.parametrize("seconds", [-1, 0])
def test_close_campaign_keeps_its_deadline_to_the_second(campaign: Campaign, seconds: int) -> None:
    closed = close_campaign(campaign=campaign, now=campaign.closes_at + timedelta(seconds=seconds))

    assert closed.status == (Campaign.Status.OPEN if seconds < 0 else Campaign.Status.CLOSING)
