"""A fund that is short offers what is left; the promoter answers in writing, or keeps its place."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Mail, User
from calls.models import Stop
from calls.services import switch_off
from campaigns.models import Campaign
from campaigns.services import suspend_campaign
from donations.services import owe_refund
from ledger.models import Account, Entry
from ledger.services import balance
from matching import tasks
from matching.models import Grant, GrantOffer
from matching.services import (
    CoverMissing,
    OfferOver,
    ReleasesStopped,
    accept_offer,
    acknowledge_withdrawal,
    close_campaign,
    close_offer,
    covers_of,
    decline_offer,
    increase_fund,
    line,
    settle_campaign,
    withdraw_campaign,
)
from tests.factories import give
from tests.matching.short import accept, act, offered, reached, release, short_call

Kind = Account.Kind
State = Grant.State
Cover = GrantOffer.Cover
Status = GrantOffer.Status


@pytest.fixture
def pair(stripe: str, officer: User, organizer: User) -> tuple[Campaign, Campaign]:
    """Return two campaigns that have reached, the first awarded, with half of what is due left for the second."""
    call = short_call(officer, 1_500_000)
    first, second = (reached(call, officer, organizer) for _number in range(2))
    assert release(first).amount_cents == 1_000_000
    return first, second


def left(campaign: Campaign) -> tuple[int, int]:
    """Return what is free in a campaign's fund and what is set aside for it, in cents."""
    fund = campaign.fund
    return balance(Kind.AVAILABLE, fund=fund), balance(Kind.RESERVED, fund=fund, campaign=campaign)


def test_release_grant_offers_what_is_left(pair: tuple[Campaign, Campaign]) -> None:
    second = pair[1]
    now = timezone.now()

    with time_machine.travel(now, tick=False):
        offer = offered(second)
        again = release(second)

    assert (offer.amount_cents, offer.available_cents, offer.status) == (500_000, 500_000, Status.OPEN)
    assert offer.expires_at == now + timedelta(days=second.call.offer_days) == now + timedelta(days=10)
    assert (again.state, again.amount_cents, again.offers.count()) == (State.OFFERED, 500_000, 1)
    assert left(second) == (0, 500_000)
    assert Mail.objects.filter(key__startswith=f"grant_offered:{second.pk}").count() == 1
    assert not Mail.objects.filter(key__startswith=f"grant_awarded:{second.pk}").exists()
    call_command("audit")


@pytest.mark.parametrize(("least", "state"), [(500_000, State.OFFERED), (500_001, State.WAITLISTED)])
def test_release_grant_offers_no_part_below_the_smallest(
    stripe: str, officer: User, organizer: User, least: int, state: str
) -> None:
    call = short_call(officer, 1_500_000, min_partial_cents=least)
    first, second = (reached(call, officer, organizer) for _number in range(2))
    release(first)

    assert release(second).state == state


def test_accept_offer_awards_the_part_with_its_evidence(
    pair: tuple[Campaign, Campaign], organizer: User
) -> None:
    offer = offered(pair[1])

    grant = accept(offer, organizer)

    grant.refresh_from_db()
    offer.refresh_from_db()
    assert (grant.state, grant.amount_cents, grant.total_cents, grant.is_partial) == (
        State.AWARDED,
        500_000,
        500_000,
        True,
    )
    assert (grant.raised_cents, grant.available_cents) == (1_000_000, 500_000)
    assert (offer.status, offer.cover, offer.answered_by) == (Status.ACCEPTED, Cover.OWN_FUNDS, organizer)
    assert left(pair[1]) == (0, 0)
    assert balance(Kind.AWARDED, fund=grant.fund, campaign=pair[1]) == 500_000
    assert Mail.objects.filter(key__startswith=f"grant_awarded:{pair[1].pk}").count() == 1
    call_command("audit")


@pytest.mark.parametrize(("seconds", "accepted"), [(-1, True), (0, False), (1, False)])
def test_accept_offer_keeps_its_days_to_the_second(
    pair: tuple[Campaign, Campaign], organizer: User, seconds: int, accepted: bool
) -> None:
    offer = offered(pair[1])
    now = offer.expires_at + timedelta(seconds=seconds)
    told = {"cover": Cover.OWN_FUNDS, "words": "Cassa.", "by": organizer, "now": now}

    if accepted:
        assert accept_offer(offer=offer, **told).state == State.AWARDED
    else:
        with pytest.raises(OfferOver):
            accept_offer(offer=offer, **told)


