"""Spaces and micro-grants beside co-funding: offered by the call, asked for with words, decided with a reason."""

import json
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Mail, Organization, User
from calls.models import Application, Call, SupportOffer, SupportRequest
from calls.services import (
    ActMissing,
    NotAdmittedYet,
    OfferUsedUp,
    OwnRequest,
    ReasonMissing,
    SupportMovedOn,
    WrongAmount,
    grant_support,
    refuse_support,
    save_step,
    withdraw_application,
)
from tests import factories
from tests.deciding import admit
from tests.desk import desk_of, list_url, officer_with, row_url, take_step, text_of
from tests.pages import browser_of, words_of

DAY = date(2026, 11, 2)
OFFERS = [
    {"kind": "co_funding", "name": "Crowdfunding civico"},
    {"kind": "space", "name": "Sala in via Pontaccio", "quantity": 1},
    {"kind": "micro_grant", "name": "Primi attrezzi", "limit_cents": 150_000},
]


@pytest.fixture
def call(officer: User) -> Call:
    return factories.make_call(officer=officer, offers=OFFERS)


@pytest.fixture
def body(organizer: User) -> Organization:
    return factories.make_organization(user=organizer)


def asking(call: Call, body: Organization, **words: str) -> Application:
    """Hand in an application that asks for a `space`, a `money`, or both."""
    draft = factories.make_draft_application(call=call, organization=body)
    supported = {offer_of(call, kind).pk: text for kind, text in words.items()}
    save_step(
        application=draft,
        key="project",
        values={"supported": supported},
        by=draft.author,
        now=timezone.now(),
    )
    return factories.submit_application(application=draft, by=draft.author, now=timezone.now())


def offer_of(call: Call, kind: str) -> SupportOffer:
    """Return the offer of a kind."""
    return call.support_offers.get(
        kind={"space": "space", "money": "micro_grant", "basic": "co_funding"}[kind]
    )


def admitted(application: Application, officer: User) -> Application:
    """Admit an application."""
    admit(application=application, by=officer, reason="Utile.", now=timezone.now())
    return Application.objects.get(pk=application.pk)


def granted(request: SupportRequest, by: User, **changes: Any) -> SupportRequest:
    """Grant a request."""
    fields = {
        "reason": "Utile.",
        "act_number": "DD 9/2026",
        "act_date": DAY,
        "now": timezone.now(),
        **changes,
    }
    return grant_support(request=request, by=by, **fields)


def test_offers_are_public_and_frozen_with_the_call(call: Call, client: Client) -> None:
    page = words_of(client.get(call.get_absolute_url()))
    rules = json.loads(client.get(reverse("calls:call_data", args=[call.slug])).content)

    assert "Sala in via Pontaccio" in page
    assert "1.500\u00a0€" in page
    assert [offer["kind"] for offer in rules["support_offers"]] == ["co_funding", "space", "micro_grant"]
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        call.support_offers.update(quantity=9)
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        SupportOffer.objects.create(call=call, kind="space", name="Altro")


def test_a_call_without_offers_shows_nothing(officer: User, organizer: User, body: Organization) -> None:
    plain = factories.make_call(officer=officer)
    draft = factories.make_draft_application(call=plain, organization=body)

    assert "Che cos'altro offre" not in text_of(Client().get(plain.get_absolute_url()))
    step = browser_of(organizer).get(reverse("calls:step_project", args=[draft.public_id]))
    assert "support_" not in step.content.decode()
    assert not draft.support_requests.exists()


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("support_offer_is_of_something", {"quantity": 0}),
        ("support_offer_is_of_something", {"limit_cents": 0, "kind": "micro_grant"}),
        ("support_offer_is_of_something", {"limit_cents": 5, "kind": "space"}),
        ("support_offer_once", {"name": "Due"}),
    ],
)
def test_offer_constraints(officer: User, constraint: str, changes: dict[str, Any]) -> None:
    draft = factories.make_draft_call(offers=[{"kind": "space", "name": "Due"}])

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        SupportOffer.objects.create(**{"call": draft, "kind": "space", "name": "Uno", **changes})


