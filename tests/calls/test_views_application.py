"""Applying, as a person meets it in the browser."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organization, User
from calls.models import Application, Call
from calls.services import submit_application
from tests.accounts.test_forms import GOOD
from tests.factories import (
    application_fields,
    make_application,
    make_call,
    make_draft_application,
    make_draft_call,
    make_organization,
)
from tests.pages import browser_of
from vetting.services import admit_application

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


def typed(call: Call, organization: Organization, **changes: Any) -> dict[str, Any]:
    """Return what a person types to apply."""
    fields = application_fields(call, **{"cost_cents": "20.000,50", **changes})
    return {**fields, "theme": fields["theme"].pk, "organization": organization.pk}


def address(name: str, thing: Application | Call) -> str:
    """Return the address of a page about an application or a call."""
    return reverse(f"calls:{name}", args=[thing.slug if isinstance(thing, Call) else thing.public_id])


def test_apply_saves_a_draft(member: Client, call: Call, organization: Organization) -> None:
    answer = member.post(address("apply", call), typed(call, organization))

    application = Application.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == application.get_absolute_url()
    assert (application.cost_cents, application.status) == (2_000_050, Status.DRAFT)
    assert application.author.email == "organizer@example.org"


def test_apply_loses_nothing_that_was_typed(member: Client, call: Call, organization: Organization) -> None:
    words = {"title": "Il <forno> di via Padova", "summary": "Pane & altro", "place": "Via “Padova” 1"}
    story = "## Titolo\n\nRiga con <b>, & e “virgolette”."

    answer = member.post(
        address("apply", call),
        typed(call, organization, **words, campaign_text=story, cost_cents="ventimila", duration_months=11),
    )

    form = answer.context["form"]
    assert answer.status_code == 200
    assert list(form.errors) == ["cost_cents"]
    assert {name: form[name].value() for name in words} == words
    assert form["campaign_text"].value() == story
    page = answer.content.decode()
    assert 'value="ventimila"' in page
    assert 'value="11"' in page
    assert "Il &lt;forno&gt; di via Padova" in page
    assert "id_cost_cents" in page
    assert 'aria-invalid="true"' in page
    assert not Application.objects.exists()


def test_apply_while_no_window_is_open(member: Client, officer: User, organization: Organization) -> None:
    now = timezone.now()
    call = make_call(officer=officer, sessions=[{"opens_at": now - 9 * DAY, "closes_at": now - DAY}])

    for answer in (
        member.get(address("apply", call)),
        member.post(address("apply", call), typed(call, organization)),
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


def test_application_edit_changes_a_draft(member: Client, call: Call, organization: Organization) -> None:
    draft = make_draft_application(call=call, organization=organization)

    shown = member.get(address("application_edit", draft))
    answer = member.post(
        address("application_edit", draft), typed(call, organization, title="Due forni", cost_cents="30.000")
    )

    draft.refresh_from_db()
    assert shown.context["application"] == draft
    assert answer["Location"] == draft.get_absolute_url()
    assert (draft.title, draft.cost_cents) == ("Due forni", 3_000_000)
    assert Application.objects.count() == 1


def test_application_edit_of_a_submitted_one(member: Client, call: Call, organization: Organization) -> None:
    application = make_application(call=call, organization=organization)

    answer = member.post(address("application_edit", application), typed(call, organization, title="Altro"))

    application.refresh_from_db()
    assert answer["Location"] == application.get_absolute_url()
    assert application.title != "Altro"


def test_application_edit_submitted_meanwhile_in_another_window(
    member: Client, call: Call, organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = make_draft_application(call=call, organization=organization)
    fields = typed(call, organization, title="Altro")
    is_valid = "calls.views.application.ApplicationForm.is_valid"

    def submit_first(form: Any) -> bool:
        submit_application(application=draft, by=draft.author, now=timezone.now())
        return bool(form.is_bound and not form.errors)

    monkeypatch.setattr(is_valid, submit_first)

    answer = member.post(address("application_edit", draft), fields)

    draft.refresh_from_db()
    assert answer.status_code == 302
    assert (draft.status, draft.title) == (Status.SUBMITTED, "Un forno di quartiere")


def test_application_submit_gives_the_protocol_number(
    member: Client, call: Call, organization: Organization
) -> None:
    draft = make_draft_application(call=call, organization=organization)

    answer = member.post(address("application_submit", draft), follow=True)

    draft.refresh_from_db()
    assert draft.status == Status.SUBMITTED
    assert draft.protocol_number in answer.content.decode()


def test_application_submit_that_is_refused_says_why(
    member: Client, officer: User, organization: Organization
) -> None:
    call = make_call(officer=officer, excluded_boroughs=[1])
    draft = make_draft_application(call=call, organization=organization, borough=1, duration_months=13)

    answer = member.post(address("application_submit", draft), follow=True)

    draft.refresh_from_db()
    assert draft.status == Status.DRAFT
    assert len(list(answer.context["messages"])) == 2
    assert "Municipio 1" in answer.content.decode()


def test_application_submit_twice_says_it_was_submitted(
    member: Client, call: Call, organization: Organization
) -> None:
    application = make_application(call=call, organization=organization)
    number = application.protocol_number

    answer = member.post(address("application_submit", application), follow=True)

    application.refresh_from_db()
    assert application.protocol_number == number
    assert len(list(answer.context["messages"])) == 1


def test_application_withdraw_before_and_after_the_decision(
    member: Client, call: Call, organization: Organization, officer: User
) -> None:
    decided = make_application(call=call, organization=organization)
    admit_application(application=decided, by=officer, reason="Utile.", now=timezone.now())
    draft = make_draft_application(call=call, organization=organization)

    member.post(address("application_withdraw", decided))
    member.post(address("application_withdraw", draft))

    decided.refresh_from_db()
    draft.refresh_from_db()
    assert decided.status == Status.ADMITTED
    assert draft.status == Status.WITHDRAWN


@pytest.mark.parametrize("name", ["application_submit", "application_withdraw"])
def test_steps_are_never_taken_by_following_a_link(
    member: Client, call: Call, organization: Organization, name: str
) -> None:
    draft = make_draft_application(call=call, organization=organization)

    assert member.get(address(name, draft)).status_code == 405


@pytest.mark.parametrize(
    "name", ["application_detail", "application_edit", "application_submit", "application_withdraw"]
)
def test_applications_of_others_do_not_exist(
    client: Client, call: Call, organization: Organization, stranger: User, name: str
) -> None:
    draft = make_draft_application(call=call, organization=organization)
    client.force_login(stranger)

    assert client.post(address(name, draft), typed(call, organization)).status_code == 404
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT


def test_application_detail_shows_the_shares_and_the_reason(
    member: Client, call: Call, organization: Organization, officer: User
) -> None:
    application = make_application(call=call, organization=organization, cost_cents=2_000_001)
    admit_application(application=application, by=officer, reason="Serve al quartiere.", now=timezone.now())

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
