"""What a body has to report: who may read it, and what it gets."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, User
from campaigns.models import Campaign
from donations.models import DonorExport
from tests.factories import edit_body, give

TAX_CODE = "RSSMRA85T10A562S"
YEAR = timezone.localdate().year


@pytest.fixture
def registered(campaign: Campaign) -> Campaign:
    """Return a campaign of a body in the register, with an identified donor."""
    edit_body(organization=campaign.organization, runts_number="4711")
    give(campaign=campaign, tax_code=TAX_CODE, email="ada@example.org")
    return campaign


def addresses(campaign: Campaign) -> tuple[str, str, str]:
    """Return the addresses of the page, of the year's list and of the campaign's account."""
    body = campaign.organization.public_id
    return (
        reverse("donations:organization_gifts", args=[body]),
        reverse("donations:donor_export", args=[body, YEAR]),
        reverse("donations:campaign_account", args=[body, campaign.slug]),
    )


def test_owner_takes_the_years_list_and_the_account(
    client: Client, registered: Campaign, organizer: User
) -> None:
    client.force_login(organizer)
    page, year, account = addresses(registered)

    assert year in client.get(page).content.decode()
    export = client.post(year)
    table = client.get(account)

    assert TAX_CODE in export.content.decode()
    assert "attachment" in export["Content-Disposition"] and "no-store" in export["Cache-Control"]
    assert TAX_CODE not in table.content.decode()
    assert DonorExport.objects.get().actor == organizer
    assert str(organizer) in client.get(page).content.decode()


def test_editor_and_stranger_read_nothing(
    client: Client, registered: Campaign, organizer: User, stranger: User
) -> None:
    Membership.objects.filter(user=organizer).update(role=Membership.Role.EDITOR)
    page, year, account = addresses(registered)

    for person in (organizer, stranger):
        client.force_login(person)
        answers = [client.get(page), client.post(year), client.get(account)]
        assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert not DonorExport.objects.exists()


def test_officer_who_may_see_gifts_takes_the_list(
    client: Client, registered: Campaign, officer: User
) -> None:
    client.force_login(officer)

    assert TAX_CODE in client.post(addresses(registered)[1]).content.decode()
    assert DonorExport.objects.get().actor == officer


def test_list_is_never_given_by_a_mere_link(client: Client, registered: Campaign, organizer: User) -> None:
    client.force_login(organizer)

    assert client.get(addresses(registered)[1]).status_code == 405


def test_body_without_the_right_is_told_why(client: Client, campaign: Campaign, organizer: User) -> None:
    client.force_login(organizer)
    page, year, _account = addresses(campaign)

    assert "RUNTS" in client.get(page).content.decode()
    assert client.post(year).status_code == 302
    assert not DonorExport.objects.exists()
