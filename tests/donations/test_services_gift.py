"""Starting a gift, opening its payment page once, and finding out what became of it."""

import uuid
from datetime import datetime, timedelta
from functools import partial

import pytest
from django.utils import timezone

from accounts.models import User
from campaigns.models import Campaign
from campaigns.services import suspend_campaign
from donations.models import ConnectedAccount, Donation
from donations.services import (
    CampaignNotOpen,
    GiftTooSmall,
    PaymentsNotReady,
    expire_checkout,
    open_checkout,
    recover_checkout,
    start_donation,
    sync_account,
)
from donations.stripe_answers import StripeRefused, StripeUnavailable
from ledger.models import Entry
from ledger.services import raised_cents
from tests.factories import make_donation, pay, twin
from tests.threads import at_once

Status = Donation.Status


def start(
    campaign: Campaign, amount_cents: int = 2000, now: datetime | None = None, **fields: object
) -> Donation:
    """Start a gift and stop there."""
    fields = {"email": "donor@example.org", **fields}
    return start_donation(campaign=campaign, amount_cents=amount_cents, now=now or timezone.now(), **fields)


def test_start_donation_writes_what_was_given(campaign: Campaign, donor: User) -> None:
    now = timezone.now()

    donation = start(
        campaign, now=now, name="Ada", show_name=True, message="Forza", donor=donor, language="en"
    )

    donation.refresh_from_db()
    account = ConnectedAccount.objects.get(organization=campaign.organization)
    assert (donation.status, donation.amount_cents, donation.donor) == (Status.CREATED, 2000, donor)
    assert (donation.name, donation.show_name, donation.message) == ("Ada", True, "Forza")
    assert (donation.language, donation.created_at) == ("en", now)
    assert donation.stripe_account_id == account.stripe_account_id
    assert donation.stripe_session_id is None
    assert timedelta(minutes=30) < donation.session_expires_at - now <= timedelta(minutes=35)
    assert twin("truth")["sessions"] == {}


def test_start_donation_keeps_the_deadline_to_the_second(campaign: Campaign) -> None:
    assert start(campaign, now=campaign.closes_at - timedelta(seconds=1)).pk

    with pytest.raises(CampaignNotOpen):
        start(campaign, now=campaign.closes_at)


def test_start_donation_waits_for_the_opening_instant(campaign: Campaign) -> None:
    with pytest.raises(CampaignNotOpen):
        start(campaign, now=campaign.opens_at - timedelta(microseconds=1))

    assert start(campaign, now=campaign.opens_at).pk


def test_start_donation_refuses_a_suspended_campaign(campaign: Campaign, officer: User) -> None:
    suspend_campaign(campaign=campaign, by=officer, reason="Verifica in corso", now=timezone.now())

    with pytest.raises(CampaignNotOpen):
        start(campaign)
    assert not Donation.objects.exists()


def test_start_donation_refuses_a_gift_under_the_smallest(campaign: Campaign) -> None:
    with pytest.raises(GiftTooSmall):
        start(campaign, amount_cents=199)

    assert start(campaign, amount_cents=200).amount_cents == 200


