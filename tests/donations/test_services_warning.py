"""What a card's bank fears: given back while the campaign is open, an officer's afterwards."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.models import Mail, User
from campaigns.models import Campaign
from donations.models import Donation, FraudWarning, Reversal, StripeEvent
from donations.services import (
    NotWaiting,
    PaymentPageUnknown,
    apply_event,
    claim_events,
    claim_reversals,
    fetch_events,
    heed_fraud_warnings,
    keep_warned_gift,
    owe_refund,
    send_refund,
    sync_payment,
)
from matching.services import close_campaign, settle_campaign
from tests.desk import desk_of, list_url, row_url, take_step, text_of
from tests.donations.at_stripe import deliver, events, refunds_at_stripe
from tests.factories import give, make_donation, pay, twin

Outcome = FraudWarning.Outcome


def warn(gift: Donation) -> Donation:
    """Let a card's bank warn of a gift, and heed it."""
    twin("warn", charge=gift.stripe_charge_id)
    heed_fraud_warnings(donation=gift, now=timezone.now())
    gift.refresh_from_db()
    return gift


@pytest.fixture
def waiting(campaign: Campaign) -> FraudWarning:
    """Return a warning about a gift of a campaign that has succeeded."""
    gift = give(campaign=campaign, amount_cents=1_000_000)
    close_campaign(campaign=campaign, now=campaign.closes_at)
    settle_campaign(campaign=campaign, now=campaign.closes_at)
    warn(gift)
    return FraudWarning.objects.get()


def test_heed_fraud_warnings_gives_the_gift_back_once(campaign: Campaign) -> None:
    gift = warn(give(campaign=campaign))
    heed_fraud_warnings(donation=gift, now=timezone.now())

    assert gift.status == Donation.Status.REFUND_DUE
    assert FraudWarning.objects.get().outcome == Outcome.REFUNDED
    assert Mail.objects.filter(key=f"gift_fraud_warning:{gift.pk}").count() == 1
    for reversal in claim_reversals(now=timezone.now()):
        send_refund(reversal=reversal, now=timezone.now())
    warn(gift)
    assert [one.amount for one in refunds_at_stripe(gift)] == [2000]
    assert Reversal.objects.get().reason == Reversal.Reason.EARLY_FRAUD
    assert set(FraudWarning.objects.values_list("outcome", flat=True)) == {"refunded", "moot"}
    call_command("audit")


def test_heed_fraud_warnings_after_the_end_waits_for_an_officer(waiting: FraudWarning) -> None:
    assert (waiting.outcome, waiting.decided_at) == (Outcome.WAITING, None)
    assert waiting.donation.status == Donation.Status.SETTLED
    assert not Reversal.objects.exists()


def test_heed_fraud_warnings_of_a_gift_on_its_way_back_asks_for_nothing(
    campaign: Campaign, officer: User
) -> None:
    gift = give(campaign=campaign)
    owe_refund(donation=gift, by=officer, reason="Richiesta", now=timezone.now())

    warn(gift)

    assert FraudWarning.objects.get().outcome == Outcome.MOOT
    assert Reversal.objects.count() == 1


def test_owe_refund_settles_a_warning_that_waited(waiting: FraudWarning, officer: User) -> None:
    owe_refund(donation=waiting.donation, by=officer, reason="Prudenza", now=timezone.now())

    waiting.refresh_from_db()
    assert waiting.outcome == Outcome.MOOT


def test_keep_warned_gift_is_signed_and_happens_once(waiting: FraudWarning, officer: User) -> None:
    kept: dict[str, Any] = {"warning": waiting, "by": officer, "now": timezone.now()}
    with pytest.raises(NotWaiting):
        keep_warned_gift(reason=" ", **kept)

    decided = keep_warned_gift(reason="Ha confermato per telefono", **kept)

    assert (decided.outcome, decided.actor) == (Outcome.KEPT, officer)
    with pytest.raises(NotWaiting):
        keep_warned_gift(reason="Ancora", **kept)


def test_desk_shows_a_warning_and_keeps_its_decision(waiting: FraudWarning, officer: User) -> None:
    client = desk_of(officer)
    assert "To decide · 1" in text_of(client.get(list_url(waiting)))

    response = take_step(client, row_url(waiting, "keep"), reason="Ha confermato per telefono")

    assert "The gift stays where it is." in text_of(response)
    assert "No warning of fraud waits for a decision." in text_of(client.get(list_url(waiting)))


def test_apply_event_heeds_a_warning_of_stripe(campaign: Campaign, client: Client) -> None:
    gift = give(campaign=campaign)
    twin("warn", charge=gift.stripe_charge_id)

    deliver(client, events()[-1])
    (event,) = claim_events(now=timezone.now())
    apply_event(event=event, now=timezone.now())

    gift.refresh_from_db()
    event.refresh_from_db()
    assert (event.type, event.outcome) == ("radar.early_fraud_warning.created", StripeEvent.Outcome.APPLIED)
    assert gift.status == Donation.Status.REFUND_DUE


def test_apply_event_keeps_a_warning_that_is_faster_than_the_payment(campaign: Campaign) -> None:
    donation = make_donation(campaign=campaign)
    twin("warn", charge=pay(donation)["charge"])
    now = timezone.now()
    fetch_events(now=now)
    event = StripeEvent.objects.get(type__startswith="radar.")

    with pytest.raises(PaymentPageUnknown):
        apply_event(event=event, now=now)
    sync_payment(donation=donation, now=now)
    apply_event(event=event, now=now + timedelta(seconds=5))

    donation.refresh_from_db()
    assert donation.status == Donation.Status.REFUND_DUE


def test_apply_event_gives_up_a_warning_about_somebody_elses_payment(campaign: Campaign) -> None:
    twin("warn", charge=pay(make_donation(campaign=campaign))["charge"])
    now = timezone.now()
    fetch_events(now=now)
    event = StripeEvent.objects.get(type__startswith="radar.")

    apply_event(event=event, now=now + timedelta(minutes=5))

    event.refresh_from_db()
    assert event.outcome == StripeEvent.Outcome.UNKNOWN