def test_accept_offer_reads_the_raised_sum_again(
    pair: tuple[Campaign, Campaign], organizer: User, officer: User
) -> None:
    offer = offered(pair[1])
    owe_refund(donation=pair[1].donations.get(), by=officer, reason="Richiesta", now=timezone.now())

    with pytest.raises(OfferOver):
        accept(offer, organizer)

    assert left(pair[1]) == (0, 500_000)


def test_accept_offer_needs_words_and_a_way_that_is_still_open(
    pair: tuple[Campaign, Campaign], organizer: User
) -> None:
    offer = offered(pair[1])
    now = timezone.now()
    assert covers_of(pair[1], now) == list(Cover)

    with pytest.raises(CoverMissing):
        accept_offer(offer=offer, cover=Cover.REDUCED, words="  ", by=organizer, now=now)
    close_campaign(campaign=pair[1], now=pair[1].closes_at)
    with pytest.raises(CoverMissing):
        accept_offer(offer=offer, cover=Cover.CONTINUED, words="Ancora.", by=organizer, now=now)

    assert accept(offer, organizer).state == State.AWARDED


def test_accept_offer_of_a_suspended_campaign_waits_for_the_officer(
    pair: tuple[Campaign, Campaign], organizer: User, officer: User
) -> None:
    offer = offered(pair[1])
    suspend_campaign(campaign=pair[1], by=officer, reason="Verifica in corso", now=timezone.now())

    with pytest.raises(OfferOver):
        accept(offer, organizer)

    assert close_offer(offer=offer, now=timezone.now()).status == Status.OPEN


def test_accept_offer_waits_while_releases_are_stopped(
    pair: tuple[Campaign, Campaign], organizer: User, officer: User
) -> None:
    offer = offered(pair[1])
    switch_off(call=pair[1].call, what=Stop.What.RELEASES, by=officer, reason="Prova.", now=timezone.now())

    with pytest.raises(ReleasesStopped):
        accept(offer, organizer)


def test_accept_offer_again_is_refused(pair: tuple[Campaign, Campaign], organizer: User) -> None:
    offer = offered(pair[1])
    accept(offer, organizer)

    with pytest.raises(OfferOver):
        accept(offer, organizer)
    with pytest.raises(OfferOver):
        decline_offer(offer=offer, words="", by=organizer, now=timezone.now())

    assert Entry.objects.filter(key=f"grant:{pair[1].pk}").count() == 1


@pytest.mark.parametrize("how", ["declined", "expired"])
def test_offer_not_taken_keeps_its_place_and_the_next_is_served(
    pair: tuple[Campaign, Campaign],
    officer: User,
    organizer: User,
    monkeypatch: pytest.MonkeyPatch,
    how: str,
) -> None:
    monkeypatch.setattr(line, "QUIET", timedelta(0))
    second = pair[1]
    third = reached(second.call, officer, organizer)
    offer = offered(second)
    now = offer.expires_at - timedelta(seconds=1)
    if how == "declined":
        decline_offer(offer=offer, words="", by=organizer, now=now)
    with time_machine.travel(offer.expires_at, tick=False):
        tasks.close_offers()
        tasks.release_due_grants()

    offer.refresh_from_db()
    assert offer.status == how
    kept = Grant.objects.get(campaign=second)
    assert (kept.state, kept.amount_cents) == (State.WAITLISTED, 0)
    following = Grant.objects.get(campaign=third)
    assert (following.state, following.amount_cents) == (State.OFFERED, 500_000)
    written = Mail.objects.filter(key__startswith=f"grant_offer_over:{second.pk}").count()
    assert written == (1 if how == "expired" else 0)
    call_command("audit")

    # More than was declined goes to the one with the earlier place.
    increase_fund(
        fund=second.fund, amount_cents=700_000, act=act(), reason="Prova.", by=officer, now=timezone.now()
    )
    assert offered(second).amount_cents == 700_000
    call_command("audit")


