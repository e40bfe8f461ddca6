"""A promoter's way to Stripe and back."""

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, Organization, User
from donations.models import ConnectedAccount
from donations.services import start_onboarding
from tests.factories import make_organization, twin

pytestmark = pytest.mark.usefixtures("stripe")


@pytest.fixture
def organization(organizer: User) -> Organization:
    """Return a body without a Stripe account."""
    return make_organization(user=organizer)


def url(organization: Organization, name: str = "connect_account") -> str:
    """Return the address of a page about a body's payments."""
    return reverse(f"donations:{name}", args=[organization.public_id])


#: How each page answers whoever sends something to it and is none of the body's; the page of coming back takes nothing.
REFUSED = {"connect_account": 404, "connect_return": 405}


@pytest.mark.parametrize("name", ["connect_account", "connect_return"])
def test_account_pages_are_for_the_members_of_the_body(
    client: Client, organization: Organization, stranger: User, officer: User, name: str
) -> None:
    assert reverse("account_login") in client.get(url(organization, name)).url

    for other in (stranger, officer):
        client.force_login(other)
        assert client.get(url(organization, name)).status_code == 404
        assert client.post(url(organization, name)).status_code == REFUSED[name]
    assert not ConnectedAccount.objects.exists()


@pytest.mark.parametrize("name", ["connect_account", "connect_return"])
def test_account_pages_are_not_for_editors(
    client: Client, organization: Organization, organizer: User, stranger: User, name: str
) -> None:
    role = Membership.Role.EDITOR
    Membership.objects.create(organization=organization, user=stranger, role=role, created_at=timezone.now())
    client.force_login(stranger)

    assert client.get(url(organization, name)).status_code == 404
    assert client.post(url(organization, name)).status_code == REFUSED[name]

    assert not ConnectedAccount.objects.exists()
    client.force_login(organizer)
    assert client.get(url(organization, name), follow=True).status_code == 200


def test_connect_account_explains_and_leads_to_stripe(
    client: Client, organization: Organization, organizer: User
) -> None:
    client.force_login(organizer)
    assert client.get(url(organization)).status_code == 200
    assert not ConnectedAccount.objects.exists()

    response = client.post(url(organization))

    assert response.status_code == 302
    assert "/connect/" in response.url or "setup" in response.url or "onboard" in response.url
    assert ConnectedAccount.objects.get().organization == organization


@pytest.mark.usefixtures("impatient")
def test_connect_account_without_stripe_says_so(
    client: Client, organization: Organization, organizer: User
) -> None:
    client.force_login(organizer)
    twin("fail", path="/v1/accounts", status=503, count=3)

    response = client.post(url(organization))

    assert response.status_code == 200
    assert len(list(get_messages(response.wsgi_request))) == 1
    assert not ConnectedAccount.objects.exists()


@pytest.mark.parametrize("finished", [True, False])
def test_connect_return_reads_from_stripe_whether_it_is_done(
    client: Client, organization: Organization, organizer: User, finished: bool
) -> None:
    link = {"return_url": "https://x.test/", "refresh_url": "https://x.test/"}
    start_onboarding(organization=organization, now=timezone.now(), **link)
    account = ConnectedAccount.objects.get()
    if finished:
        twin("onboard", account=account.stripe_account_id)
    client.force_login(organizer)

    response = client.get(url(organization, "connect_return"))

    account.refresh_from_db()
    assert response.url == url(organization)
    assert account.is_ready is finished


@pytest.mark.usefixtures("impatient")
def test_connect_return_without_stripe_changes_nothing(
    client: Client, organization: Organization, organizer: User
) -> None:
    link = {"return_url": "https://x.test/", "refresh_url": "https://x.test/"}
    start_onboarding(organization=organization, now=timezone.now(), **link)
    twin("fail", path="/v1/accounts", method="GET", status=503, count=3)
    client.force_login(organizer)

    response = client.get(url(organization, "connect_return"))

    assert response.url == url(organization)
    assert not ConnectedAccount.objects.get().is_ready


def test_connect_return_before_the_beginning_leads_to_it(
    client: Client, organization: Organization, organizer: User
) -> None:
    client.force_login(organizer)

    assert client.get(url(organization, "connect_return")).url == url(organization)
