"""What each role sees and may do: with a body's members, and in every place where its name is used."""

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Invitation, Membership, Organization, User
from accounts.services import invite_person
from campaigns.models import Campaign
from tests.accounts.acting import member
from tests.accounts.test_forms import GOOD
from tests.campaigns.stages import campaign_in
from tests.factories import make_call, make_campaign, make_organization
from tests.pages import browser_of, words_of

ROLES = ("owner", "editor", "reader", "stranger")


@pytest.fixture
def body(organizer: User) -> Organization:
    """Return a body with one owner."""
    return make_organization(user=organizer)


def people_of(body: Organization, stranger: User) -> dict[str, Client]:
    """Return the browsers of a person of each role."""
    members = {role: browser_of(member(body, role)) for role in ROLES[:3]}
    return {**members, "stranger": browser_of(stranger)}


def page(body: Organization, name: str, *more: object) -> str:
    """Return the address of a body's page."""
    return reverse(f"accounts:{name}", args=[body.public_id, *more])


def test_pages_of_a_body_for_each_role(body: Organization, organizer: User, stranger: User) -> None:
    browsers = people_of(body, stranger)
    own = body.memberships.get(user=organizer).pk
    invitation = invite_person(
        organization=body, email="ada@example.org", role="reader", by=organizer, now=timezone.now()
    )
    seen = {
        name: [browser.get(address).status_code for browser in browsers.values()]
        for name, address in {
            "detail": page(body, "organization_detail"),
            "members": page(body, "member_list"),
            "leave": page(body, "organization_leave"),
            "data": page(body, "organization_edit"),
            "member": page(body, "member_edit", own),
            "invite": page(body, "invitation_create"),
        }.items()
    }
    for role in ROLES[1:]:
        for name, more, sent in (
            ("organization_edit", (), GOOD),
            ("member_edit", (own,), {"remove": "1"}),
            ("invitation_create", (), {"email": "x@example.org", "role": "owner"}),
            ("invitation_again", (invitation.public_id,), {}),
            ("invitation_revoke", (invitation.public_id,), {}),
        ):
            assert browsers[role].post(page(body, name, *more), sent).status_code == 404, (role, name)

    everybody, owners = [200, 200, 200, 404], [200, 404, 404, 404]
    assert seen == {
        "detail": everybody,
        "members": everybody,
        "leave": everybody,
        "data": owners,
        "member": owners,
        "invite": owners,
    }
    assert body.memberships.get(user=organizer).is_owner
    assert Invitation.objects.get().status == Invitation.Status.OPEN


def test_members_are_seen_by_all_and_changed_by_owners(
    body: Organization, organizer: User, stranger: User
) -> None:
    browsers = people_of(body, stranger)
    address = page(body, "member_list")

    pages = {role: browsers[role].get(address).content.decode() for role in ROLES[:3]}

    assert all(organizer.email in text for text in pages.values())
    assert [page(body, "invitation_create") in text for text in pages.values()] == [True, False, False]


def test_invite_change_and_remove(body: Organization, organizer: User) -> None:
    browser = browser_of(organizer)
    other = member(body, "reader")
    membership = other.memberships.get()
    edit = page(body, "member_edit", membership.pk)

    browser.post(edit, {"role": "editor"})
    assert other.memberships.get().role == "editor"
    wrong = browser.post(edit, {"role": "king"})
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, ["role"])
    browser.post(edit, {"remove": "1"})
    assert not other.memberships.exists()
    assert browser.post(edit, {"remove": "1"}).status_code == 404


def test_a_last_owner_is_told_what_to_do_first(body: Organization, organizer: User) -> None:
    browser = browser_of(organizer)
    own = page(body, "member_edit", body.memberships.get().pk)

    for address, sent in (
        (own, {"role": "reader"}),
        (own, {"remove": "1"}),
        (page(body, "organization_leave"), {}),
    ):
        answer = browser.post(address, sent, follow=True, headers={"accept-language": "en"})
        assert "needs an owner" in words_of(answer)
    assert body.memberships.get().is_owner


def test_leaving_twice_after_the_back_button(body: Organization, organizer: User) -> None:
    browser = browser_of(member(body, "editor"))
    address = page(body, "organization_leave")

    assert browser.post(address)["Location"] == reverse("accounts:organization_list")
    assert browser.post(address)["Location"] == reverse("accounts:organization_list")
    assert list(body.members.all()) == [organizer]


def test_invitation_form_tells_a_fault_next_to_its_field(body: Organization, organizer: User) -> None:
    browser = browser_of(organizer)
    address = page(body, "invitation_create")

    def invite(email: str) -> HttpResponse:
        return browser.post(address, {"email": email, "role": "reader"})

    assert invite("Ada@Example.org").status_code == 302
    for email in ("ada@example.org", organizer.email, "ada", ""):
        answer = invite(email)
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["email"])
    assert Invitation.objects.get().email == "ada@example.org"


def test_a_reader_of_a_campaign_sees_it_and_writes_nothing(
    stripe: str, call: object, officer: User, organizer: User
) -> None:
    campaign = campaign_in(Campaign.Status.DRAFT, call=call, officer=officer, promoter=organizer)
    desk = reverse("campaigns:campaign_manage", args=[campaign.slug])
    submit = reverse("campaigns:campaign_submit", args=[campaign.slug])
    reader, editor = (browser_of(member(campaign.organization, role)) for role in ("reader", "editor"))

    shown = [browser.get(desk) for browser in (reader, editor)]
    assert [answer.status_code for answer in shown] == [200, 200]
    assert [answer.context["form"] is None for answer in shown] == [True, False]
    assert [submit in answer.content.decode() for answer in shown] == [False, True]
    for address in (desk, submit):
        assert reader.post(address, {"story": "X"}).status_code == 403
    campaign.refresh_from_db()
    assert campaign.status == Campaign.Status.DRAFT
    assert editor.post(submit).status_code == 302


def test_gifts_outside_the_site_are_entered_by_writers(stripe: str, officer: User, organizer: User) -> None:
    call = make_call(officer=officer, offline_share_bp=2000)
    campaign = make_campaign(officer=officer, promoter=organizer, call=call)
    listed = reverse("donations:offline_gifts", args=[campaign.slug])
    enter = reverse("donations:offline_gift_enter", args=[campaign.slug])
    reader, editor = (browser_of(member(campaign.organization, role)) for role in ("reader", "editor"))

    assert [browser.get(listed).status_code for browser in (reader, editor)] == [200, 200]
    assert enter not in reader.get(listed).content.decode()
    assert [browser.get(enter).status_code for browser in (reader, editor)] == [403, 200]
    assert reader.post(enter, {}).status_code == 403


def test_money_is_the_owners(campaign: Campaign, stranger: User) -> None:
    body = campaign.organization
    browsers = people_of(body, stranger)
    addresses = [
        reverse("donations:connect_account", args=[body.public_id]),
        reverse("donations:organization_gifts", args=[body.public_id]),
        reverse("matching:withdraw", args=[campaign.slug]),
    ]

    for address in addresses:
        assert [browser.get(address).status_code for browser in browsers.values()] == [200, 404, 404, 404]


def test_writable_by_keeps_what_a_role_may_write(body: Organization, stranger: User) -> None:
    people = {role: member(body, role) for role in ROLES[:3]}

    kept = {role: Organization.objects.writable_by(person).exists() for role, person in people.items()}

    assert kept == {"owner": True, "editor": True, "reader": False}
    assert Organization.objects.of(people["reader"]).get() == body
    assert set(Membership.Role.values) == set(ROLES[:3])
