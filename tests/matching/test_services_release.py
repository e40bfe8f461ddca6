"""The municipality's share is released once, capped, and within the fund."""

from datetime import datetime, timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Mail, User
from calls.models import Call
from campaigns.models import Campaign
from campaigns.services import end_campaign, suspend_campaign
from donations.services import owe_refund
from ledger.models import Account, Entry
from ledger.services import balance
from matching.models import Grant
from matching.rules import RULE_VERSION
from matching.services import close_campaign, release_grant, settle_campaign
from tests.factories import give, make_call, make_campaign

Kind = Account.Kind
State = Grant.State


def release(campaign: Campaign, now: datetime | None = None) -> Grant | None:
    """Release a campaign's grant if it is due now."""
    return release_grant(campaign=campaign, now=now or timezone.now())


def reach(campaign: Campaign, cents: int | None = None) -> Campaign:
    """Give a campaign its whole threshold, or another sum, in one gift."""
    give(campaign=campaign, amount_cents=cents or campaign.threshold_cents)
    campaign.refresh_from_db()
    return campaign


def first_reached_call(officer: User, fund_cents: int, policy: str) -> Call:
    """Publish a call in which the order of reaching decides."""
    mode = Call.ReservationMode.FIRST_REACHED
    return make_call(officer=officer, fund_cents=fund_cents, reservation_mode=mode, partial_policy=policy)


def test_release_grant_awards_at_the_threshold_with_its_evidence(campaign: Campaign) -> None:
    give(campaign=campaign, amount_cents=999_999)
    assert release(campaign) is None
    campaign.refresh_from_db()
    assert campaign.grant.state == State.RESERVED
    reach(campaign, 200)
    now = timezone.now()

    grant = release(campaign, now)

    assert grant is not None
    grant.refresh_from_db()
    assert (grant.state, grant.amount_cents, grant.awarded_at) == (State.AWARDED, 1_000_000, now)
    assert (grant.raised_cents, grant.available_cents) == (1_000_199, 60_000_000)
    assert (grant.reached_at, grant.rule_version) == (campaign.reached_at, RULE_VERSION)
    assert grant.evidence == Entry.objects.filter(kind=Entry.Kind.CHARGE).order_by("pk").last()
    assert balance(Kind.AWARDED, fund=campaign.fund, campaign=campaign) == 1_000_000
    assert balance(Kind.RESERVED, fund=campaign.fund, campaign=campaign) == 0
    assert balance(Kind.AVAILABLE, fund=campaign.fund) == 59_000_000
    assert Mail.objects.filter(key__startswith=f"grant_awarded:{campaign.pk}").count() == 1
    call_command("audit")


def test_release_grant_again_changes_nothing(campaign: Campaign) -> None:
    reach(campaign)
    first = release(campaign)
    give(campaign=campaign, amount_cents=500_000)

    again = release(campaign, timezone.now() + timedelta(days=1))

    assert again == first
    assert again is not None
    assert (again.amount_cents, again.awarded_at) == (1_000_000, first.awarded_at)
    assert Entry.objects.filter(kind=Entry.Kind.GRANT).count() == 1
    assert Mail.objects.filter(key__startswith="grant_awarded:").count() == 1


def test_release_grant_never_grows_with_the_gifts(campaign: Campaign) -> None:
    reach(campaign, 1_900_000)

    grant = release(campaign)

    assert grant is not None
    assert (grant.amount_cents, grant.raised_cents) == (1_000_000, 1_900_000)


def test_release_grant_is_capped(stripe: str, officer: User, organizer: User) -> None:
    call = make_call(officer=officer, cost_max_cents=12_000_000)
    campaign = make_campaign(officer=officer, promoter=organizer, call=call, cost_cents=12_000_000)
    assert (campaign.threshold_cents, campaign.own_cents) == (6_000_000, 1_000_000)

    grant = release(reach(campaign))

    assert grant is not None
    assert grant.amount_cents == grant.cap_cents == 5_000_000
    call_command("audit")


def test_release_grant_reads_the_raised_sum_again(campaign: Campaign, officer: User) -> None:
    gift = give(campaign=campaign, amount_cents=1_000_000)
    stale = Campaign.objects.get(pk=campaign.pk)
    assert stale.reached_at
    owe_refund(donation=gift, by=officer, reason="Richiesta", now=timezone.now())

    assert release(stale) is None

    assert Grant.objects.get().state == State.RESERVED
    assert balance(Kind.RESERVED, fund=campaign.fund, campaign=campaign) == 1_000_000