def test_project_step_asks_for_support_with_words(call: Call, body: Organization, organizer: User) -> None:
    draft = factories.make_draft_application(call=call, organization=body)
    address = reverse("calls:step_project", args=[draft.public_id])
    browser = browser_of(organizer)
    space, money = (offer_of(call, kind) for kind in ("space", "money"))
    typed = {
        "organization": body.pk,
        "title": "Un forno",
        "summary": "Pane.",
        "theme": call.themes.get().pk,
        "campaign_text": "Pane per tutti.",
        "version": str(draft.saved_step("project").version),
        f"support_{space.pk}": "Per le prove.",
        f"support_{money.pk}": "Per una pala.",
    }
    page = browser.get(address).content.decode()
    assert f'name="support_{space.pk}"' in page
    assert f'name="support_{offer_of(call, "basic").pk}"' not in page

    browser.post(address, {**typed, "page": "una"})
    assert {request.words for request in draft.support_requests.all()} == {"Per le prove.", "Per una pala."}
    assert "Per le prove." in browser.get(address).content.decode()

    browser.post(address, {**typed, "page": "una", f"support_{money.pk}": ""})
    assert [request.offer for request in draft.support_requests.all()] == [space]
    assert "Per le prove." in words_of(browser.get(draft.get_absolute_url()))
    # What cannot be read takes nothing away.
    browser.post(
        address, {**typed, "page": "una", f"support_{space.pk}": "x" * 501, f"support_{money.pk}": ""}
    )
    assert draft.support_requests.get().words == "Per le prove."


def test_requests_of_another_calls_offer_are_left_out(call: Call, body: Organization, officer: User) -> None:
    other = factories.make_call(officer=officer, offers=OFFERS)
    draft = factories.make_draft_application(call=call, organization=body)
    foreign = {offer_of(other, "space").pk: "Mio.", offer_of(call, "basic").pk: "Anche."}

    save_step(
        application=draft, key="project", values={"supported": foreign}, by=draft.author, now=timezone.now()
    )

    assert not draft.support_requests.exists()


def test_grant_support_is_recorded_with_its_act_and_told(
    call: Call, body: Organization, officer: User
) -> None:
    application = asking(call, body, space="Per le prove.", money="Per una pala.")
    space, money = application.support_requests.order_by("offer__position")
    with pytest.raises(NotAdmittedYet):
        granted(space, officer)
    application = admitted(application, officer)

    granted(space, officer)
    granted(money, officer, amount_cents=120_000, reason="La pala serve.")

    money.refresh_from_db()
    assert (money.state, money.amount_cents, money.act_number) == ("granted", 120_000, "DD 9/2026")
    mail = Mail.objects.get(key__startswith=f"support_decided:{money.pk}")
    assert "1.200\u00a0€" in mail.body
    assert "La pala serve." in mail.body
    page = words_of(browser_of(application.author).get(application.get_absolute_url()))
    assert "La pala serve." in page
    assert "DD 9/2026" in page
    with pytest.raises(SupportMovedOn):
        granted(money, officer, amount_cents=1)


@pytest.mark.parametrize(
    ("kind", "changes", "error"),
    [
        ("money", {}, WrongAmount),
        ("money", {"amount_cents": 0}, WrongAmount),
        ("money", {"amount_cents": 150_001}, WrongAmount),
        ("space", {"amount_cents": 1}, WrongAmount),
        ("space", {"reason": " "}, ReasonMissing),
        ("space", {"act_number": " "}, ActMissing),
    ],
)
def test_grant_support_without_what_it_needs(
    call: Call, body: Organization, officer: User, kind: str, changes: dict[str, Any], error: type[Exception]
) -> None:
    application = admitted(asking(call, body, **{kind: "Serve."}), officer)

    with pytest.raises(error):
        granted(application.support_requests.get(), officer, **changes)
    assert application.support_requests.get().state == "asked"


def test_grant_support_no_more_often_than_offered(
    call: Call, body: Organization, officer: User, donor: User
) -> None:
    second = factories.make_organization(user=donor)
    first, last = (
        admitted(asking(call, who, space="Serve."), officer).support_requests.get() for who in (body, second)
    )
    granted(first, officer)

    with pytest.raises(OfferUsedUp):
        granted(last, officer)


