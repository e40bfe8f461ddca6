"""What is asked of Stripe, and how its answers and errors are read."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from campaigns.models import Campaign
from donations import stripe_gateway
from donations.models import ConnectedAccount, Donation
from donations.services import owe_refund
from donations.stripe_answers import StripeBusy, StripeRefused, StripeUnavailable
from tests.donations.at_stripe import events, refund_at_stripe, signature
from tests.factories import DECLINED, SUCCESS, give, make_donation, pay, twin
from tests.threads import at_once


def session_of(donation: Donation) -> Any:
    """Return a gift's payment page as Stripe has it."""
    return stripe_gateway._client().v1.checkout.sessions.retrieve(
        donation.stripe_session_id, {"expand": ["payment_intent"]}
    )


def test_create_checkout_asks_for_the_gift_on_behalf_of_the_promoter(campaign: Campaign) -> None:
    donation = make_donation(campaign=campaign, amount_cents=1250, language="en")
    pay(donation)

    session = session_of(donation)

    intent = session.payment_intent
    names = {"donation": str(donation.public_id), "campaign": str(campaign.pk)}
    assert (session.amount_total, session.currency, session.locale) == (1250, "eur", "en")
    assert (session.client_reference_id, session.customer_email) == (names["donation"], donation.email)
    assert session.expires_at == int(donation.session_expires_at.timestamp())
    assert session.metadata.to_dict() == intent.metadata.to_dict() == names
    assert intent.on_behalf_of == intent.transfer_data.destination == donation.stripe_account_id
    assert intent.transfer_group == f"campaign_{campaign.pk}"
    assert donation.access_token in session.success_url
    assert session.success_url.endswith("?sid={CHECKOUT_SESSION_ID}")


def test_create_checkout_leaves_the_whole_gift_with_the_promoter(campaign: Campaign) -> None:
    gift = give(campaign=campaign, amount_cents=1250)

    truth = twin("truth")

    assert truth["balances"][gift.stripe_account_id]["eur"] == 1250
    assert truth["adds_up"]


def test_retrieve_payment_before_during_and_after(campaign: Campaign) -> None:
    donation = make_donation(campaign=campaign)

    fresh = stripe_gateway.retrieve_payment(donation)
    pay(donation, DECLINED)
    declined = stripe_gateway.retrieve_payment(donation)
    at_stripe = pay(donation)
    paid = stripe_gateway.retrieve_payment(donation)

    assert [one.paid for one in (fresh, declined, paid)] == [False, False, True]
    assert [one.is_over for one in (fresh, declined, paid)] == [False, False, False]
    assert (fresh.payment_intent_id, fresh.charged_at, fresh.reversible_cents) == ("", None, 0)
    assert (paid.amount_cents, paid.currency, paid.livemode) == (2000, "eur", False)
    assert (paid.payment_intent_id, paid.charge_id) == (at_stripe["payment_intent"], at_stripe["charge"])
    assert paid.destination == donation.stripe_account_id
    assert paid.reference == str(donation.public_id)
    assert abs(paid.charged_at - datetime.now(UTC)) < timedelta(minutes=1)
    assert (paid.reversible_cents, paid.refunds) == (2000, ())


def test_retrieve_payment_tells_gifts_of_one_card_from_those_of_another(campaign: Campaign) -> None:
    gifts = [make_donation(campaign=campaign, email=f"{n}@example.org") for n in range(3)]
    for gift, card in zip(gifts, [SUCCESS, SUCCESS, "5555555555554444"], strict=True):
        pay(gift, card)

    first, second, other = (stripe_gateway.retrieve_payment(gift).card_fingerprint for gift in gifts)

    assert first == second != other
    assert other
    assert stripe_gateway.retrieve_payment(make_donation(campaign=campaign)).card_fingerprint == ""


def test_expire_checkout_takes_any_answer_about_a_page_that_has_ended(campaign: Campaign) -> None:
    expired, paid = make_donation(campaign=campaign), make_donation(campaign=campaign)
    pay(paid)

    for donation in (expired, expired, paid):
        stripe_gateway.expire_checkout(donation)

    assert [session_of(one).status for one in (expired, paid)] == ["expired", "complete"]


def test_create_refund_takes_the_money_from_the_promoters_account(campaign: Campaign, officer: User) -> None:
    gift = give(campaign=campaign)
    reversal = owe_refund(donation=gift, by=officer, reason="Richiesta", now=timezone.now())

    state = stripe_gateway.create_refund(reversal, attempt=0, reverse_transfer=True)

    assert (state.amount_cents, state.status, state.reversal_id) == (2000, "succeeded", reversal.pk)
    payment = stripe_gateway.retrieve_payment(gift)
    assert (payment.reversible_cents, payment.refunds) == (0, (state,))
    assert twin("truth")["balances"][gift.stripe_account_id]["eur"] == 0


def test_create_refund_is_one_request_per_attempt(campaign: Campaign, officer: User) -> None:
    gift = give(campaign=campaign)
    reversal = owe_refund(donation=gift, by=officer, reason="Richiesta", now=timezone.now())

    first, again = (
        stripe_gateway.create_refund(reversal, attempt=0, reverse_transfer=True) for _time in range(2)
    )

    assert first == again
    with pytest.raises(StripeRefused, match="charge_already_refunded"):
        stripe_gateway.create_refund(reversal, attempt=1, reverse_transfer=True)


