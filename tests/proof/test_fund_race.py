"""200 campaigns reach their threshold together, and the fund has money for half of them."""

import io
import itertools
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils import timezone

from accounts.models import User
from calls.models import Call
from campaigns.models import Campaign
from donations.models import Donation
from donations.services import sync_payment
from ledger.models import Account, Entry
from ledger.services import allocate_fund, balance, raised_cents
from matching import tasks
from matching.models import Grant
from matching.services import increase_fund, release_grant
from matching.services.award import award_grant, new_grant
from matching.services.line import QUIET, order_of
from tests.factories import make_call, make_campaign, make_donation, pay
from tests.matching.short import act
from tests.threads import at_once

Kind = Account.Kind
State = Grant.State
Crowd = Callable[..., list[Donation]]

GRANT_CENTS = 50_000
CAMPAIGNS = 200
#: As many people at the same instant as the engine has connections to spare.
AT_ONCE = 50


@pytest.fixture
def crowd(stripe: str, officer: User, organizer: User) -> Crowd:
    """Return a function that opens campaigns on one fund, each with one paid gift that carries it over."""

    def make(number: int, fund_cents: int) -> list[Donation]:
        mode = Call.ReservationMode.FIRST_REACHED
        call = make_call(
            officer=officer,
            fund_cents=fund_cents,
            cap_cents=GRANT_CENTS,
            reservation_mode=mode,
            partial_policy="none",
        )
        gifts = []
        for _number in range(number):
            campaign = make_campaign(
                officer=officer, promoter=organizer, call=call, cost_cents=2 * GRANT_CENTS
            )
            gifts.append(make_donation(campaign=campaign, amount_cents=GRANT_CENTS))
            pay(gifts[-1])
        return gifts

    return make


def together(act_on: Callable[[Any], object], things: list[Any]) -> None:
    """Do something to many things, by as many at the same instant as there are connections."""
    shares = [things[place::AT_ONCE] for place in range(AT_ONCE)]
    at_once(*[lambda share=share: [act_on(thing) for thing in share] for share in shares if share])


def require_exactly(fund: Any, awards: int, left_cents: int) -> None:
    """Require that so many whole grants were given out of a fund, and nothing that it does not have."""
    awarded = Grant.objects.filter(fund=fund, state=State.AWARDED)
    assert list(awarded.values_list("amount_cents", flat=True)) == [GRANT_CENTS] * awards
    assert balance(Kind.AVAILABLE, fund=fund) == left_cents
    given = Account.objects.filter(kind=Kind.AWARDED, fund=fund).balance()
    assert given == awards * GRANT_CENTS
    assert given + left_cents == -balance(Kind.ALLOCATED, fund=fund)
    assert Entry.objects.filter(kind=Entry.Kind.GRANT).count() == awards


def patiently(act_now: Callable[[], object]) -> None:
    """Do something; who has waited for the fund too long does it again, as the next tick does."""
    while True:
        try:
            act_now()
        except OperationalError as error:
            if "lock timeout" not in str(error):
                raise
        else:
            return


def release_all(campaigns: list[Campaign]) -> None:
    """Ask for the grants of some campaigns."""
    for campaign in campaigns:
        patiently(partial(release_grant, campaign=campaign, now=timezone.now()))


def sync(gift: Donation) -> None:
    """Count a gift."""
    sync_payment(donation=gift, now=timezone.now())


