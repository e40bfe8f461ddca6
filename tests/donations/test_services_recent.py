"""Stripe's payments of the last two days against the gifts; differences stop grants, not gifts."""

import random
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Mail, User
from campaigns.models import Campaign
from donations import stripe_gateway
from donations.models import (
    Difference,
    Donation,
    Reconciliation,
    StripeEvent,
)
from donations.services import (
    claim_reversals,
    fetch_events,
    owe_refund,
    reconcile_recent,
    send_refund,
)
from donations.stripe_answers import StripeUnavailable
from matching.models import Grant
from matching.tasks import release_due_grants
from tests.desk import desk_of, row_url, take_step, text_of
from tests.donations.at_stripe import deliver, events, refund_at_stripe
from tests.donations.comparing import foreign_charge, kinds, later, unexpected_amount
from tests.factories import give, make_donation, pay

NOW = timezone.now()
HOUR = timedelta(hours=1)
Kind = Reconciliation.Kind
What = Difference.What
Status = Difference.Status


def test_reconciliation_heals_lost_messages_and_stops_grants_for_what_it_cannot_explain(
    client: Client, campaign: Campaign, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    gifts = [make_donation(campaign=campaign, amount_cents=20_000, public_id=uuid.uuid4()) for _ in range(50)]
    for gift in gifts:
        pay(gift)
    for event in events():
        deliver(client, event)
    arrived = list(StripeEvent.objects.filter(type="checkout.session.completed").order_by("pk"))
    lost = random.Random(15).sample(arrived, 50)
    StripeEvent.objects.filter(pk__in=[event.pk for event in lost]).delete()

    # A: the messages of the last quarter of an hour come back.
    fetch_events(now=timezone.now())
    assert Reconciliation.objects.get(kind=Kind.EVENTS).healed == 50
    assert StripeEvent.objects.filter(pk__in=[event.pk for event in lost]).count() == 0
    assert StripeEvent.objects.filter(type="checkout.session.completed").count() == 50
    # B: what is older is found by the payments themselves, and what is nobody's stands out.
    StripeEvent.objects.all().delete()
    foreign = [foreign_charge() for _ in range(5)]
    wrong = unexpected_amount(campaign, monkeypatch, 2100)
    run = reconcile_recent(now=later())

    assert run is not None
    assert (run.healed, run.different) == (50, 6)
    assert Donation.objects.settled().count() == 50
    wrong.refresh_from_db()
    assert wrong.status == Donation.Status.QUARANTINED
    expected = [("payment", intent) for intent in foreign]
    assert kinds() == sorted([*expected, ("mismatch", wrong.stripe_payment_intent_id)])
    alarm = Mail.objects.get(key__startswith="difference_found:")
    assert alarm.recipient == officer.email
    assert all(intent in alarm.body for intent in foreign)
    # Grants wait, gifts do not.
    release_due_grants()
    assert Grant.objects.get(campaign=campaign).state == Grant.State.RESERVED
    assert give(campaign=campaign, email="altra@example.org").status == Donation.Status.SETTLED
    desk = desk_of(officer)
    assert "6 Differences: grants and payouts wait for them" in text_of(desk.get("/gestione/"))
    # Found again, nothing is raised twice and nobody is mailed twice.
    again = reconcile_recent(now=later(121))
    assert again is not None
    assert again.different == 0
    assert Mail.objects.filter(key__startswith="difference_found:").count() == 1
    for difference in Difference.objects.open():
        assert Grant.objects.get(campaign=campaign).state == Grant.State.RESERVED
        take_step(desk, row_url(difference, "clear"), reason="Altro servizio del Comune.")
        release_due_grants()
    assert Grant.objects.get(campaign=campaign).state == Grant.State.AWARDED
    # What was cleared stays cleared.
    assert reconcile_recent(now=later(182)).different == 0  # type: ignore[union-attr]


def test_reconcile_recent_runs_once_an_hour(campaign: Campaign) -> None:
    now = timezone.now()

    assert reconcile_recent(now=now) is not None
    assert reconcile_recent(now=now + HOUR - timedelta(seconds=1)) is None
    assert reconcile_recent(now=now + HOUR + timedelta(seconds=1)) is not None


def test_reconcile_recent_does_not_look_further_back_than_two_days(campaign: Campaign) -> None:
    pay(make_donation(campaign=campaign))
    now = timezone.now() + timedelta(hours=48, minutes=5)

    assert reconcile_recent(now=now).looked_at == 0  # type: ignore[union-attr]


def test_reconcile_recent_books_a_refund_made_at_stripe(campaign: Campaign) -> None:
    gift = give(campaign=campaign, amount_cents=5000)
    refund_at_stripe(gift, 2000)

    run = reconcile_recent(now=later())

    assert run is not None
    assert (run.healed, run.different) == (1, 0)
    assert gift.reversals.get().amount_cents == 2000


def test_reconcile_recent_finds_the_refund_of_an_old_payment(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    gift = give(campaign=campaign, amount_cents=5000)
    refund_at_stripe(gift)
    monkeypatch.setattr(stripe_gateway, "list_intents", lambda since: iter(()))

    assert reconcile_recent(now=later()).healed == 1  # type: ignore[union-attr]
    gift.refresh_from_db()
    assert gift.status == Donation.Status.REFUNDED


def test_reconcile_recent_heals_a_payment_of_nobody_that_went_back(campaign: Campaign) -> None:
    intent = foreign_charge()
    reconcile_recent(now=later())
    assert kinds() == [("payment", intent)]
    stripe_gateway._client().v1.refunds.create({"payment_intent": intent})

    # Also when the payment itself is older than two days by then.
    run = reconcile_recent(now=later(60 * 49))

    assert run is not None
    assert (run.healed, run.different) == (1, 0)
    assert Difference.objects.get().status == Status.HEALED


def test_reconcile_recent_heals_a_mismatch_an_officer_gave_back(
    campaign: Campaign, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    gift = unexpected_amount(campaign, monkeypatch, 2100)
    reconcile_recent(now=later())
    assert Difference.objects.get().our_cents == 2000

    gift.refresh_from_db()
    owe_refund(donation=gift, by=officer, reason="Importo sbagliato.", now=timezone.now())
    for reversal in claim_reversals(now=timezone.now()):
        send_refund(reversal=reversal, now=timezone.now())
    reconcile_recent(now=later(121))

    assert Difference.objects.get().status == Status.HEALED


def test_reconcile_recent_says_of_a_gift_that_cannot_be_booked_and_goes_on(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    gifts = [make_donation(campaign=campaign, public_id=uuid.uuid4()) for _ in range(2)]
    for gift in gifts:
        pay(gift)
    truth = stripe_gateway.retrieve_payment

    def breaks(donation: Donation) -> Any:
        if donation.pk == gifts[0].pk:
            raise ValueError("unreadable")
        return truth(donation)

    monkeypatch.setattr(stripe_gateway, "retrieve_payment", breaks)

    run = reconcile_recent(now=later())

    assert run is not None
    assert (run.healed, run.different) == (1, 1)
    assert "unreadable" in Difference.objects.get().note


def test_reconcile_recent_is_begun_again_when_stripe_did_not_answer(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    with monkeypatch.context() as broken:
        broken.setattr(stripe_gateway, "list_intents", fail)
        with pytest.raises(StripeUnavailable):
            reconcile_recent(now=now)
    died = Reconciliation.objects.get()

    assert died.ended_at is None
    assert reconcile_recent(now=now + timedelta(minutes=9)) is None
    assert reconcile_recent(now=now + timedelta(minutes=11)) == died
    assert not Reconciliation.objects.filter(ended_at=None).exists()


def fail(**_arguments: object) -> Any:
    """Answer nothing."""
    raise StripeUnavailable("down")


def test_reconciliation_without_an_end_is_shown_after_an_hour(
    campaign: Campaign, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stripe_gateway, "list_intents", fail)
    for minutes in (0, 30, 61):
        with pytest.raises(StripeUnavailable):
            reconcile_recent(now=NOW + timedelta(minutes=minutes))

    assert not Reconciliation.objects.unfinished(NOW + HOUR).exists()
    assert Reconciliation.objects.unfinished(NOW + HOUR + timedelta(seconds=1)).count() == 1
