"""The pages about bodies, as a person meets them in the browser."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, Organization, User
from tests.accounts.test_forms import GOOD
from tests.factories import edit_body, make_organization

LIST = reverse("accounts:organization_list")
CREATE = reverse("accounts:organization_create")


def edit_address(organization: Organization) -> str:
    """Return the address of a body's form."""
    return reverse("accounts:organization_edit", args=[organization.public_id])


@pytest.fixture
def member(client: Client, organizer: User) -> Client:
    """Return the organizer's browser."""
    client.force_login(organizer)
    return client


def test_organization_create_registers_a_body(member: Client, organizer: User) -> None:
    answer = member.post(CREATE, GOOD)

    organization = Organization.objects.get()
    assert answer["Location"] == LIST
    assert organization.legal_name == "Forno di quartiere APS"
    assert list(organization.members.all()) == [organizer]


def test_organization_create_with_a_taken_tax_code(member: Client, stranger: User) -> None:
    taken = make_organization(user=stranger)

    answer = member.post(CREATE, {**GOOD, "tax_code": taken.tax_code, "legal_name": "La nostra"})

    form = answer.context["form"]
    assert answer.status_code == 422
    assert list(form.errors) == ["tax_code"]
    assert form["legal_name"].value() == "La nostra"
    assert Organization.objects.count() == 1


def test_organization_create_loses_nothing_that_was_typed(member: Client) -> None:
    typed = {**GOOD, "tax_code": "00743110158", "description": "Pane & <altro>"}

    answer = member.post(CREATE, typed)

    form = answer.context["form"]
    assert {name: form[name].value() for name in typed} == typed
    assert "Pane &amp; &lt;altro&gt;" in answer.content.decode()


@pytest.mark.parametrize(
    "target",
    ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", "https:elsewhere.example"],
)
@pytest.mark.parametrize("where", ["body", "address"])
def test_organization_create_leads_to_no_other_site(member: Client, target: str, where: str) -> None:
    typed = {**GOOD, "next": target} if where == "body" else GOOD
    address = CREATE if where == "body" else f"{CREATE}?next={target}"

    assert member.post(address, typed)["Location"] == LIST


def test_organization_create_goes_on_to_where_the_person_was(member: Client) -> None:
    assert member.post(CREATE, {**GOOD, "next": "/bandi/"})["Location"] == "/bandi/"


def test_organization_edit_changes_what_may_change(member: Client, organizer: User) -> None:
    organization = make_organization(user=organizer)
    kept = organization.tax_code

    answer = member.post(edit_address(organization), {**GOOD, "kind": "msme", "address": "Via Nuova 2"})

    organization.refresh_from_db()
    assert answer["Location"] == organization.get_absolute_url()
    assert organization.address == "Via Nuova 2"
    assert (organization.tax_code, organization.kind) == (kept, "aps")


def test_organization_edit_with_a_fault(member: Client, organizer: User) -> None:
    organization = make_organization(user=organizer)

    answer = member.post(edit_address(organization), {**GOOD, "email": "sbagliata"})

    assert list(answer.context["form"].errors) == ["email"]
    organization.refresh_from_db()
    assert organization.email != "sbagliata"


def test_organization_edit_of_others_does_not_exist(member: Client, stranger: User) -> None:
    organization = make_organization(user=stranger)

    assert member.get(edit_address(organization)).status_code == 404
    assert member.post(edit_address(organization), GOOD).status_code == 404


@pytest.fixture
def edited(organizer: User, stranger: User) -> Organization:
    """Return a body of somebody else for which the organizer may write."""
    organization = make_organization(user=stranger)
    Membership.objects.create(
        organization=organization, user=organizer, role=Membership.Role.EDITOR, created_at=timezone.now()
    )
    return organization


def test_organization_edit_is_for_owners(member: Client, edited: Organization) -> None:
    assert member.get(edit_address(edited)).status_code == 404
    assert member.post(edit_address(edited), GOOD).status_code == 404
    edited.refresh_from_db()
    assert edited.address == "Via Padova 1"


def test_organization_list_leads_an_editor_to_no_payments(
    member: Client, organizer: User, edited: Organization
) -> None:
    mine = make_organization(user=organizer)

    page = member.get(LIST).content.decode()

    payments = [reverse("donations:connect_account", args=[body.public_id]) for body in (mine, edited)]
    assert [f'href="{address}"' in page for address in payments] == [True, False]
    assert [f'href="{body.get_absolute_url()}"' in page for body in (mine, edited)] == [True, True]


def test_organization_detail_leads_only_owners_to_the_form(
    member: Client, organizer: User, edited: Organization
) -> None:
    mine = make_organization(user=organizer)

    own, of_others = (member.get(body.get_absolute_url()).content.decode() for body in (mine, edited))

    assert edit_address(mine) in own
    assert edited.tax_code in of_others
    assert edit_address(edited) not in of_others


def test_organization_detail_of_others_does_not_exist(member: Client, stranger: User) -> None:
    assert member.get(make_organization(user=stranger).get_absolute_url()).status_code == 404


def test_organization_detail_says_that_the_certified_mail_is_missing(member: Client, organizer: User) -> None:
    whole, without = make_organization(user=organizer), make_organization(user=organizer)
    edit_body(organization=without, pec="")

    pages = [member.get(body.get_absolute_url()).content.decode() for body in (whole, without)]

    assert ["#id_pec" in page for page in pages] == [False, True]


def test_organization_list_shows_ones_own(member: Client, organizer: User, stranger: User) -> None:
    mine = make_organization(user=organizer)
    theirs = make_organization(user=stranger)

    page = member.get(LIST).content.decode()

    assert mine.legal_name in page
    assert mine.get_absolute_url() in page
    assert theirs.tax_code not in page


@pytest.mark.parametrize("address", [LIST, CREATE])
def test_organization_pages_ask_for_a_login(client: Client, address: str) -> None:
    assert client.get(address)["Location"] == f"{reverse('account_login')}?next={address}"
