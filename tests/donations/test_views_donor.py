"""A donor's pages: the row first, then Stripe's page, then the truth from our row."""

import uuid
from typing import Any
from unittest.mock import Mock

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from campaigns.models import Campaign
from campaigns.services import suspend_campaign
from donations import stripe_gateway
from donations.models import ConnectedAccount, Donation
from donations.services import expire_checkout, start_donation, sync_account
from donations.stripe_answers import StripeBusy, StripeRefused, StripeUnavailable
from ledger.services import raised_cents
from matching.services import close_campaign
from tests.factories import give, make_donation, pay, twin

Status = Donation.Status

#: Answers that are not accepted, and the field that says why.
WRONG = [
    ("amount_choice", {"amount_choice": ""}),
    ("amount_choice", {"amount_choice": "7"}),
    ("amount_choice", {"amount_choice": "-2000"}),
    ("amount_other", {"amount_choice": "other", "amount_other": ""}),
    ("amount_other", {"amount_choice": "other", "amount_other": "molto"}),
    ("amount_other", {"amount_choice": "other", "amount_other": "-5"}),
    ("amount_other", {"amount_choice": "other", "amount_other": "1,99"}),
    ("amount_other", {"amount_choice": "other", "amount_other": "1000000"}),
    ("amount_other", {"amount_choice": "other", "amount_other": "5,0011"}),
    ("email", {"email": "nobody"}),
    ("email", {"email": ""}),
    ("name", {"name": "", "show_name": "on"}),
    ("email", {"email": "ada@" + "scuola-di-quartiere." * 13 + "it"}),
    ("name", {"name": "x" * 101}),
    ("message", {"message": "x" * 301}),
    ("form_token", {"form_token": "7"}),
    ("form_token", {"form_token": ""}),
]


def answers(**changes: Any) -> dict[str, Any]:
    """Return a filled form."""
    return {
        "amount_choice": "2000",
        "amount_other": "",
        "email": "ada@example.org",
        "name": "Ada",
        "message": "Forza",
        "form_token": str(uuid.uuid4()),
        **changes,
    }


def donate(client: Client, campaign: Campaign, **changes: Any) -> HttpResponse:
    """Send the form of a gift."""
    return client.post(reverse("donations:donate", args=[campaign.slug]), answers(**changes))


def status_url(donation: Donation, name: str = "donation_status") -> str:
    """Return the donor's own link."""
    return reverse(f"donations:{name}", args=[donation.access_token])


def test_donate_shows_the_form_with_a_token_of_its_own(client: Client, campaign: Campaign) -> None:
    url = reverse("donations:donate", args=[campaign.slug])

    first, second = client.get(url), client.get(url)

    assert first.status_code == 200
    assert "no-store" in first.headers["Cache-Control"]
    tokens = {response.context["form"]["form_token"].value() for response in (first, second)}
    assert len(tokens) == 2
    assert not Donation.objects.exists()


def test_donate_writes_the_gift_and_leads_to_stripe(client: Client, campaign: Campaign) -> None:
    response = donate(client, campaign)

    donation = Donation.objects.get()
    assert response.status_code == 302
    assert response.url == donation.checkout_url
    assert (donation.status, donation.amount_cents, donation.email) == (Status.OPEN, 2000, "ada@example.org")
    assert (donation.name, donation.show_name, donation.donor) == ("Ada", False, None)


def test_donate_understands_a_typed_amount(client: Client, campaign: Campaign) -> None:
    amounts = {"12,50": 1250, "25": 2500, "1.250": 125_000, "2": 200, "999999,99": 99_999_999}

    for typed in amounts:
        assert donate(client, campaign, amount_choice="other", amount_other=typed).status_code == 302

    assert list(Donation.objects.order_by("pk").values_list("amount_cents", flat=True)) == list(
        amounts.values()
    )


def test_donate_says_what_is_wrong_and_writes_nothing(client: Client, campaign: Campaign) -> None:
    for field, change in WRONG:
        response = donate(client, campaign, **change)

        assert response.status_code == 422, change
        assert field in response.context["form"].errors, change
    assert not Donation.objects.exists()


def test_donate_remembers_who_is_signed_in(client: Client, campaign: Campaign, donor: User) -> None:
    client.force_login(donor)

    form = client.get(reverse("donations:donate", args=[campaign.slug])).context["form"]
    donate(client, campaign)

    assert (form["email"].value(), form["name"].value()) == (donor.email, donor.full_name)
    assert Donation.objects.get().donor == donor


def test_donate_sent_twice_is_one_gift_with_one_page(client: Client, campaign: Campaign) -> None:
    token = str(uuid.uuid4())

    first, second = (donate(client, campaign, form_token=token) for _time in range(2))

    assert first.url == second.url
    assert Donation.objects.count() == 1
    assert twin("truth")["sessions"] == {"open": 1}