def test_start_donation_refuses_an_organization_that_cannot_receive(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = ConnectedAccount.objects.get(organization=campaign.organization)
    monkeypatch.setattr("donations.stripe_gateway.account_is_ready", lambda account_id: False)
    sync_account(account=account, now=timezone.now())

    with pytest.raises(PaymentsNotReady):
        start(campaign)


def test_start_donation_again_with_the_same_form_is_the_same_gift(campaign: Campaign) -> None:
    token = uuid.uuid4()

    first, second = start(campaign, public_id=token), start(campaign, public_id=token)

    assert first == second
    assert first.public_id == token


@pytest.mark.parametrize("change", [{"amount_cents": 5000}, {"email": "other@example.org"}])
def test_start_donation_again_with_other_words_is_another_gift(
    campaign: Campaign, change: dict[str, object]
) -> None:
    token = uuid.uuid4()
    first = start(campaign, public_id=token)

    second = start(campaign, public_id=token, **change)

    assert first != second
    assert {name: getattr(second, name) for name in change} == change
    first.refresh_from_db()
    assert (first.amount_cents, first.public_id) == (2000, token)


@pytest.mark.usefixtures("real_transactions")
def test_start_donation_by_a_double_click_is_one_gift(campaign: Campaign) -> None:
    token = uuid.uuid4()

    gifts = at_once(*[partial(start, campaign, public_id=token)] * 6)

    assert len({gift.pk for gift in gifts}) == 1
    assert Donation.objects.count() == 1


def test_open_checkout_twice_is_one_page(campaign: Campaign) -> None:
    donation = start(campaign)

    first = open_checkout(donation=donation, now=timezone.now())
    second = open_checkout(donation=donation, now=timezone.now())

    donation.refresh_from_db()
    assert first == second == donation.checkout_url
    assert donation.status == Status.OPEN
    assert open_checkout(donation=donation, now=timezone.now()) == first
    assert twin("truth")["sessions"] == {"open": 1}


@pytest.mark.usefixtures("impatient")
def test_open_checkout_after_a_lost_answer_finds_the_same_page(campaign: Campaign) -> None:
    donation = start(campaign)
    twin("fail", path="checkout/sessions", status="drop_after", count=3)
    with pytest.raises(StripeUnavailable):
        open_checkout(donation=donation, now=timezone.now())
    donation.refresh_from_db()
    assert donation.status == Status.CREATED
    assert twin("truth")["sessions"] == {"open": 1}

    url = open_checkout(donation=donation, now=timezone.now())

    donation.refresh_from_db()
    assert donation.stripe_session_id in url
    assert donation.status == Status.OPEN
    assert twin("truth")["sessions"] == {"open": 1}


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("trouble", ["drop_before", 429, 503])
def test_open_checkout_without_stripe_leaves_the_gift_as_it_is(
    campaign: Campaign, trouble: str | int
) -> None:
    donation = start(campaign)
    twin("fail", path="checkout/sessions", status=trouble, count=3)

    with pytest.raises(StripeUnavailable):
        open_checkout(donation=donation, now=timezone.now())

    donation.refresh_from_db()
    assert (donation.status, donation.stripe_session_id) == (Status.CREATED, None)


def test_open_checkout_refused_by_stripe_leaves_the_gift_as_it_is(campaign: Campaign) -> None:
    donation = start(campaign)
    twin("advance", seconds=600)

    with pytest.raises(StripeRefused):
        open_checkout(donation=donation, now=timezone.now())

    donation.refresh_from_db()
    assert donation.status == Status.CREATED


@pytest.mark.usefixtures("impatient")
def test_recover_checkout_finds_the_page_of_a_process_that_died(campaign: Campaign) -> None:
    donation = start(campaign)
    twin("fail", path="checkout/sessions", status="drop_after", count=3)
    with pytest.raises(StripeUnavailable):
        open_checkout(donation=donation, now=timezone.now())
    twin("advance", seconds=900)

    recovered = recover_checkout(donation=donation, now=timezone.now())

    assert recovered.status == Status.OPEN
    assert recovered.stripe_session_id
    assert twin("truth")["sessions"] == {"open": 1}


def test_recover_checkout_gives_up_a_gift_that_never_had_a_page(campaign: Campaign) -> None:
    donation = start(campaign)
    twin("advance", seconds=900)
    now = timezone.now()

    recovered = recover_checkout(donation=donation, now=now)

    assert (recovered.status, recovered.expired_at) == (Status.EXPIRED, now)
    assert twin("truth")["sessions"] == {}


@pytest.mark.usefixtures("impatient")
def test_recover_checkout_without_stripe_gives_up_nothing(campaign: Campaign) -> None:
    donation = start(campaign)
    twin("fail", path="checkout/sessions", status=503, count=3)

    with pytest.raises(StripeUnavailable):
        recover_checkout(donation=donation, now=timezone.now())

    donation.refresh_from_db()
    assert donation.status == Status.CREATED


@pytest.mark.usefixtures("impatient")
def test_recover_checkout_gives_up_a_page_stripe_failed_to_open_when_its_time_is_over(
    campaign: Campaign,
) -> None:
    donation = start(campaign)
    twin("fail", path="checkout/sessions", status=500)
    for _turn in range(2):
        with pytest.raises(StripeUnavailable):
            recover_checkout(donation=donation, now=donation.session_expires_at - timedelta(seconds=1))

    given_up = recover_checkout(donation=donation, now=donation.session_expires_at)

    assert given_up.status == Status.EXPIRED
    assert twin("truth")["sessions"] == {}


def test_expire_checkout_closes_the_page(campaign: Campaign) -> None:
    donation = make_donation(campaign=campaign)

    expired = expire_checkout(donation=donation, now=timezone.now())

    assert expired.status == Status.EXPIRED
    assert twin("truth")["sessions"] == {"expired": 1}
    assert not Entry.objects.filter(kind=Entry.Kind.CHARGE).exists()


def test_expire_checkout_counts_a_gift_paid_the_moment_before(campaign: Campaign) -> None:
    donation = make_donation(campaign=campaign)
    pay(donation)

    settled = expire_checkout(donation=donation, now=timezone.now())

    assert settled.status == Status.SETTLED
    assert raised_cents(campaign) == 2000


def test_expire_checkout_also_ends_a_gift_whose_page_is_unknown(campaign: Campaign) -> None:
    donation = start(campaign)

    expired = expire_checkout(donation=donation, now=timezone.now())

    assert expired.status == Status.EXPIRED
    assert "open" not in twin("truth")["sessions"]


def test_expire_checkout_leaves_a_settled_gift_alone(campaign: Campaign) -> None:
    donation = make_donation(campaign=campaign)
    pay(donation)
    settled = expire_checkout(donation=donation, now=timezone.now())

    again = expire_checkout(donation=settled, now=timezone.now())

    assert (again.status, again.settled_at) == (Status.SETTLED, settled.settled_at)
