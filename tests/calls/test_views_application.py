"""Applying, as a person meets it in the browser."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organization, User
from calls.models import Application, Call
from tests.accounts.test_forms import GOOD
from tests.deciding import admit
from tests.factories import (
    make_application,
    make_call,
    make_draft_application,
    make_draft_call,
    make_organization,
)
from tests.pages import browser_of

Status = Application.Status
DAY = timedelta(days=1)


@pytest.fixture
def organization(organizer: User) -> Organization:
    """Return an association of the organizer."""
    return make_organization(user=organizer)


@pytest.fixture
def member(client: Client, organizer: User, organization: Organization) -> Client:
    """Return the organizer's browser."""
    client.force_login(organizer)
    return client


def typed(organization: Organization) -> dict[str, Any]:
    """Return what a person types to begin."""
    return {"organization": organization.pk, "title": "Un forno"}


def address(name: str, thing: Application | Call) -> str:
    """Return the address of a page about an application or a call."""
    return reverse(f"calls:{name}", args=[thing.slug if isinstance(thing, Call) else thing.public_id])


def test_apply_loses_nothing_that_was_typed(member: Client, call: Call, organization: Organization) -> None:
    title = "Il <forno> di via “Padova”" * 6

    answer = member.post(address("apply", call), {"organization": organization.pk, "title": title})

    page = answer.content.decode()
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == ["title"]
    assert answer.context["form"]["title"].value() == title
    assert "Il &lt;forno&gt; di via" in page
    assert 'aria-invalid="true"' in page
    assert not Application.objects.exists()


def test_apply_while_no_window_is_open(member: Client, officer: User, organization: Organization) -> None:
    now = timezone.now()
    call = make_call(officer=officer, sessions=[{"opens_at": now - 9 * DAY, "closes_at": now - DAY}])

    for answer in (
        member.get(address("apply", call)),
        member.post(address("apply", call), typed(organization)),
    ):
        assert answer.status_code == 302
        assert answer["Location"] == call.get_absolute_url()
    assert not Application.objects.exists()


def test_apply_to_a_draft_call(member: Client) -> None:
    assert member.get(address("apply", make_draft_call())).status_code == 404


def test_apply_without_an_organization_leads_there_and_back(
    client: Client, call: Call, stranger: User
) -> None:
    client.force_login(stranger)
    here = address("apply", call)

    sent = client.get(here)
    registration = client.get(sent["Location"])
    body = {**GOOD, "next": registration.context["next"]}
    back = client.post(reverse("accounts:organization_create"), body)

    assert sent["Location"].startswith(reverse("accounts:organization_create"))
    assert registration.context["next"] == here
    assert back["Location"] == here
    assert client.get(here).status_code == 200


def test_apply_page_of_a_member_with_two_bodies_offers_both(call: Call, organizer: User) -> None:
    bodies = [make_organization(user=organizer) for _ in range(2)]
    make_application(call=call, organization=bodies[0])

    page = browser_of(organizer).get(reverse("calls:apply", args=[call.slug])).content.decode()

    assert all(body.legal_name in page for body in bodies)


def test_apply_asks_for_a_login_and_comes_back(client: Client, call: Call) -> None:
    answer = client.get(address("apply", call))

    assert answer["Location"] == f"{reverse('account_login')}?next={address('apply', call)}"


def test_application_edit_leads_to_the_first_step_that_is_not_complete(
    member: Client, call: Call, organization: Organization, officer: User
) -> None:
    draft = make_draft_application(call=call, organization=organization)
    costly = make_draft_application(call=call, organization=organization, cost_cents=1)

    assert member.get(address("application_edit", draft))["Location"] == address("step_check", draft)
    assert member.get(address("application_edit", costly))["Location"] == address("step_budget", costly)


def test_application_edit_of_a_submitted_one(member: Client, call: Call, organization: Organization) -> None:
    application = make_application(call=call, organization=organization)

    assert member.get(address("application_edit", application))["Location"] == application.get_absolute_url()


def test_application_withdraw_before_and_after_the_decision(
    member: Client, call: Call, organization: Organization, officer: User
) -> None:
    decided = make_application(call=call, organization=organization)
    admit(application=decided, by=officer, reason="Utile.", now=timezone.now())
    draft = make_draft_application(call=call, organization=organization)

    member.post(address("application_withdraw", decided))
    member.post(address("application_withdraw", draft))

    decided.refresh_from_db()
    draft.refresh_from_db()
    assert decided.status == Status.ADMITTED
    assert draft.status == Status.WITHDRAWN


@pytest.mark.parametrize("name", ["application_take_back", "application_withdraw"])
def test_steps_are_never_taken_by_following_a_link(
    member: Client, call: Call, organization: Organization, name: str
) -> None:
    draft = make_draft_application(call=call, organization=organization)

    assert member.get(address(name, draft)).status_code == 405


@pytest.mark.parametrize(
    "name",
    [
        "application_detail",
        "application_edit",
        "step_check",
        "application_take_back",
        "application_withdraw",
    ],
)
def test_applications_of_others_do_not_exist(
    client: Client, call: Call, organization: Organization, stranger: User, name: str
) -> None:
    draft = make_draft_application(call=call, organization=organization)
    client.force_login(stranger)

    # What only shows takes nothing from anybody.
    refused = 405 if name == "application_detail" else 404
    assert client.get(address("application_detail", draft)).status_code == 404
    assert client.post(address(name, draft), typed(organization)).status_code == refused
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT


def test_application_detail_shows_the_shares_and_the_reason(
    member: Client, call: Call, organization: Organization, officer: User
) -> None:
    application = make_application(call=call, organization=organization, cost_cents=2_000_001)
    admit(application=application, by=officer, reason="Serve al quartiere.", now=timezone.now())

    answer = member.get(application.get_absolute_url())

    page = answer.content.decode()
    assert answer.context["preview"].threshold_cents == 1_000_001
    assert "10.000,01\u00a0€" in page
    assert "10.000\u00a0€" in page
    assert "Serve al quartiere." in page
    assert application.protocol_number in page


def test_application_list_shows_what_is_open_for_applications(
    member: Client, call: Call, organization: Organization, organizer: User, stranger: User
) -> None:
    mine = make_draft_application(call=call, organization=organization)
    make_draft_application(call=call, organization=make_organization(user=stranger))

    answer = member.get(reverse("calls:application_list"))

    assert list(answer.context["applications"]) == [mine]
    assert list(answer.context["accepting"]) == [call]