def test_donate_sent_again_after_it_was_paid_leads_to_its_state(client: Client, campaign: Campaign) -> None:
    token = uuid.uuid4()
    gift = give(campaign=campaign, public_id=token, email="ada@example.org")

    response = donate(client, campaign, form_token=str(token))

    assert response.url == status_url(gift)
    assert Donation.objects.count() == 1


@pytest.mark.usefixtures("impatient")
def test_donate_without_stripe_keeps_the_form_for_another_try(client: Client, campaign: Campaign) -> None:
    twin("fail", path="checkout/sessions", status=500)

    response = donate(client, campaign)

    form = response.context["form"]
    assert response.status_code == 422
    assert form.non_field_errors()
    assert (form["email"].value(), form["amount_choice"].value()) == ("ada@example.org", "2000")
    assert Donation.objects.get().status == Status.CREATED
    again = donate(client, campaign, form_token=form["form_token"].value())
    assert again.status_code == 302
    assert Donation.objects.get(status=Status.OPEN).checkout_url == again.url


@pytest.mark.parametrize(
    ("step", "error"),
    [
        ("donations.stripe_gateway.create_checkout", StripeBusy("the same call")),
        ("donations.services.attempt_gift", OperationalError("canceling statement due to lock timeout")),
    ],
)
def test_donate_while_somebody_else_is_at_work_keeps_the_form_and_its_token(
    client: Client, campaign: Campaign, monkeypatch: pytest.MonkeyPatch, step: str, error: Exception
) -> None:
    token = str(uuid.uuid4())
    with monkeypatch.context() as busy:
        busy.setattr(step, Mock(side_effect=error))
        response = donate(client, campaign, form_token=token)

    form = response.context["form"]
    assert response.status_code == 422
    assert form.non_field_errors()
    assert form["form_token"].value() == token
    again = donate(client, campaign, form_token=token)
    assert again.url == Donation.objects.get().checkout_url


