"""The clock of gifts: what is owed is done, and one bad row does not stop the rest."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Mail, User
from campaigns.models import Campaign
from donations import services, tasks
from donations.models import Donation, Receipt, Reversal, StripeEvent
from donations.services import claim_reversals, owe_refund, send_refund, start_donation
from donations.stripe_answers import StripeRefused, StripeUnavailable
from ledger.services import raised_cents
from tests.donations.at_stripe import answer_otherwise, refund_at_stripe, refunds_at_stripe
from tests.factories import give, make_donation, pay, twin

Status = Donation.Status


def hint(donation: Donation, number: int) -> StripeEvent:
    """Return a stored event about a gift."""
    now = timezone.now()
    return StripeEvent.objects.create(
        stripe_id=f"evt_{number}",
        type="checkout.session.completed",
        reference=str(donation.public_id),
        received_at=now,
        next_attempt_at=now,
    )


def fail_first(monkeypatch: pytest.MonkeyPatch, name: str, error: Exception) -> None:
    """Let a service fail the first time it is called."""
    works = getattr(services, name)
    errors = [error]

    def service(**fields: Any) -> Any:
        if errors:
            raise errors.pop()
        return works(**fields)

    monkeypatch.setattr(services, name, service)


def past_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the reconciliation look at gifts that were made just now."""
    monkeypatch.setattr("donations.services.gift.QUIET", timedelta(0))


def owe(donation: Donation, officer: User) -> Reversal:
    """Decide that a gift goes back."""
    return owe_refund(donation=donation, by=officer, reason="Richiesta del donatore", now=timezone.now())


def test_apply_events_counts_what_was_paid_in_one_run(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "BATCH", 2)
    gifts = [make_donation(campaign=campaign) for _number in range(3)]
    for number, gift in enumerate(gifts):
        pay(gift)
        hint(gift, number)

    tasks.apply_events()

    assert raised_cents(campaign) == 6000
    assert set(StripeEvent.objects.values_list("outcome", flat=True)) == {"applied"}


@pytest.mark.parametrize("error", [RuntimeError("a bad row"), StripeUnavailable("no answer")])
def test_apply_events_goes_on_after_one_that_fails_and_tries_it_again(
    campaign: Campaign,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
) -> None:
    gifts = [make_donation(campaign=campaign) for _number in range(2)]
    for number, gift in enumerate(gifts):
        pay(gift)
        hint(gift, number)
    fail_first(monkeypatch, "apply_event", error)

    tasks.apply_events()

    assert "event evt_0 is tried again" in caplog.text
    assert list(StripeEvent.objects.order_by("pk").values_list("outcome", flat=True)) == ["", "applied"]
    StripeEvent.objects.filter(processed_at=None).update(next_attempt_at=timezone.now())
    tasks.apply_events()
    assert raised_cents(campaign) == 4000


def test_apply_events_waits_a_moment_for_a_payment_page_that_is_not_stored_yet(campaign: Campaign) -> None:
    gift = start_donation(campaign=campaign, amount_cents=2000, email="a@example.org", now=timezone.now())
    event = hint(gift, 1)
    before = timezone.now()

    tasks.apply_events()

    event.refresh_from_db()
    assert before <= event.next_attempt_at - timedelta(seconds=5) <= timezone.now()
    assert (event.processed_at, event.attempts) == (None, 1)


def test_send_receipts_writes_one_for_every_settled_gift(campaign: Campaign, officer: User) -> None:
    for _number in range(2):
        give(campaign=campaign)
    make_donation(campaign=campaign)
    owe(give(campaign=campaign), officer)

    tasks.send_receipts()
    tasks.send_receipts()

    assert Receipt.objects.count() == 2
    assert Mail.objects.filter(key__startswith="donation_receipt:").count() == 2


def test_send_receipts_goes_on_after_one_that_fails(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for _number in range(2):
        give(campaign=campaign)
    fail_first(monkeypatch, "issue_receipt", RuntimeError("a bad row"))

    tasks.send_receipts()

    assert Receipt.objects.count() == 1
    assert "no receipt for gift" in caplog.text


def test_send_refunds_sends_what_is_owed_once(campaign: Campaign, officer: User) -> None:
    gifts = [give(campaign=campaign) for _number in range(2)]
    for gift in gifts:
        owe(gift, officer)

    tasks.send_refunds()
    tasks.send_refunds()

    assert [len(refunds_at_stripe(gift)) for gift in gifts] == [1, 1]
    assert set(Donation.objects.values_list("status", flat=True)) == {"refunded"}


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (RuntimeError("a bad row"), "is tried again"),
        (StripeUnavailable("no answer"), "is tried again: no answer"),
    ],
)
def test_send_refunds_goes_on_after_one_that_fails(
    campaign: Campaign,
    officer: User,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    words: str,
) -> None:
    first, _second = (owe(give(campaign=campaign), officer) for _number in range(2))
    fail_first(monkeypatch, "send_refund", error)

    tasks.send_refunds()

    assert words in caplog.text
    assert list(Reversal.objects.order_by("pk").values_list("status", flat=True)) == ["due", "succeeded"]
    first.refresh_from_db()
    assert first.next_attempt_at > timezone.now()