@pytest.mark.usefixtures("real_transactions")
def test_200_that_reach_together_get_exactly_the_fund_in_the_order_of_reaching(
    crowd: Crowd, officer: User
) -> None:
    half = GRANT_CENTS // 2
    gifts = crowd(CAMPAIGNS, 99 * GRANT_CENTS + half)
    fund = gifts[0].campaign.fund

    together(sync, gifts)
    line = sorted(Campaign.objects.with_story(), key=lambda one: order_of(one, one.reached_at))
    later = timezone.now() + QUIET + timedelta(seconds=1)
    more = partial(increase_fund, fund=fund, reason="Fondi", by=officer, now=later)
    with time_machine.travel(later, tick=True):
        at_once(*[tasks.release_due_grants] * 4)
        # The half that is left is no grant, and nobody behind the hundredth gets it.
        require_exactly(fund, 99, half)
        more(amount_cents=half, act=act())
        require_exactly(fund, 100, 0)
        served = Entry.objects.filter(kind=Entry.Kind.GRANT).order_by("pk").values_list("key", flat=True)
        assert list(served) == [f"grant:{campaign.pk}" for campaign in line[:100]]

        # The other hundred ask at the same instant, while money for 49 and a half comes.
        shares = [line[100 + place :: AT_ONCE] for place in range(AT_ONCE)]
        at_once(
            partial(
                patiently, partial(more, amount_cents=49 * GRANT_CENTS + half, act=act(number="DD 2/2027"))
            ),
            *[partial(release_all, share) for share in shares],
        )

    require_exactly(fund, 149, half)
    assert Grant.objects.filter(state=State.WAITLISTED, amount_cents=0).count() == 51
    call_command("audit", verbosity=0, stdout=io.StringIO())


# --- The same race, run by code that reads, checks and writes without a lock ----------------------------------------


def release_naively(gift: Donation, *, everybody_has_read: threading.Barrier) -> bool:
    """Award a grant as one does who has not thought of others: read, check, write. Say whether it went through."""
    campaign = Campaign.objects.with_story().get(pk=gift.campaign_id)
    fund, due = campaign.fund, campaign.grant_due_cents
    available = balance(Kind.AVAILABLE, fund=fund)
    everybody_has_read.wait(20)
    if available < due:
        return False
    try:
        with transaction.atomic():
            award_grant(new_grant(campaign, fund), campaign, due, raised_cents(campaign), timezone.now())
    except IntegrityError as error:
        return "account_never_overdrawn" not in str(error)
    return True


def race_naively(crowd: Crowd) -> tuple[Any, list[bool]]:
    """Let 20 naive releases run for a fund with money for ten; return the fund and which went through."""
    gifts = crowd(20, 10 * GRANT_CENTS)
    together(sync, gifts)
    fund = gifts[0].campaign.fund
    allocate_fund(fund=fund, now=timezone.now())
    barrier = threading.Barrier(20)
    return fund, at_once(*[partial(release_naively, gift, everybody_has_read=barrier) for gift in gifts])


@pytest.mark.usefixtures("real_transactions")
def test_a_naive_release_is_refused_by_the_database(crowd: Crowd) -> None:
    fund, went_through = race_naively(crowd)

    # All twenty had seen the money; the ledger's own promise stopped the ten for whom there was none.
    assert went_through.count(True) == 10
    require_exactly(fund, 10, 0)


@pytest.fixture
def overdraft(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Take the ledger's promise not to overdraw away; it is back when the database has been emptied."""
    promise = next(one for one in Account._meta.constraints if one.name == "account_never_overdrawn")
    with django_db_blocker.unblock(), connection.schema_editor() as editor:
        editor.remove_constraint(Account, promise)
    yield
    with django_db_blocker.unblock(), connection.schema_editor() as editor:
        editor.add_constraint(Account, promise)


@pytest.mark.usefixtures("overdraft", "real_transactions")
def test_a_naive_release_without_that_promise_overspends_and_every_check_says_so(crowd: Crowd) -> None:
    fund, went_through = race_naively(crowd)

    assert went_through == list(itertools.repeat(True, 20))
    assert balance(Kind.AVAILABLE, fund=fund) == -10 * GRANT_CENTS
    with pytest.raises(AssertionError):
        require_exactly(fund, 10, 0)
    told = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("audit", books_only=True, stdout=told, stderr=told)
    assert "BROKEN  I7   no fund has given more than it has" in told.getvalue()
