"""Money that does not match: accepted by an officer after all, given back when it came twice, taken in when unknown."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from accounts.models import Mail, User
from campaigns.models import Campaign
from donations import stripe_gateway, stripe_requests, tasks
from donations.models import Difference, Donation, Receipt, Reversal, StripeEvent
from donations.services import (
    NotAcceptable,
    accept_quarantined,
    adopt_payment,
    fetch_events,
    owe_refund,
    reconcile_recent,
    sync_payment,
)
from ledger.models import Account, Entry
from ledger.services import raised_cents
from tests.desk import desk_of, list_url, officer_with, row_url, take_step, text_of
from tests.donations.at_stripe import answer_otherwise, refunds_at_stripe
from tests.factories import connect_stripe, give, make_donation, make_organization, make_user, pay, twin

Status = Donation.Status


def books(campaign: Campaign) -> dict[str, int]:
    """Return the campaign's balances that are not zero, without the fees."""
    held = Account.objects.filter(campaign=campaign, fund=None).exclude(balance_cents=0)
    return dict(held.exclude(kind__in=["fees", "platform"]).values_list("kind", "balance_cents"))


def quarantined(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch, asked: int = 2000, **otherwise: Any
) -> Donation:
    """Return a gift that Stripe tells of otherwise than it was asked for."""
    donation = make_donation(campaign=campaign, amount_cents=asked)
    pay(donation)
    answer_otherwise(monkeypatch, **otherwise)
    donation = sync_payment(donation=donation, now=timezone.now())
    assert donation.status == Status.QUARANTINED
    return donation


def accept(donation: Donation, officer: User, reason: str = "Il bonifico torna.") -> Donation:
    """Accept a gift now."""
    return accept_quarantined(donation=donation, by=officer, reason=reason, now=timezone.now())


def paid_again(donation: Donation, email: str = "ada@example.org", **changes: Any) -> str:
    """Pay another page that Stripe opened for a gift, and return its payment."""
    params = stripe_requests.checkout_params(donation) | {"customer_email": email} | changes
    session = stripe_gateway._client().v1.checkout.sessions.create(params)
    twin("pay", session=session.id, card="4242424242424242")
    return stripe_gateway._client().v1.checkout.sessions.retrieve(session.id).payment_intent


def apply_all() -> None:
    """Let Stripe tell, and apply it."""
    fetch_events(now=timezone.now())
    tasks.apply_events()


def unknown(donation: Donation, **names: str) -> dict[str, Any]:
    """Return what makes the page of a gift that of one this site does not know."""
    stranger = str(uuid.uuid4())
    metadata = {"donation": stranger, "campaign": str(donation.campaign_id), **names}
    data = stripe_requests.checkout_params(donation)["payment_intent_data"]
    return {
        "client_reference_id": stranger,
        "metadata": metadata,
        "payment_intent_data": {**data, "metadata": metadata},
    }


