"""Posting once, whole, or not at all."""

from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone

from accounts.models import User
from calls.models import Call, Fund
from ledger.models import Account, Entry, Posting
from ledger.services import EntryConflict, account, allocate_fund, balance, post, raised_cents
from tests.factories import make_application, make_call, make_draft_campaign, make_organization
from tests.threads import at_once

Kind = Account.Kind


@pytest.fixture
def fund(call: Call) -> Fund:
    """Return a fund that is not filled yet."""
    return call.funds.get()


def fill(fund: Fund, cents: int = 500, **changes: Any) -> Entry:
    """Put cents into a fund under one and the same key."""
    postings = [(account(Kind.AVAILABLE, fund=fund), cents), (account(Kind.ALLOCATED, fund=fund), -cents)]
    fields = {"key": "fill", "kind": Entry.Kind.ALLOCATION, "now": timezone.now(), **changes}
    return post(postings=postings, **fields)


def test_account_is_made_once(fund: Fund) -> None:
    assert account(Kind.AVAILABLE, fund=fund) == account(Kind.AVAILABLE, fund=fund)
    assert Account.objects.count() == 1


def test_balance_is_zero_without_an_account(fund: Fund) -> None:
    assert balance(Kind.AVAILABLE, fund=fund) == 0
    assert Account.objects.count() == 0


def test_post_moves_both_balances_and_keeps_the_reason(fund: Fund, officer: User) -> None:
    now = timezone.now()

    entry = fill(fund, now=now, by=officer, reason="Delibera 12")

    assert (balance(Kind.AVAILABLE, fund=fund), balance(Kind.ALLOCATED, fund=fund)) == (500, -500)
    assert (entry.created_at, entry.actor, entry.reason) == (now, officer, "Delibera 12")


def test_post_again_changes_nothing(fund: Fund) -> None:
    first = fill(fund)

    second = fill(fund, reason="a repetition", now=timezone.now())

    assert first == second
    assert second.reason == ""
    assert (Entry.objects.count(), Posting.objects.count()) == (1, 2)
    assert balance(Kind.AVAILABLE, fund=fund) == 500


def test_post_again_in_another_order_is_the_same_movement(fund: Fund) -> None:
    first = fill(fund)
    swapped = [(account(Kind.ALLOCATED, fund=fund), -500), (account(Kind.AVAILABLE, fund=fund), 500)]

    again = post(key="fill", kind=Entry.Kind.ALLOCATION, postings=swapped, now=timezone.now())

    assert again == first


def test_post_refuses_a_key_that_stands_for_another_movement(fund: Fund) -> None:
    fill(fund)

    with pytest.raises(EntryConflict, match="fill"):
        fill(fund, cents=501)

    assert balance(Kind.AVAILABLE, fund=fund) == 500


def test_post_writes_nothing_when_its_second_posting_fails(fund: Fund) -> None:
    fill(fund)
    wrong_way = [(account(Kind.AVAILABLE, fund=fund), 100), (account(Kind.ALLOCATED, fund=fund), 700)]

    with pytest.raises(IntegrityError, match="account_never_overdrawn"):
        post(key="other", kind=Entry.Kind.ALLOCATION, postings=wrong_way, now=timezone.now())

    assert not Entry.objects.filter(key="other").exists()
    assert Posting.objects.count() == 2
    assert balance(Kind.AVAILABLE, fund=fund) == 500


@pytest.mark.usefixtures("real_transactions")
@pytest.mark.parametrize("cents", [[], [100], [100, -99]])
def test_post_is_refused_at_the_end_of_its_transaction_unless_it_balances(
    fund: Fund, cents: list[int]
) -> None:
    sides = [account(Kind.AVAILABLE, fund=fund), account(Kind.ALLOCATED, fund=fund)]
    postings = list(zip(sides, cents, strict=False))

    with pytest.raises(IntegrityError, match=r"moves no money|is not balanced"):
        post(key="odd", kind=Entry.Kind.ALLOCATION, postings=postings, now=timezone.now())

    assert not Entry.objects.exists()


@pytest.mark.usefixtures("real_transactions")
def test_post_by_eight_at_once_writes_one_entry(fund: Fund) -> None:
    entries = at_once(*[partial(fill, fund)] * 8)

    assert len({entry.pk for entry in entries}) == 1
    assert Posting.objects.count() == 2
    assert balance(Kind.AVAILABLE, fund=fund) == 500


@pytest.mark.usefixtures("real_transactions")
def test_post_the_same_accounts_both_ways_at_once_never_waits_in_a_circle(fund: Fund) -> None:
    fill(fund, cents=100_000)
    sides = [account(Kind.AVAILABLE, fund=fund), account(Kind.ALLOCATED, fund=fund)]

    def move(number: int) -> None:
        pairs = [(sides[0], 1), (sides[1], -1)] if number % 2 else [(sides[1], -1), (sides[0], 1)]
        for turn in range(5):
            fields = {"key": f"move:{number}:{turn}", "kind": Entry.Kind.ALLOCATION, "now": timezone.now()}
            post(postings=pairs, **fields)

    at_once(*[partial(move, number) for number in range(10)])

    assert balance(Kind.AVAILABLE, fund=fund) == 100_050
    assert balance(Kind.ALLOCATED, fund=fund) == -100_050


def test_allocate_fund_fills_it_once(fund: Fund) -> None:
    first = allocate_fund(fund=fund, now=timezone.now())

    again = allocate_fund(fund=fund, now=timezone.now())

    assert first == again
    assert balance(Kind.AVAILABLE, fund=fund) == fund.allocation_cents == 60_000_000
    assert balance(Kind.ALLOCATED, fund=fund) == -60_000_000


def test_allocate_fund_leaves_other_funds_alone(fund: Fund, officer: User) -> None:
    other = make_call(officer=officer).funds.get()

    allocate_fund(fund=fund, now=timezone.now())

    assert balance(Kind.AVAILABLE, fund=other) == 0


def test_raised_cents_counts_what_citizens_gave_before_and_after_success(
    call: Call, officer: User, organizer: User
) -> None:
    application = make_application(call=call, organization=make_organization(user=organizer))
    campaign = make_draft_campaign(application=application, officer=officer)
    held, owed = account(Kind.STRIPE, campaign=campaign), account(Kind.REFUNDS_OWED, campaign=campaign)
    donors, promoter = account(Kind.DONORS, campaign=campaign), account(Kind.PROMOTER, campaign=campaign)
    movements = [[(held, 700), (donors, -700)], [(held, 30), (owed, -30)], [(donors, 500), (promoter, -500)]]

    for number, postings in enumerate(movements):
        post(key=f"gift:{number}", kind=Entry.Kind.CHARGE, postings=postings, now=timezone.now())

    assert raised_cents(campaign) == 700
