"""Applying Stripe's hints: each once, by one worker, and again when it came too early."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from campaigns.models import Campaign
from donations import stripe_gateway
from donations.models import ConnectedAccount, Donation, StripeEvent
from donations.services import (
    PaymentPageUnknown,
    apply_event,
    claim_events,
    fetch_events,
    postpone_event,
    recover_checkout,
    start_donation,
    start_onboarding,
)
from donations.stripe_answers import StripeUnavailable
from donations.tasks import apply_events
from ledger.services import raised_cents
from tests.factories import make_donation, make_organization, pay, twin

Outcome = StripeEvent.Outcome
Status = Donation.Status

pytestmark = pytest.mark.django_db


def hint(kind: str = "checkout.session.completed", **ids: str) -> StripeEvent:
    """Return a stored event that is due now."""
    now = timezone.now()
    return StripeEvent.objects.create(
        stripe_id=f"evt_{uuid.uuid4().hex}", type=kind, received_at=now, next_attempt_at=now, **ids
    )


def apply(event: StripeEvent) -> str:
    """Apply an event now and return its outcome."""
    apply_event(event=event, now=timezone.now())
    event.refresh_from_db()
    return event.outcome


@pytest.fixture
def paid(campaign: Campaign) -> Donation:
    """Return a gift that is paid at Stripe and not counted here."""
    donation = make_donation(campaign=campaign)
    pay(donation)
    return donation


def test_apply_event_reads_the_gift_it_names_again(campaign: Campaign) -> None:
    kinds = [
        "checkout.session.completed",
        "checkout.session.expired",
        "payment_intent.succeeded",
        "payment_intent.canceled",
        "charge.refunded",
        "refund.updated",
        "refund.failed",
    ]
    gifts = [make_donation(campaign=campaign) for _kind in kinds]
    for kind, gift in zip(kinds, gifts, strict=True):
        pay(gift)

        assert apply(hint(kind, reference=str(gift.public_id))) == Outcome.APPLIED
        gift.refresh_from_db()
        assert gift.status == Status.SETTLED, kind


def test_apply_event_finds_the_gift_by_its_page_and_by_its_payment(
    campaign: Campaign, paid: Donation
) -> None:
    assert apply(hint(object_id=paid.stripe_session_id)) == Outcome.APPLIED
    paid.refresh_from_db()

    by_payment = hint("charge.refunded", payment_intent_id=paid.stripe_payment_intent_id)

    assert apply(by_payment) == Outcome.APPLIED
    assert raised_cents(campaign) == 2000


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the gifts that are read at Stripe from now on."""
    read: list[str] = []
    ask = stripe_gateway.retrieve_payment

    def noting(donation: Donation) -> object:
        read.append(donation.email)
        return ask(donation)

    monkeypatch.setattr(stripe_gateway, "retrieve_payment", noting)
    return read


def test_events_about_one_gift_that_are_claimed_together_are_one_reading(
    campaign: Campaign, readings: list[str]
) -> None:
    one, two = (
        make_donation(campaign=campaign, email="1@x.it"),
        make_donation(campaign=campaign, email="2@x.it"),
    )
    for gift in (one, two):
        intent = pay(gift)["payment_intent"]
        hint(object_id=gift.stripe_session_id or "", payment_intent_id=intent)
        hint("payment_intent.succeeded", reference=str(gift.public_id), payment_intent_id=intent)

    apply_events()

    assert sorted(readings) == ["1@x.it", "2@x.it"]
    assert set(StripeEvent.objects.values_list("outcome", flat=True)) == {Outcome.APPLIED}
    assert not StripeEvent.objects.filter(processed_at=None).exists()
    assert raised_cents(campaign) == one.amount_cents + two.amount_cents


@pytest.mark.parametrize(
    ("kind", "ids"),
    [
        ("radar.early_fraud_warning.created", {}),
        ("payment_intent.payment_failed", {}),
        ("payment_intent.succeeded", {"payment_intent_id": "pi_another"}),
        ("checkout.session.completed", {"object_id": "cs_another", "payment_intent_id": "", "reference": ""}),
        ("checkout.session.completed", {"reference": str(uuid.uuid4())}),
    ],
)
def test_an_event_that_asks_for_more_is_applied_by_itself(
    paid: Donation, kind: str, ids: dict[str, str]
) -> None:
    apply(hint(object_id=paid.stripe_session_id or ""))
    paid.refresh_from_db()
    first = hint(object_id=paid.stripe_session_id or "")
    own = {"payment_intent_id": paid.stripe_payment_intent_id or "", "reference": str(paid.public_id)}
    other = hint(kind, **own | ids)

    apply_event(event=first, now=timezone.now(), claimed=[first, other])

    other.refresh_from_db()
    assert other.processed_at is None


def test_an_event_that_was_not_claimed_with_it_is_read_for_again(paid: Donation) -> None:
    first, later = (hint(object_id=paid.stripe_session_id or "") for _number in range(2))

    apply_event(event=first, now=timezone.now(), claimed=[first])

    later.refresh_from_db()
    assert later.processed_at is None


def test_apply_event_believes_stripe_and_not_the_event(campaign: Campaign) -> None:
    donation = make_donation(campaign=campaign)

    assert apply(hint("payment_intent.succeeded", reference=str(donation.public_id))) == Outcome.APPLIED

    donation.refresh_from_db()
    assert donation.status == Status.OPEN
    assert raised_cents(campaign) == 0


def test_apply_event_leaves_what_is_of_no_use_alone(paid: Donation) -> None:
    assert apply(hint("customer.created", reference=str(paid.public_id))) == Outcome.UNUSED

    paid.refresh_from_db()
    assert paid.status == Status.OPEN


