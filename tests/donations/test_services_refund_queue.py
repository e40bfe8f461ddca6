"""Refunds that wait: one worker each, and longer pauses while Stripe does not take them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from campaigns.models import Campaign
from donations.models import Reversal
from donations.services import claim_reversals, owe_refund, postpone_refund, send_refund
from tests.factories import give


@pytest.fixture
def due(campaign: Campaign, officer: User) -> Reversal:
    """Return a refund that an officer has decided."""
    gift = give(campaign=campaign)
    return owe_refund(donation=gift, by=officer, reason="Richiesta del donatore", now=timezone.now())


def test_claim_reversals_gives_each_refund_to_one_worker_until_its_lease_ends(due: Reversal) -> None:
    now = timezone.now()

    assert [one.pk for one in claim_reversals(now=now)] == [due.pk]
    assert claim_reversals(now=now + Reversal.LEASE - timedelta(seconds=1)) == []
    (again,) = claim_reversals(now=now + Reversal.LEASE)
    assert (again.pk, again.attempts) == (due.pk, 2)


@pytest.mark.parametrize(("attempts", "pause"), [(1, 10), (5, 160), (40, 3600)])
def test_postpone_refund_waits_longer_each_time_but_an_hour_at_most(
    due: Reversal, attempts: int, pause: int
) -> None:
    now = timezone.now()
    due.attempts = attempts

    postpone_refund(reversal=due, now=now)

    due.refresh_from_db()
    assert due.next_attempt_at - now == timedelta(seconds=pause)


def test_postpone_refund_leaves_a_refund_alone_that_has_ended(due: Reversal) -> None:
    (sent,) = claim_reversals(now=timezone.now())
    send_refund(reversal=sent, now=timezone.now())
    sent.refresh_from_db()
    before = sent.next_attempt_at

    postpone_refund(reversal=sent, now=timezone.now() + timedelta(days=1))

    sent.refresh_from_db()
    assert sent.next_attempt_at == before
