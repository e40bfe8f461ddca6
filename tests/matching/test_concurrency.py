"""Many campaigns, workers and gifts at the same instant, and one fund."""

from collections.abc import Callable
from functools import partial

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Mail, User
from calls.models import Call
from campaigns.models import Campaign
from campaigns.services import suspend_campaign
from donations.models import Donation, Reversal
from donations.services import owe_refund, start_donation, sync_payment
from donations.services.gift import CampaignNotOpen
from ledger.models import Account, Entry
from ledger.services import balance, raised_cents
from matching import tasks
from matching.models import Grant
from matching.services import close_campaign, open_campaign, release_grant, settle_campaign
from tests.factories import (
    connect_stripe,
    give,
    make_application,
    make_call,
    make_campaign,
    make_donation,
    make_organization,
    make_scheduled_campaign,
    pay,
)
from tests.threads import at_once

Kind = Account.Kind
State = Grant.State

pytestmark = pytest.mark.usefixtures("real_transactions")


@pytest.fixture
def crowd(stripe: str, officer: User, organizer: User) -> Callable[[int, str], list[Donation]]:
    """Return a function that opens 20 campaigns on one fund, each with one paid gift that carries it over."""

    def make(fund_cents: int, policy: str) -> list[Donation]:
        mode = Call.ReservationMode.FIRST_REACHED
        call = make_call(
            officer=officer,
            fund_cents=fund_cents,
            reservation_mode=mode,
            partial_policy=policy,
            cap_cents=1_000_000,
        )
        gifts = []
        for _number in range(20):
            campaign = make_campaign(officer=officer, promoter=organizer, call=call, cost_cents=2_000_000)
            gifts.append(make_donation(campaign=campaign, amount_cents=1_000_000))
            pay(gifts[-1])
        return gifts

    return make


def reach_and_release(gift: Donation) -> Grant | None:
    """Count a gift that carries its campaign over, and ask for the grant at once."""
    sync_payment(donation=gift, now=timezone.now())
    return release_grant(campaign=gift.campaign, now=timezone.now())


@pytest.mark.parametrize(
    ("fund_cents", "policy", "amounts", "left"),
    [
        (10_000_000, "none", [1_000_000] * 10, 0),
        (10_500_000, "none", [1_000_000] * 10, 500_000),
        (10_500_000, "auto", [500_000, *[1_000_000] * 10], 0),
    ],
)
def test_release_grant_of_twenty_at_once_awards_exactly_the_fund(
    crowd: Callable[[int, str], list[Donation]], fund_cents: int, policy: str, amounts: list[int], left: int
) -> None:
    gifts = crowd(fund_cents, policy)

    at_once(*[partial(reach_and_release, gift) for gift in gifts])

    fund = gifts[0].campaign.fund
    granted = Grant.objects.filter(state=State.AWARDED)
    assert sorted(granted.values_list("amount_cents", flat=True)) == amounts
    assert Grant.objects.filter(state=State.WAITLISTED, amount_cents=0).count() == 20 - len(amounts)
    assert balance(Kind.AVAILABLE, fund=fund) == left
    assert -balance(Kind.ALLOCATED, fund=fund) == sum(amounts) + left == fund_cents
    assert Entry.objects.filter(kind=Entry.Kind.GRANT).count() == len(amounts)
    call_command("audit")


def test_release_due_grants_by_four_workers_awards_once(stripe: str, officer: User, organizer: User) -> None:
    call = make_call(officer=officer)
    campaigns = [make_campaign(officer=officer, promoter=organizer, call=call) for _number in range(3)]
    for campaign in campaigns:
        give(campaign=campaign, amount_cents=1_000_000)

    at_once(*[tasks.release_due_grants] * 4)

    assert list(Grant.objects.values_list("state", "amount_cents")) == [(State.AWARDED, 1_000_000)] * 3
    assert Entry.objects.filter(kind=Entry.Kind.GRANT).count() == 3
    assert Mail.objects.filter(key__startswith="grant_awarded:").count() == 3
    assert balance(Kind.AVAILABLE, fund=call.funds.get()) == 57_000_000
    call_command("audit")