def test_apply_event_says_when_it_is_about_nothing_known(paid: Donation) -> None:
    strange: list[dict[str, str]] = [
        {},
        {"object_id": "cs_other"},
        {"reference": str(uuid.uuid4())},
        {"reference": "another shop's order 36 characters!!"},
        {"payment_intent_id": "pi_other"},
    ]

    assert [apply(hint(**ids)) for ids in strange] == [Outcome.UNKNOWN] * 5

    paid.refresh_from_db()
    assert paid.status == Status.OPEN


def test_apply_event_says_when_it_is_about_an_account_nobody_knows() -> None:
    assert apply(hint("account.updated", object_id="acct_other")) == Outcome.UNKNOWN


def test_apply_event_before_the_payment_page_is_stored_is_tried_again(campaign: Campaign) -> None:
    donation = start_donation(
        campaign=campaign, amount_cents=2000, email="donor@example.org", now=timezone.now()
    )
    event = hint(reference=str(donation.public_id))

    with pytest.raises(PaymentPageUnknown):
        apply_event(event=event, now=timezone.now())

    event.refresh_from_db()
    assert event.processed_at is None
    assert event in StripeEvent.objects.due(timezone.now())


@pytest.mark.usefixtures("impatient")
def test_apply_event_without_stripe_is_tried_again(paid: Donation) -> None:
    event = hint(reference=str(paid.public_id))
    twin("fail", path="checkout/sessions", method="GET", status=503, count=3)
    with pytest.raises(StripeUnavailable):
        apply_event(event=event, now=timezone.now())
    event.refresh_from_db()
    assert event.processed_at is None

    assert apply(event) == Outcome.APPLIED


def test_apply_event_about_an_account_keeps_whether_it_may_receive(stripe: str, organizer: User) -> None:
    organization = make_organization(user=organizer)
    link = {"return_url": "https://x.test/", "refresh_url": "https://x.test/"}
    start_onboarding(organization=organization, now=timezone.now(), **link)
    account = ConnectedAccount.objects.get()
    assert apply(hint("account.updated", object_id=account.stripe_account_id)) == Outcome.APPLIED
    account.refresh_from_db()
    assert not account.is_ready
    twin("onboard", account=account.stripe_account_id)

    assert apply(hint("account.updated", object_id=account.stripe_account_id)) == Outcome.APPLIED

    account.refresh_from_db()
    assert account.is_ready


def test_apply_event_about_a_capability_finds_its_account(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = ConnectedAccount.objects.get()
    monkeypatch.setattr(stripe_gateway, "account_is_ready", lambda account_id: False)

    outcome = apply(hint("capability.updated", object_id=account.stripe_account_id))

    account.refresh_from_db()
    assert (outcome, account.is_ready) == (Outcome.APPLIED, False)


def test_apply_event_about_a_gift_that_was_given_up_is_about_nothing_known(campaign: Campaign) -> None:
    donation = start_donation(
        campaign=campaign, amount_cents=2000, email="donor@example.org", now=timezone.now()
    )
    twin("advance", seconds=900)
    given_up = recover_checkout(donation=donation, now=timezone.now())
    assert (given_up.status, given_up.stripe_session_id) == (Status.EXPIRED, None)

    assert apply(hint(reference=str(donation.public_id))) == Outcome.UNKNOWN


def test_fetch_events_finds_a_message_that_was_lost(campaign: Campaign, paid: Donation) -> None:
    assert not StripeEvent.objects.exists()

    fetch_events(now=timezone.now())

    kept = StripeEvent.objects.count()
    for event in claim_events(now=timezone.now()):
        apply_event(event=event, now=timezone.now())
    paid.refresh_from_db()
    assert paid.status == Status.SETTLED
    assert raised_cents(campaign) == 2000
    fetch_events(now=timezone.now())
    assert StripeEvent.objects.count() == kept
    assert not StripeEvent.objects.filter(processed_at=None).exists()


def test_fetch_events_looks_back_a_quarter_of_an_hour(paid: Donation) -> None:
    fetch_events(now=timezone.now() + timedelta(minutes=15, seconds=5))
    assert not StripeEvent.objects.filter(reference=str(paid.public_id)).exists()

    fetch_events(now=timezone.now() + timedelta(minutes=14, seconds=30))
    assert StripeEvent.objects.filter(reference=str(paid.public_id)).exists()


def test_postpone_event_tries_it_again_after_five_seconds() -> None:
    event = hint()
    now = timezone.now()
    claim_events(now=now)

    postpone_event(event=event, now=now)

    assert claim_events(now=now + timedelta(seconds=4)) == []
    assert claim_events(now=now + timedelta(seconds=5)) == [event]


def test_claim_events_gives_each_event_to_one_worker_until_its_lease_ends() -> None:
    event = hint()
    now = timezone.now()

    assert claim_events(now=now) == [event]
    assert claim_events(now=now + StripeEvent.LEASE - timedelta(seconds=1)) == []
    (again,) = claim_events(now=now + StripeEvent.LEASE)
    again.refresh_from_db()
    assert (again, again.attempts) == (event, 2)


def test_claim_events_takes_no_more_than_it_can_do_and_the_oldest_first() -> None:
    stored = [hint() for _number in range(5)]

    assert claim_events(now=timezone.now(), limit=3) == stored[:3]
    assert claim_events(now=timezone.now(), limit=3) == stored[3:]


def test_claim_events_leaves_applied_ones_alone() -> None:
    apply(hint("customer.created"))

    assert claim_events(now=timezone.now() + timedelta(days=1)) == []