def test_release_grant_awards_nothing_when_its_mail_cannot_be_written(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    reach(campaign)

    def fail(**fields: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr("matching.services.campaign.queue_mail_to_members", fail)
        with pytest.raises(RuntimeError):
            release(campaign)

    assert Grant.objects.get().state == State.RESERVED
    assert balance(Kind.AWARDED, fund=campaign.fund, campaign=campaign) == 0
    assert release(campaign).state == State.AWARDED


def test_release_grant_after_success_is_still_due(stripe: str, officer: User, organizer: User) -> None:
    call = first_reached_call(officer, 5_000_000, "none")
    campaign = reach(make_campaign(officer=officer, promoter=organizer, call=call))
    close_campaign(campaign=campaign, now=campaign.closes_at)
    settled = settle_campaign(campaign=campaign, now=campaign.closes_at)
    assert settled.status == Campaign.Status.SUCCEEDED
    assert not Grant.objects.exists()

    grant = release(settled)

    assert grant is not None
    assert (grant.state, grant.amount_cents) == (State.AWARDED, 1_000_000)
    call_command("audit")


def test_release_grant_never_awards_a_campaign_an_officer_has_ended(
    campaign: Campaign, officer: User
) -> None:
    reach(campaign)
    suspend_campaign(campaign=campaign, by=officer, reason="Permesso ritirato", now=timezone.now())
    end_campaign(campaign=campaign, by=officer)

    assert release(campaign) is None

    assert Grant.objects.get().state == State.RESERVED


def test_release_grant_after_failure_stays_returned(campaign: Campaign) -> None:
    close_campaign(campaign=campaign, now=campaign.closes_at)
    settle_campaign(campaign=campaign, now=campaign.closes_at)

    grant = release(campaign)

    assert grant is not None
    assert grant.state == State.RETURNED


@pytest.mark.parametrize(("policy", "last"), [("auto", 500_000), ("none", 0)])
def test_release_grant_from_a_fund_that_is_short_follows_the_calls_policy(
    stripe: str, officer: User, organizer: User, policy: str, last: int
) -> None:
    call = first_reached_call(officer, 5_500_000, policy)
    first = make_campaign(officer=officer, promoter=organizer, call=call, cost_cents=10_000_000)
    second = make_campaign(officer=officer, promoter=organizer, call=call, cost_cents=2_000_000)
    release(reach(first))

    grant = release(reach(second))
    again = release(second)

    assert grant is not None
    assert again == grant
    assert grant.amount_cents == last
    assert grant.state == (State.AWARDED if last else State.WAITLISTED)
    assert balance(Kind.AVAILABLE, fund=call.funds.get()) == 500_000 - last
    assert Mail.objects.filter(key__startswith=f"grant_awarded:{second.pk}").exists() is bool(last)
    call_command("audit")


@pytest.mark.parametrize("policy", ["auto", "none"])
def test_release_grant_from_an_empty_fund_waits(
    stripe: str, officer: User, organizer: User, policy: str
) -> None:
    call = first_reached_call(officer, 5_000_000, policy)
    first = make_campaign(officer=officer, promoter=organizer, call=call, cost_cents=10_000_000)
    second = make_campaign(officer=officer, promoter=organizer, call=call, cost_cents=2_000_000)
    release(reach(first))
    now = timezone.now()

    waiting = release(reach(second), now)
    still = release(second, now + timedelta(hours=1))

    assert waiting is not None
    assert still is not None
    assert (still.state, still.amount_cents, still.waitlisted_at) == (State.WAITLISTED, 0, now)
    assert not Entry.objects.filter(key=f"grant:{second.pk}").exists()
    call_command("audit")


def test_release_grant_of_a_suspended_campaign_waits_for_the_officer(
    campaign: Campaign, officer: User
) -> None:
    reach(campaign)
    suspend_campaign(campaign=campaign, by=officer, reason="Verifica in corso", now=timezone.now())

    assert release(campaign) is None

    assert Grant.objects.get().state == State.RESERVED