def test_send_refunds_learns_that_stripe_has_refunded_already(campaign: Campaign, officer: User) -> None:
    gift = give(campaign=campaign)
    owe(gift, officer)
    refund_at_stripe(gift)

    tasks.send_refunds()

    gift.refresh_from_db()
    assert gift.status == Status.REFUNDED
    assert len(refunds_at_stripe(gift)) == Reversal.objects.count() == 1
    call_command("audit")


def test_send_refunds_goes_on_when_stripe_refuses_one_and_then_does_not_answer(
    campaign: Campaign, officer: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    gifts = [give(campaign=campaign) for _number in range(2)]
    for gift in gifts:
        owe(gift, officer)
    # The bank is faster than the reading that comes before the refund.
    answer_otherwise(monkeypatch, disputes=())
    twin("dispute", charge=gifts[0].stripe_charge_id)
    fail_first(monkeypatch, "sync_payment", StripeUnavailable("no answer"))

    tasks.send_refunds()

    assert "is refused: charge_disputed" in caplog.text
    assert "is tried again: no answer" in caplog.text
    assert list(Reversal.objects.order_by("pk").values_list("status", flat=True)) == ["due", "succeeded"]


def test_reconcile_donations_finds_a_payment_whose_message_was_lost(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    gift = make_donation(campaign=campaign)
    pay(gift)
    tasks.reconcile_donations()
    assert raised_cents(campaign) == 0

    past_quiet(monkeypatch)
    tasks.reconcile_donations()

    gift.refresh_from_db()
    assert gift.status == Status.SETTLED


@pytest.mark.usefixtures("impatient")
def test_reconcile_donations_finds_a_page_whose_answer_was_lost(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    gift = start_donation(campaign=campaign, amount_cents=2000, email="a@example.org", now=timezone.now())
    twin("fail", path="checkout/sessions", status="drop_after", count=3)
    with pytest.raises(StripeUnavailable):
        services.open_checkout(donation=gift, now=timezone.now())
    past_quiet(monkeypatch)

    tasks.reconcile_donations()

    gift.refresh_from_db()
    assert gift.status == Status.OPEN
    assert twin("truth")["sessions"] == {"open": 1}


def test_reconcile_donations_finds_the_end_of_a_refund_whose_message_was_lost(
    campaign: Campaign, officer: User
) -> None:
    gift = give(campaign=campaign)
    owe(gift, officer)
    twin("next_refunds", status="pending", at_once=True)
    (reversal,) = claim_reversals(now=timezone.now())
    send_refund(reversal=reversal, now=timezone.now())
    reversal.refresh_from_db()
    twin("refund_outcome", refund=reversal.stripe_refund_id, status="succeeded")

    tasks.reconcile_donations()

    gift.refresh_from_db()
    assert gift.status == Status.REFUNDED


def test_reconcile_donations_keeps_messages_that_were_lost(campaign: Campaign) -> None:
    pay(make_donation(campaign=campaign))

    tasks.reconcile_donations()
    tasks.apply_events()

    assert raised_cents(campaign) == 2000


@pytest.mark.parametrize("error", [StripeRefused("no", "no"), StripeUnavailable("no answer")])
def test_reconcile_donations_asks_about_gifts_even_without_a_list_of_messages(
    campaign: Campaign,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
) -> None:
    pay(make_donation(campaign=campaign))
    past_quiet(monkeypatch)
    fail_first(monkeypatch, "fetch_events", error)

    tasks.reconcile_donations()

    assert "lost events are looked for again" in caplog.text
    assert raised_cents(campaign) == 2000


@pytest.mark.parametrize("error", [RuntimeError("a bad row"), StripeUnavailable("no answer")])
def test_reconcile_donations_goes_on_after_one_that_fails(
    campaign: Campaign,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
) -> None:
    gifts = [make_donation(campaign=campaign) for _number in range(2)]
    for gift in gifts:
        pay(gift)
    past_quiet(monkeypatch)
    fail_first(monkeypatch, "sync_payment", error)

    tasks.reconcile_donations()

    assert f"gift {gifts[0].public_id} is asked about again" in caplog.text
    assert raised_cents(campaign) == 2000
