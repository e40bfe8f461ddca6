"""Runs of the comparison with Stripe, and the differences they find."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import User
from campaigns.models import Campaign
from donations.models import (
    Difference,
    Reconciliation,
    StripeTransaction,
)
from donations.services import (
    Finding,
    NotOpen,
    ReasonMissing,
    clear_difference,
    fetch_events,
)
from donations.tasks import apply_events
from matching.services import record_audit
from tests.desk import desk_of, list_url, officer_with, row_url, take_step, text_of
from tests.donations.comparing import ODD, compare_balances, found, one_run
from tests.factories import give

NOW = timezone.now()
HOUR = timedelta(hours=1)
Kind = Reconciliation.Kind
What = Difference.What
Status = Difference.Status


def test_audit_that_finds_a_broken_promise_stops_grants_until_it_is_whole(db: None, officer: User) -> None:
    record_audit(found={"every entry sums to zero": [(7, "charge:x", 1)], "fine": []}, now=NOW)

    difference = Difference.objects.get()
    assert (difference.what, difference.status) == (What.PROMISE, Status.OPEN)
    assert "every entry sums to zero: 7 | charge:x | 1" in difference.ours
    record_audit(found={"every entry sums to zero": []}, now=NOW + timedelta(days=1))
    difference.refresh_from_db()
    assert (difference.status, difference.healed_at) == (Status.HEALED, NOW + timedelta(days=1))


def test_end_run_raises_again_what_has_grown_and_what_came_back_after_healing(db: None) -> None:
    grown = Finding(What.UNKNOWN_PAYMENT, "pi_1", "", 600, 0)

    assert len(found(one_run(), ODD)) == 1
    assert len(found(one_run(now=NOW + HOUR), grown, now=NOW + HOUR)) == 1
    # The first one is no longer found, so it has healed.
    assert Difference.objects.open().get().stripe_cents == 600
    assert len(found(one_run(now=NOW + 2 * HOUR), ODD, grown)) == 1


def test_end_run_heals_only_what_the_same_kind_of_run_had_found(db: None) -> None:
    found(one_run(), ODD)

    found(one_run(Kind.BALANCES))

    assert Difference.objects.open().count() == 1


def test_clear_difference_needs_a_reason_and_works_once(db: None, officer: User) -> None:
    (difference,) = found(one_run(), ODD)
    with pytest.raises(ReasonMissing):
        clear_difference(difference=difference, by=officer, reason=" ", now=NOW)

    difference = clear_difference(difference=difference, by=officer, reason="Nota.", now=NOW)

    assert (difference.status, difference.cleared_by) == (Status.CLEARED, officer)
    with pytest.raises(NotOpen):
        clear_difference(difference=difference, by=officer, reason="Nota.", now=NOW)


def test_desk_clears_a_difference_only_with_the_right(db: None, officer: User) -> None:
    (difference,) = found(one_run(), ODD)
    reader = desk_of(officer_with("donations.view_difference"))

    assert reader.get(row_url(difference)).status_code == 200
    assert reader.get(row_url(difference, "clear")).status_code == 403
    done = take_step(desk_of(officer), row_url(difference, "clear"), reason="Altro servizio.")
    assert "Cleared. Grants and payouts go on." in text_of(done)
    agree = text_of(desk_of(officer).get(list_url(difference, queue="open")))
    assert "The books and Stripe agree" in agree


def test_fetch_events_shares_a_row_of_quiet_runs(campaign: Campaign, client: Client) -> None:
    give(campaign=campaign)
    now = timezone.now()
    fetch_events(now=now)
    for minutes in (5, 10):
        fetch_events(now=now + timedelta(minutes=minutes))

    runs = list(Reconciliation.objects.of(Kind.EVENTS).order_by("pk"))
    assert [run.healed > 0 for run in runs] == [True, False]
    apply_events()


def test_fetch_events_goes_on_when_the_clock_was_set_back(campaign: Campaign) -> None:
    # Both on one day, and the second before the first has begun to look.
    late = timezone.now().replace(hour=23, minute=9)
    fetch_events(now=late)

    fetch_events(now=late.replace(hour=0))

    assert Reconciliation.objects.filter(kind=Reconciliation.Kind.EVENTS).count() == 2


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("difference_times_match_status", {"status": "healed"}),
        ("difference_times_match_status", {"status": "open", "healed_at": NOW}),
        ("difference_cleared_is_signed", {"status": "cleared", "cleared_at": NOW}),
    ],
)
def test_difference_constraints(db: None, constraint: str, changes: dict[str, Any]) -> None:
    (difference,) = found(one_run(), ODD)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Difference.objects.filter(pk=difference.pk).update(**changes)


def test_difference_is_known_once(db: None) -> None:
    (difference,) = found(one_run(), ODD)

    with pytest.raises(IntegrityError, match="difference_known_once"), transaction.atomic():
        Difference.objects.create(run=difference.run, what=difference.what, key=difference.key, found_at=NOW)


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("reconciliation_period_in_order", {"since": NOW + HOUR}),
        ("reconciliation_counts_when_ended", {"healed": 1}),
    ],
)
def test_reconciliation_constraints(db: None, constraint: str, changes: dict[str, Any]) -> None:
    run = one_run()

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Reconciliation.objects.filter(pk=run.pk).update(**changes)


def test_runs_differences_and_movements_are_kept(campaign: Campaign, officer: User) -> None:
    give(campaign=campaign)
    run = compare_balances()
    (difference,) = found(one_run(), ODD)
    clear_difference(difference=difference, by=officer, reason="Nota.", now=NOW)
    changes: list[Callable[[], object]] = [
        lambda: Difference.objects.filter(pk=difference.pk).update(stripe_cents=1),
        lambda: Difference.objects.filter(pk=difference.pk).update(cleared_reason="Altro."),
        lambda: Difference.objects.filter(pk=difference.pk).delete(),
        lambda: Reconciliation.objects.filter(pk=run.pk).delete(),
        lambda: StripeTransaction.objects.update(amount_cents=1),
        lambda: StripeTransaction.objects.all().delete(),
    ]

    for change in changes:
        with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
            change()


def test_home_page_says_that_a_difference_is_open(client: Client, campaign: Campaign) -> None:
    record_audit(found={}, now=NOW)
    assert "i conti tornano" in text_of(client.get("/", headers={"accept-language": "it"}))

    found(one_run(), ODD)

    home = text_of(client.get("/", headers={"accept-language": "en"}))
    assert "A check found a difference in the accounts" in home
    assert "the accounts balance" not in home