def test_create_refund_from_the_platform_leaves_the_promoters_account_alone(
    campaign: Campaign, officer: User
) -> None:
    gift = give(campaign=campaign)
    reversal = owe_refund(donation=gift, by=officer, reason="Richiesta", now=timezone.now())
    twin("topup", amount=2000)

    stripe_gateway.create_refund(reversal, attempt=0, reverse_transfer=False)

    assert twin("truth")["balances"][gift.stripe_account_id]["eur"] == 2000
    assert stripe_gateway.retrieve_payment(gift).reversible_cents == 2000


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("trouble", ["drop_before", "drop_after", 409, 429, 500, 503])
def test_errors_that_pass_mean_try_again(campaign: Campaign, trouble: str | int) -> None:
    donation = make_donation(campaign=campaign)
    twin("fail", path="checkout/sessions", method="GET", status=trouble, count=3)

    with pytest.raises(StripeUnavailable):
        stripe_gateway.retrieve_payment(donation)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("trouble", ["drop_before", "drop_after", 409, 503])
def test_errors_that_pass_are_tried_again_by_the_library_itself(
    campaign: Campaign, trouble: str | int
) -> None:
    donation = make_donation(campaign=campaign)
    twin("fail", path="checkout/sessions", method="GET", status=trouble, count=2)

    assert not stripe_gateway.retrieve_payment(donation).is_over


@pytest.mark.usefixtures("impatient")
def test_the_same_call_while_it_is_being_answered_means_wait(campaign: Campaign) -> None:
    twin("fail", path="/v1/accounts", delay_seconds=1, count=6)
    body = campaign.organization

    def ask() -> str | type[StripeUnavailable]:
        try:
            return stripe_gateway.create_account(body)
        except StripeUnavailable as error:
            return type(error)

    answers = at_once(ask, ask)

    assert StripeBusy in answers
    assert ConnectedAccount.objects.get().stripe_account_id in answers


def test_errors_that_stay_mean_do_not(campaign: Campaign) -> None:
    donation = make_donation(campaign=campaign)
    donation.stripe_session_id = "cs_test_unknown"

    with pytest.raises(StripeRefused) as refusal:
        stripe_gateway.retrieve_payment(donation)
    assert refusal.value.code == "resource_missing"


def test_a_wrong_key_means_try_again_since_somebody_has_to_mend_it(campaign: Campaign, settings: Any) -> None:
    donation = make_donation(campaign=campaign)
    settings.STRIPE_SECRET_KEY = "nonsense"
    stripe_gateway._client.cache_clear()

    with pytest.raises(StripeUnavailable):
        stripe_gateway.retrieve_payment(donation)


@pytest.mark.parametrize(("key", "live"), [("sk_test_x", False), ("rk_live_x", True), ("sk_live_x", True)])
def test_is_live_follows_the_key(settings: Any, key: str, live: bool) -> None:
    settings.STRIPE_SECRET_KEY = key

    assert stripe_gateway._is_live() is live


def test_account_is_ready_only_with_payouts_by_hand(campaign: Campaign) -> None:
    account = campaign.organization.connected_account.stripe_account_id
    assert stripe_gateway.account_is_ready(account)

    by_itself: Any = {"settings": {"payouts": {"schedule": {"interval": "daily"}}}}
    stripe_gateway._client().v1.accounts.update(account, by_itself)

    assert not stripe_gateway.account_is_ready(account)


@pytest.mark.parametrize("missing", ["transfers", "card_payments"])
def test_account_is_ready_only_for_cards_and_transfers(
    campaign: Campaign, missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = stripe_gateway._client().v1.accounts.retrieve(ConnectedAccount.objects.get().stripe_account_id)
    setattr(account.capabilities, missing, "pending")
    monkeypatch.setattr(stripe_gateway._client().v1.accounts, "retrieve", lambda account_id: account)

    assert not stripe_gateway.account_is_ready(account.id)
    setattr(account.capabilities, missing, "active")
    assert stripe_gateway.account_is_ready(account.id)


def test_list_events_tells_the_oldest_first_and_nothing_older(campaign: Campaign) -> None:
    give(campaign=campaign)
    twin("advance", seconds=1200)
    since = datetime.fromtimestamp(twin("clock")["timestamp"], UTC)
    gift = make_donation(campaign=campaign, now=since)
    pay(gift)

    new = [hint for hint in stripe_gateway.list_events(since=since) if hint.reference]

    assert {hint.reference for hint in new} == {str(gift.public_id)}
    assert new[-1].type == "checkout.session.completed"


def test_read_event_understands_every_event_stripe_makes(campaign: Campaign) -> None:
    gift = give(campaign=campaign)
    refund_at_stripe(gift)
    bodies = {one["type"]: json.dumps(one).encode() for one in events()}

    hints = {kind: stripe_gateway.read_event(body, signature(body)) for kind, body in bodies.items()}

    assert {"checkout.session.completed", "payment_intent.succeeded", "charge.refunded"} <= set(hints)
    assert [kind for kind, hint in hints.items() if not hint.object_id] == []
    assert hints["checkout.session.completed"].reference == str(gift.public_id)
    for kind in ("payment_intent.succeeded", "charge.refunded", "refund.created"):
        assert hints[kind].payment_intent_id == gift.stripe_payment_intent_id