@pytest.mark.parametrize("error", [StripeUnavailable("no answer"), StripeRefused("no", "no")])
def test_donate_after_another_failure_of_stripe_is_another_gift(
    client: Client, campaign: Campaign, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    token = str(uuid.uuid4())
    monkeypatch.setattr(stripe_gateway, "create_checkout", Mock(side_effect=error))

    response = donate(client, campaign, form_token=token)

    assert response.status_code == 422
    assert uuid.UUID(response.context["form"]["form_token"].value()) != uuid.UUID(token)


def test_donate_to_a_body_that_cannot_receive_says_so(
    client: Client, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("donations.stripe_gateway.account_is_ready", lambda account_id: False)
    sync_account(account=ConnectedAccount.objects.get(), now=timezone.now())

    assert donate(client, campaign).status_code == 422
    assert not Donation.objects.exists()


@pytest.mark.parametrize("end", ["closed", "suspended"])
def test_donate_to_a_campaign_that_takes_no_gifts_leads_back(
    client: Client, campaign: Campaign, end: str, officer: User
) -> None:
    if end == "closed":
        close_campaign(campaign=campaign, now=campaign.closes_at)
    else:
        suspend_campaign(campaign=campaign, by=officer, reason="Verifica in corso", now=timezone.now())

    response = donate(client, campaign)

    assert (response.status_code, response.url) == (302, campaign.get_absolute_url())
    assert not Donation.objects.exists()


def test_donate_that_closes_between_page_and_gift_leads_back(
    client: Client, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = iter([True, False])
    monkeypatch.setattr(Campaign, "is_open", lambda self, now: next(looks, False))

    response = donate(client, campaign)

    assert (response.status_code, response.url) == (302, campaign.get_absolute_url())
    assert not Donation.objects.exists()


def test_donate_fills_in_what_a_donor_left(client: Client, campaign: Campaign) -> None:
    left = make_donation(campaign=campaign, amount_cents=1250, email="ada@example.org", message="Forza")

    url = reverse("donations:donate", args=[campaign.slug])
    form = client.get(url, {"ripresa": left.access_token}).context["form"]

    assert form["amount_choice"].value() == "other"
    assert form["amount_other"].value() == "12,50"
    assert (form["email"].value(), form["message"].value()) == ("ada@example.org", "Forza")


def test_donate_fills_in_nothing_of_a_link_that_is_not_ours(client: Client, campaign: Campaign) -> None:
    left = make_donation(campaign=campaign, email="ada@example.org")

    url = reverse("donations:donate", args=[campaign.slug])
    form = client.get(url, {"ripresa": str(left.public_id)}).context["form"]

    assert not form["email"].value()


def test_donation_status_reads_the_payment_when_the_donor_is_back_first(
    client: Client, campaign: Campaign
) -> None:
    donation = make_donation(campaign=campaign)
    pay(donation)

    response = client.get(status_url(donation), {"sid": donation.stripe_session_id})

    assert response.status_code == 200
    assert response.context["donation"].status == Status.SETTLED
    assert response.context["is_final"]
    assert raised_cents(campaign) == 2000
    assert "no-store" in response.headers["Cache-Control"]


def test_donation_status_believes_no_address(client: Client, campaign: Campaign) -> None:
    paid, unpaid = make_donation(campaign=campaign), make_donation(campaign=campaign)
    pay(paid)

    response = client.get(status_url(unpaid), {"sid": paid.stripe_session_id})

    assert response.context["donation"].status == Status.OPEN
    assert not response.context["is_final"]
    assert raised_cents(campaign) == 0


@pytest.mark.usefixtures("impatient")
def test_donation_status_without_stripe_tells_what_is_known(client: Client, campaign: Campaign) -> None:
    donation = make_donation(campaign=campaign)
    pay(donation)
    twin("fail", path="checkout/sessions", method="GET", status=503, count=3)

    response = client.get(status_url(donation), {"sid": donation.stripe_session_id})

    assert response.status_code == 200
    assert response.context["donation"].status == Status.OPEN


@pytest.mark.parametrize("name", ["donation_status", "donation_state"])
def test_donation_pages_are_found_by_the_signed_link_only(
    client: Client, campaign: Campaign, name: str
) -> None:
    donation = make_donation(campaign=campaign)

    assert client.get(status_url(donation, name)).status_code == 200
    for wrong in (str(donation.public_id), donation.access_token[:-2], "x"):
        assert client.get(reverse(f"donations:{name}", args=[wrong])).status_code == 404


def test_donation_state_follows_the_row(client: Client, campaign: Campaign) -> None:
    donation = make_donation(campaign=campaign)
    assert not client.get(status_url(donation, "donation_state")).context["is_final"]

    expire_checkout(donation=donation, now=timezone.now())

    assert client.get(status_url(donation, "donation_state")).context["is_final"]


def test_donation_pay_leads_back_to_the_same_page(client: Client, campaign: Campaign) -> None:
    donation = make_donation(campaign=campaign)

    assert client.post(status_url(donation, "donation_pay")).url == donation.checkout_url
    assert client.get(status_url(donation, "donation_pay")).status_code == 405


def test_donation_pay_of_a_gift_that_is_paid_leads_to_its_state(client: Client, campaign: Campaign) -> None:
    gift = give(campaign=campaign)

    assert client.post(status_url(gift, "donation_pay")).url == status_url(gift)


@pytest.mark.parametrize("end", ["closed", "suspended"])
@pytest.mark.parametrize("opened", [True, False])
def test_donation_pay_to_a_campaign_that_takes_no_gifts_leads_to_it(
    client: Client, campaign: Campaign, end: str, opened: bool, officer: User
) -> None:
    make = make_donation if opened else start_donation
    donation = make(campaign=campaign, amount_cents=2000, email="a@example.org", now=timezone.now())
    if end == "closed":
        close_campaign(campaign=campaign, now=campaign.closes_at)
    else:
        suspend_campaign(campaign=campaign, by=officer, reason="Verifica in corso", now=timezone.now())

    response = client.post(status_url(donation, "donation_pay"))

    assert (response.status_code, response.url) == (302, campaign.get_absolute_url())
    assert twin("truth")["sessions"] == ({"open": 1} if opened else {})


def test_donation_pay_that_stripe_refuses_leads_to_a_new_form(client: Client, campaign: Campaign) -> None:
    donation = start_donation(campaign=campaign, amount_cents=2000, email="a@example.org", now=timezone.now())
    twin("advance", seconds=900)

    response = client.post(status_url(donation, "donation_pay"))

    assert response.url == reverse("donations:donate", args=[campaign.slug])


def test_my_donations_are_ones_own(client: Client, campaign: Campaign, donor: User, stranger: User) -> None:
    mine = give(campaign=campaign, donor=donor)
    give(campaign=campaign, donor=stranger)
    give(campaign=campaign, email=donor.email)
    url = reverse("donations:my_donations")
    assert client.get(url).status_code == 302
    client.force_login(donor)

    assert list(client.get(url).context["donations"]) == [mine]


def test_my_donations_asks_no_more_for_more_gifts(
    client: Client, campaign: Campaign, donor: User, django_assert_max_num_queries: Any
) -> None:
    for _number in range(4):
        give(campaign=campaign, donor=donor)
    client.force_login(donor)

    with django_assert_max_num_queries(6):
        client.get(reverse("donations:my_donations"))