def test_open_campaign_of_seven_at_once_reserves_exactly_the_fund(
    stripe: str, officer: User, organizer: User
) -> None:
    call = make_call(officer=officer, fund_cents=5_000_000)
    campaigns = []
    for _number in range(7):
        organization = make_organization(user=organizer)
        connect_stripe(organization)
        application = make_application(call=call, organization=organization, cost_cents=2_000_000)
        campaigns.append(make_scheduled_campaign(application=application, officer=officer))

    at_once(*[partial(open_campaign, campaign=one, now=timezone.now()) for one in campaigns])

    assert Campaign.objects.filter(status=Campaign.Status.OPEN).count() == 5
    assert Campaign.objects.filter(opening_refusal="grant_not_covered").count() == 2
    assert balance(Kind.AVAILABLE, fund=call.funds.get()) == 0
    call_command("audit")


def test_settle_campaigns_by_four_workers_decides_once(campaign: Campaign) -> None:
    for _number in range(3):
        give(campaign=campaign)
    close_campaign(campaign=campaign, now=campaign.closes_at)

    at_once(*[tasks.settle_campaigns] * 4)

    assert Campaign.objects.get().status == Campaign.Status.FAILED
    assert Entry.objects.filter(kind__in=["failure", "return"]).count() == 2
    assert Reversal.objects.count() == 3
    assert Mail.objects.filter(key__startswith="campaign_failed:").count() == 1
    call_command("audit")


def test_settle_campaign_while_the_last_gift_is_counted_loses_nothing(campaign: Campaign) -> None:
    give(campaign=campaign, amount_cents=999_800)
    last = make_donation(campaign=campaign, amount_cents=200)
    pay(last)
    close_campaign(campaign=campaign, now=campaign.closes_at)
    now = timezone.now()

    settle = partial(settle_campaign, campaign=campaign, now=now)
    at_once(partial(sync_payment, donation=last, now=now), settle, settle, settle)
    settle()

    campaign.refresh_from_db()
    assert campaign.status == Campaign.Status.SUCCEEDED
    assert raised_cents(campaign) == campaign.outcome_raised_cents == 1_000_000
    call_command("audit")


def test_release_grant_while_the_gift_is_given_back_awards_only_what_was_earned(
    campaign: Campaign, officer: User
) -> None:
    gift = give(campaign=campaign, amount_cents=1_000_000)

    refund = partial(owe_refund, donation=gift, by=officer, reason="Richiesta", now=timezone.now())
    at_once(partial(release_grant, campaign=campaign, now=timezone.now()), refund)

    grant = Grant.objects.get()
    reserved = balance(Kind.RESERVED, fund=campaign.fund, campaign=campaign)
    assert (grant.state, reserved) in [(State.AWARDED, 0), (State.RESERVED, 1_000_000)]
    assert raised_cents(campaign) == 0
    call_command("audit")


@pytest.mark.parametrize("end", ["close", "suspend"])
def test_start_donation_while_the_giving_ends_is_before_or_refused(
    campaign: Campaign, end: str, officer: User
) -> None:
    instant = timezone.now()

    def start() -> bool:
        try:
            start_donation(campaign=campaign, amount_cents=2000, email="a@example.org", now=instant)
        except CampaignNotOpen:
            return False
        return True

    stop: Callable[[], object] = (
        partial(close_campaign, campaign=campaign, now=campaign.closes_at)
        if end == "close"
        else partial(suspend_campaign, campaign=campaign, by=officer, reason="Verifica", now=instant)
    )
    begun = at_once(start, start, stop, start, start)

    assert Donation.objects.count() == sum(result is True for result in begun)
    assert start() is False