def test_refuse_support_leaves_the_application(call: Call, body: Organization, officer: User) -> None:
    application = asking(call, body, space="Serve.")
    request = application.support_requests.get()
    with pytest.raises(ReasonMissing):
        refuse_support(request=request, reason=" ", by=officer, now=timezone.now())

    refuse_support(request=request, reason="La sala è chiusa.", by=officer, now=timezone.now())

    application.refresh_from_db()
    assert application.status == Application.Status.SUBMITTED
    assert "La sala è chiusa." in Mail.objects.get(key__startswith="support_decided").body


def test_support_is_decided_by_others_and_of_living_applications(
    call: Call, body: Organization, officer: User, organizer: User
) -> None:
    application = asking(call, body, space="Serve.")
    request = application.support_requests.get()

    with pytest.raises(OwnRequest):
        refuse_support(request=request, reason="Mia.", by=organizer, now=timezone.now())
    withdraw_application(application=application, by=organizer, now=timezone.now())
    with pytest.raises(SupportMovedOn):
        refuse_support(request=request, reason="Ritirata.", by=officer, now=timezone.now())


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("support_request_says_why", {"words": ""}),
        ("support_decision_matches_state", {"reason": "No."}),
        ("support_decision_matches_state", {"state": "refused"}),
        ("support_is_granted_by_an_act", {"state": "granted", "reason": "Sì.", "decided": True}),
        ("support_is_granted_by_an_act", {"act_number": "1"}),
        (
            "support_amount_positive",
            {"state": "granted", "reason": "Sì.", "decided": True, "amount_cents": 0},
        ),
    ],
)
def test_request_constraints(
    call: Call, body: Organization, officer: User, constraint: str, changes: dict[str, Any]
) -> None:
    asking(call, body, space="Serve.")
    if changes.pop("decided", False):
        changes |= {"decided_at": timezone.now(), "decided_by": officer}
    if constraint == "support_amount_positive":
        changes |= {"act_number": "1", "act_date": DAY}

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        SupportRequest.objects.update(**changes)


def test_requests_are_asked_once_and_decisions_are_kept(
    call: Call, body: Organization, officer: User
) -> None:
    request = asking(call, body, space="Serve.").support_requests.get()
    with pytest.raises(IntegrityError, match="support_asked_once"), transaction.atomic():
        SupportRequest.objects.create(application=request.application, offer=request.offer, words="Di nuovo.")
    refuse_support(request=request, reason="Chiusa.", by=officer, now=timezone.now())

    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        SupportRequest.objects.update(reason="Altro.")


def test_desk_lists_and_decides(call: Call, body: Organization, officer: User) -> None:
    application = admitted(asking(call, body, space="Per le prove.", money="Per una pala."), officer)
    space, money = application.support_requests.order_by("offer__position")
    client = desk_of(officer)
    assert "Spaces and micro-grants to decide" in text_of(client.get(reverse("admin:index")))
    assert "Per le prove." in text_of(client.get(list_url(space)))
    assert "Per una pala." in text_of(client.get(row_url(application)))
    assert "Sala in via Pontaccio" in text_of(client.get(row_url(call)))
    act = {"act_number": "DD 9/2026", "act_date": "2026-11-02", "reason": "Utile."}

    too_much = take_step(client, row_url(money, "grant"), **act, amount="1.500,01")
    assert "at most what the call offers" in text_of(too_much)
    assert "Granted: the organization" in text_of(
        take_step(client, row_url(money, "grant"), **act, amount="900")
    )
    assert "Not granted: the" in text_of(take_step(client, row_url(space, "refuse"), reason="Chiusa."))
    money.refresh_from_db()
    assert money.amount_cents == 90_000
    reader = officer_with("calls.view_supportrequest")
    assert desk_of(reader).get(row_url(money, "grant")).status_code == 403


def test_drafts_are_not_on_the_desk(call: Call, body: Organization, officer: User) -> None:
    draft = factories.make_draft_application(call=call, organization=body)
    save_step(
        application=draft,
        key="project",
        values={"supported": {offer_of(call, "space").pk: "Serve."}},
        by=draft.author,
        now=timezone.now(),
    )

    assert desk_of(officer).get(row_url(draft.support_requests.get())).status_code == 302