def test_decline_offer_that_leaves_a_gap_says_why(pair: tuple[Campaign, Campaign], organizer: User) -> None:
    offer = offered(pair[1])
    now = timezone.now()
    with pytest.raises(CoverMissing):
        decline_offer(offer=offer, words=" ", by=organizer, now=now, leaves_gap=True)

    decline_offer(offer=offer, words="Non abbiamo altri fondi.", by=organizer, now=now, leaves_gap=True)

    offer.refresh_from_db()
    assert (offer.status, offer.leaves_gap, offer.words) == (
        Status.DECLINED,
        True,
        "Non abbiamo altri fondi.",
    )
    assert left(pair[1]) == (500_000, 0)
    pair[1].refresh_from_db()
    assert (pair[1].leave_until, pair[1].leave_reason) == (
        now + timedelta(days=5),
        "Non abbiamo altri fondi.",
    )
    assert Mail.objects.filter(key__startswith="donors_may_leave:").count() == 1


def test_close_offer_lapses_when_the_threshold_is_undone(
    pair: tuple[Campaign, Campaign], officer: User
) -> None:
    offer = offered(pair[1])
    assert close_offer(offer=offer, now=timezone.now()).status == Status.OPEN
    owe_refund(donation=pair[1].donations.get(), by=officer, reason="Richiesta", now=timezone.now())

    tasks.close_offers()

    offer.refresh_from_db()
    assert offer.status == Status.LAPSED
    assert left(pair[1]) == (500_000, 0)
    call_command("audit")

    # What lapsed was not declined: once reached again, the same part is offered again.
    give(campaign=pair[1], amount_cents=1_000_000)
    assert offered(pair[1]).amount_cents == 500_000


def test_offer_gives_way_to_the_whole_grant(pair: tuple[Campaign, Campaign], officer: User) -> None:
    offer = offered(pair[1])
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=False):
        increase_fund(
            fund=pair[1].fund,
            amount_cents=600_000,
            act=act(),
            reason="Prova.",
            by=officer,
            now=timezone.now(),
        )

    offer.refresh_from_db()
    grant = Grant.objects.get(campaign=pair[1])
    assert (offer.status, grant.state, grant.amount_cents) == (Status.OVERTAKEN, State.AWARDED, 1_000_000)
    assert left(pair[1]) == (100_000, 0)
    call_command("audit")


def test_offer_of_a_campaign_that_has_to_restore_its_threshold_lapses(
    pair: tuple[Campaign, Campaign], officer: User
) -> None:
    offer = offered(pair[1])
    owe_refund(donation=pair[1].donations.get(), by=officer, reason="Richiesta", now=timezone.now())
    close_campaign(campaign=pair[1], now=pair[1].closes_at)
    assert settle_campaign(campaign=pair[1], now=pair[1].closes_at).status == Campaign.Status.CURE

    close_offer(offer=offer, now=timezone.now())

    offer.refresh_from_db()
    assert offer.status == Status.LAPSED
    assert left(pair[1]) == (500_000, 0)
    call_command("audit")


def test_offer_of_a_campaign_that_is_withdrawn_goes_back(
    pair: tuple[Campaign, Campaign], officer: User, organizer: User
) -> None:
    offer = offered(pair[1])
    now = timezone.now()
    asked = withdraw_campaign(campaign=pair[1], reason="Rinunciamo.", by=organizer, now=now)

    acknowledge_withdrawal(withdrawal=asked, by=officer, now=now)

    offer.refresh_from_db()
    assert (offer.status, Grant.objects.get(campaign=pair[1]).state) == (Status.LAPSED, State.RETURNED)
    assert left(pair[1]) == (500_000, 0)
    call_command("audit")


def test_close_offers_goes_on_after_one_that_fails(
    pair: tuple[Campaign, Campaign], officer: User, organizer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = short_call(officer, 1_500_000)
    third, fourth = (reached(other, officer, organizer) for _number in range(2))
    release(third)
    bad, good = offered(pair[1]), offered(fourth)
    works = tasks.services.close_offer

    def fail(*, offer: GrantOffer, now: object) -> object:
        if offer == bad:
            raise RuntimeError("a bad row")
        return works(offer=offer, now=now)

    monkeypatch.setattr(tasks.services, "close_offer", fail)
    with time_machine.travel(good.expires_at + timedelta(seconds=5), tick=False):
        tasks.close_offers()

    states = [GrantOffer.objects.get(pk=offer.pk).status for offer in (bad, good)]
    assert states == [Status.OPEN, Status.EXPIRED]
