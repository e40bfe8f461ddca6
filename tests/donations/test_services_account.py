"""A body's way to receiving gifts."""

from functools import partial

import pytest
from django.utils import timezone

from accounts.models import Organization, OrgKind, User
from donations import stripe_gateway
from donations.models import ConnectedAccount
from donations.services import start_onboarding, sync_account
from donations.stripe_answers import StripeUnavailable
from tests.factories import make_organization, twin
from tests.threads import at_once

pytestmark = pytest.mark.usefixtures("stripe")


@pytest.fixture
def organization(organizer: User) -> Organization:
    """Return a body without a Stripe account."""
    return make_organization(user=organizer)


def onboard(organization: Organization) -> str:
    """Ask for the address of Stripe's page."""
    link = {"return_url": "https://x.test/back", "refresh_url": "https://x.test/again"}
    return start_onboarding(organization=organization, now=timezone.now(), **link)


def test_start_onboarding_makes_one_account_however_often(organization: Organization) -> None:
    first, second = onboard(organization), onboard(organization)

    account = ConnectedAccount.objects.get()
    assert account.organization == organization
    assert not account.is_ready
    assert first.startswith("http")
    assert first != second
    assert [one.id for one in stripe_gateway._client().v1.accounts.list().data] == [account.stripe_account_id]


def test_start_onboarding_asks_for_transfers_and_payouts_by_hand(organization: Organization) -> None:
    onboard(organization)

    account = stripe_gateway._client().v1.accounts.retrieve(ConnectedAccount.objects.get().stripe_account_id)
    assert account.settings.payouts.schedule.interval == "manual"
    assert account.metadata["organization"] == str(organization.public_id)
    assert account.business_type == "non_profit"


def test_start_onboarding_tells_stripe_about_a_company(organizer: User) -> None:
    onboard(make_organization(user=organizer, kind=OrgKind.MSME))

    account = stripe_gateway._client().v1.accounts.retrieve(ConnectedAccount.objects.get().stripe_account_id)
    assert account.business_type == "company"


@pytest.mark.usefixtures("impatient")
def test_start_onboarding_after_a_lost_answer_finds_the_same_account(organization: Organization) -> None:
    twin("fail", path="/v1/accounts", status="drop_after", count=3)
    with pytest.raises(StripeUnavailable):
        onboard(organization)
    assert not ConnectedAccount.objects.exists()

    onboard(organization)

    assert len(stripe_gateway._client().v1.accounts.list().data) == 1


def test_sync_account_follows_stripe_both_ways(
    organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    onboard(organization)
    account = ConnectedAccount.objects.get()
    assert not sync_account(account=account, now=timezone.now()).is_ready
    twin("onboard", account=account.stripe_account_id)
    now = timezone.now()

    ready = sync_account(account=account, now=now)
    again = sync_account(account=ready, now=timezone.now())

    assert again.ready_at == now
    monkeypatch.setattr(stripe_gateway, "account_is_ready", lambda account_id: False)
    assert not sync_account(account=again, now=timezone.now()).is_ready
    account.refresh_from_db()
    assert account.ready_at is None


@pytest.mark.usefixtures("real_transactions")
def test_start_onboarding_by_a_double_click_makes_one_account(organizer: User, stripe: str) -> None:
    organization = make_organization(user=organizer)

    at_once(*[partial(onboard, organization)] * 2)

    assert ConnectedAccount.objects.count() == 1
    assert len(stripe_gateway._client().v1.accounts.list().data) == 1