def test_what_is_being_checked_stands_apart_from_what_has_arrived(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    make_donation(campaign=campaign, amount_cents=7700)
    quarantined(campaign, monkeypatch, asked=1500, currency="usd")

    page = text_of(client.get(campaign.get_absolute_url()))

    assert "Non ancora contati: 15" in page and "già pagati" in page
    assert "77" not in page


@pytest.mark.parametrize("cents", [1_000_000, 999_999])
def test_accept_quarantined_counts_what_was_paid(
    campaign: Campaign, officer: User, monkeypatch: pytest.MonkeyPatch, cents: int
) -> None:
    gift = quarantined(campaign, monkeypatch, amount_cents=cents)

    gift = accept(gift, officer)

    assert (gift.status, gift.counted_cents, gift.accepted_by) == (Status.SETTLED, cents, officer)
    assert books(campaign) == {"stripe": cents, "donors": -cents}
    campaign.refresh_from_db()
    assert (campaign.reached_at is not None) == (cents >= campaign.threshold_cents)
    entry = Entry.objects.get(kind=Entry.Kind.ACCEPTED)
    assert (entry.actor, entry.reason) == (officer, "Il bonifico torna.")
    tasks.send_receipts()
    assert Receipt.objects.get().amount_cents == cents
    # Later readings leave it where it is, and it can still go back.
    sync_payment(donation=gift, now=timezone.now())
    assert books(campaign) == {"stripe": cents, "donors": -cents}
    call_command("audit")
    owe_refund(donation=gift, by=officer, reason="Ripensato.", now=timezone.now())
    assert books(campaign) == {"stripe": cents, "refunds_owed": -cents}
    with pytest.raises(NotAcceptable):
        accept(gift, officer)


@pytest.mark.parametrize(
    "otherwise",
    [
        {"currency": "usd"},
        {"destination": "acct_other"},
        {"livemode": True},
    ],
)
def test_accept_quarantined_refuses_money_that_is_not_there(
    campaign: Campaign, officer: User, monkeypatch: pytest.MonkeyPatch, otherwise: dict[str, Any]
) -> None:
    gift = quarantined(campaign, monkeypatch, **otherwise)

    with pytest.raises(NotAcceptable):
        accept(gift, officer)

    assert books(campaign) == {"stripe": 2000, "quarantine": -2000}


def test_accept_quarantined_refuses_what_is_another_gifts(
    campaign: Campaign, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = give(campaign=campaign)
    gift = quarantined(campaign, monkeypatch, reference=str(other.public_id))

    with pytest.raises(NotAcceptable):
        accept(gift, officer)


def test_accept_quarantined_refuses_what_came_too_late_or_without_a_reason(
    campaign: Campaign, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    gift = quarantined(campaign, monkeypatch, reference="another")

    with pytest.raises(NotAcceptable):
        accept(gift, officer, reason=" ")
    answer_otherwise(monkeypatch, reference="another", charged_at=campaign.closes_at)
    with pytest.raises(NotAcceptable):
        accept(gift, officer)
    answer_otherwise(monkeypatch, reference="another", charged_at=campaign.closes_at - timedelta(seconds=1))
    assert accept(gift, officer).status == Status.SETTLED


def test_accept_quarantined_after_a_part_went_back_counts_the_rest(
    campaign: Campaign, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    gift = quarantined(campaign, monkeypatch, reference="another")
    owe_refund(donation=gift, by=officer, reason="Una parte.", amount_cents=500, now=timezone.now())

    accept(gift, officer)

    assert books(campaign) == {"stripe": 2000, "donors": -1500, "refunds_owed": -500}
    tasks.send_refunds()
    assert books(campaign) == {"stripe": 1500, "donors": -1500}
    call_command("audit")


def test_the_desk_accepts_a_quarantined_gift_with_a_reason(
    campaign: Campaign, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    gift = quarantined(campaign, monkeypatch, amount_cents=1500)
    desk = desk_of(officer)
    page = text_of(desk.get(row_url(gift, "accept")))
    assert "€15 come to what the campaign has raised, now €0" in page
    assert "€20" in page

    assert "The gift is accepted and counts." in text_of(
        take_step(desk, row_url(gift, "accept"), reason="Ha pagato meno.")
    )

    assert raised_cents(campaign) == 1500
    assert "not being checked any more" in text_of(desk.get(row_url(gift, "accept"), follow=True))
    assert desk_of(officer_with("donations.view_donation")).get(row_url(gift, "accept")).status_code == 403


def test_the_desk_says_why_a_gift_cannot_be_accepted(
    campaign: Campaign, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    gift = quarantined(campaign, monkeypatch, currency="usd")

    page = take_step(desk_of(officer), row_url(gift, "accept"), reason="Va bene.")

    assert "It cannot be accepted" in text_of(page)
    gift.refresh_from_db()
    assert gift.status == Status.QUARANTINED


@pytest.mark.parametrize("how", ["event", "comparison"])
def test_a_second_payment_of_a_gift_goes_back_by_itself(campaign: Campaign, how: str) -> None:
    gift = give(campaign=campaign, email="ada@example.org", language="en")
    intent = paid_again(gift)

    if how == "event":
        apply_all()
        apply_all()
    else:
        run = reconcile_recent(now=timezone.now())
        assert (run.healed, run.different) == (1, 0)
    tasks.send_refunds()

    extra = Donation.objects.get(extra_of=gift)
    assert (extra.stripe_payment_intent_id, extra.status) == (intent, Status.REFUNDED)
    reversal = Reversal.objects.get()
    assert (reversal.reason, reversal.amount_cents) == (Reversal.Reason.EXTRA, 2000)
    assert [refund.amount for refund in refunds_at_stripe(extra)] == [2000]
    gift.refresh_from_db()
    assert gift.status == Status.SETTLED
    assert books(campaign) == {"stripe": 2000, "donors": -2000}
    assert "was paid twice" in Mail.objects.get(key=f"donation_refunded:{reversal.pk}").body
    assert adopt_payment(intent_id=intent, now=timezone.now()) is None
    call_command("audit")


@pytest.mark.parametrize("how", ["event", "comparison"])
def test_a_payment_unknown_to_the_site_is_checked_by_an_officer(
    campaign: Campaign, officer: User, how: str
) -> None:
    model = make_donation(campaign=campaign, email="bice@example.org")
    intent = paid_again(model, email="bice@example.org", **unknown(model))

    with override("en"):
        if how == "event":
            apply_all()
        else:
            reconcile_recent(now=timezone.now())

    stranger = Donation.objects.get(stripe_payment_intent_id=intent)
    assert (stranger.status, stranger.email) == (Status.QUARANTINED, "bice@example.org")
    assert books(campaign) == {"stripe": 2000, "quarantine": -2000}
    page = text_of(desk_of(officer).get(list_url(stranger, queue="quarantined")))
    assert "bice@example.org" in page
    accept(stranger, officer)
    assert raised_cents(campaign) == 2000
    call_command("audit")


def test_an_unknown_payment_on_another_bodys_account_cannot_be_accepted(
    campaign: Campaign, officer: User
) -> None:
    other = connect_stripe(make_organization(user=make_user("vicina")))
    model = make_donation(campaign=campaign)
    names = unknown(model)
    names["payment_intent_data"]["on_behalf_of"] = other.stripe_account_id
    names["payment_intent_data"]["transfer_data"] = {"destination": other.stripe_account_id}
    intent = paid_again(model, **names)
    apply_all()
    stranger = Donation.objects.get(stripe_payment_intent_id=intent)

    with pytest.raises(NotAcceptable):
        accept(stranger, officer)

    assert books(campaign) == {"stripe": 2000, "quarantine": -2000}


def test_a_gift_paid_on_another_page_than_its_own_is_checked(campaign: Campaign, officer: User) -> None:
    gift = make_donation(campaign=campaign)
    intent = paid_again(gift)

    apply_all()

    gift.refresh_from_db()
    assert gift.status == Status.OPEN
    other = Donation.objects.get(stripe_payment_intent_id=intent)
    assert (other.status, other.extra_of) == (Status.QUARANTINED, None)
    assert accept(other, officer).counted_cents == 2000


@pytest.mark.parametrize("names", [{"campaign": "0"}, {"campaign": "forno"}, {"campaign": ""}])
def test_a_payment_for_no_campaign_is_a_difference(campaign: Campaign, names: dict[str, str]) -> None:
    model = make_donation(campaign=campaign)
    intent = paid_again(model, **unknown(model, **names))

    apply_all()
    reconcile_recent(now=timezone.now())

    assert not Donation.objects.filter(stripe_payment_intent_id=intent).exists()
    assert Difference.objects.get().stripe_id == intent
    assert StripeEvent.objects.filter(payment_intent_id=intent, outcome="unknown").exists()
