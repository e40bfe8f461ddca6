"""Declarations are texts of the call: whoever ticks one has declared exactly the words that stood beside it."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import OrgKind, User
from calls.content import content_of, told
from calls.declarations import USUAL, declarations_for, free_key
from calls.models import Application, Call, Declaration, DeclarationText
from calls.models.amendment import content_of as content_of_call
from calls.services import (
    ApplicationRefused,
    CallNotPublishable,
    confirm_amendment,
    draft_call,
    propose_amendment,
    publish_call,
    save_step,
    submit_application,
)
from demo.applying import ticks_of
from tests import factories
from tests.calls.test_admin import rows, typed_call
from tests.calls.test_protocol_pdf import text_of as pdf_text_of
from tests.desk import desk_of, row_url, text_of
from tests.pages import browser_of, words_of

OWN = {"key": "own_quartiere", "title": "Quartiere", "text": "Lavoriamo con chi abita qui."}
TRUTH = USUAL[0]


@pytest.fixture(autouse=True)
def _in_italian() -> Iterator[None]:
    """Read the declarations in the city's language."""
    with translation.override("it"):
        yield


@pytest.fixture
def draft(call: Call, organizer: User) -> Application:
    """Return a draft in which everything is declared."""
    return factories.make_draft_application(
        call=call, organization=factories.make_organization(user=organizer)
    )


def at(draft: Application) -> str:
    """Return the address of the step."""
    return reverse("calls:step_declarations", args=[draft.public_id])


def say(call: Call, key: str, **columns: Any) -> None:
    """Let the call say something else by an amendment."""
    officers = [factories.make_user(name, is_staff=True, is_superuser=True) for name in ("ada", "bea")]
    declarations = content_of_call(call)["declarations"]
    next(one for one in declarations if one["key"] == key).update(columns)
    amendment = propose_amendment(
        call=call,
        act_number="DD 1/2026",
        act_date=timezone.localdate(),
        reason="La norma è cambiata.",
        changes={"declarations": declarations},
        by=officers[0],
        now=timezone.now(),
    )
    confirm_amendment(amendment=amendment, by=officers[1], now=timezone.now())


def test_a_new_call_starts_with_the_usual_declarations_or_with_its_own(db: None) -> None:
    usual, own = factories.make_draft_call(), factories.make_draft_call(declarations=[OWN])

    assert [one.key for one in usual.declaration_texts.all()] == [one["key"] for one in USUAL]
    assert [one.key for one in own.declaration_texts.all()] == [OWN["key"]]


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        (OrgKind.APS, {"standing", "own_quartiere"}),
        (OrgKind.MSME, {"standing", "de_minimis", "own_quartiere"}),
        (OrgKind.SOCIAL_ENTERPRISE, {"standing", "de_minimis", "own_quartiere"}),
        (OrgKind.INFORMAL, {"incorporate", "own_quartiere"}),
    ],
)
def test_declarations_for_a_kind_of_body_in_the_calls_order(
    officer: User, organizer: User, kind: str, asked: set[str]
) -> None:
    call = factories.make_draft_call(declarations=[*USUAL, OWN], eligible_kinds=[kind])
    body = factories.make_organization(user=organizer)
    body.kind = kind
    draft = Application(call=call, organization=body)

    keys = [one.key for one in declarations_for(draft)]

    common = {"truth", "double_funding", "seat", "publication", "privacy"}
    assert set(keys) == common | asked
    assert keys[0] == "truth" and keys[-1] == "own_quartiere"


@pytest.mark.parametrize(
    ("declarations", "kinds", "said"),
    [
        ([], ["aps"], "Nothing has to be declared"),
        ([{**TRUTH, "required": False}], ["aps"], "Nothing has to be declared"),
        ([{**TRUTH, "asked_of": "groups"}], ["informal"], "Nothing has to be declared"),
        ([TRUTH], ["informal"], "undertake nothing"),
        ([TRUTH, {**OWN, "asked_of": "groups", "required": False}], ["aps", "informal"], "undertake nothing"),
    ],
)
def test_what_a_call_has_to_have_declared(
    officer: User, declarations: list[dict], kinds: list[str], said: str
) -> None:
    call = factories.make_draft_call(declarations=declarations, eligible_kinds=kinds)

    with translation.override("en"), pytest.raises(CallNotPublishable, match=said):
        publish_call(call=call, by=officer, now=timezone.now())


def test_the_exact_words_the_version_and_the_person_are_kept(
    client: Client, draft: Application, organizer: User
) -> None:
    browser = browser_of(organizer)
    english = {one.key: one.wordings[-1].mark for one in declarations_for(draft)}
    save_step(
        application=draft, key="declarations", values={"declared": {}}, by=organizer, now=timezone.now()
    )
    assert not draft.declarations.exists()

    browser.post(at(draft), {**english, "truth": ticks_of(draft)["truth"], "version": "99", "page": ""})
    browser.post(
        at(draft), {**english, "truth": ticks_of(draft)["truth"], **_open(browser, draft), "go": "next"}
    )

    made = {one.key: one for one in Declaration.objects.filter(application=draft)}
    assert (made["truth"].title, made["truth"].text) == (TRUTH["title"], TRUTH["text"])
    assert made["seat"].title == "Seat in the city"
    assert {one.call_version for one in made.values()} == {1}
    page = browser.get(at(draft))
    assert page.content.decode().count(" checked") == len(made) == 6
    # Ticked in English, read in Italian: it stays as it was made.
    browser.post(at(draft), {**ticks_of(draft), **_open(browser, draft)})
    assert Declaration.objects.get(application=draft, key="seat") == made["seat"]

    done = submit_application(application=draft, by=organizer, now=timezone.now())
    version = done.versions.get()
    kept = {one["key"]: one for one in version.content["declarations"]}
    assert kept["truth"] == {**{n: TRUTH[n] for n in ("key", "title", "text")}, "call_version": 1}
    lines = next(part.lines for part in told(version.content) if part.key == "declarations")
    assert lines[0] == f"Veridicità: {TRUTH['text']} (versione 1 del bando)"
    version.files = []
    assert "Veridicità: Quanto scritto" in pdf_text_of(version)
    detail = words_of(browser.get(done.get_absolute_url()))
    assert "Veridicità. Quanto scritto" in detail


def _open(browser: Client, draft: Application) -> dict[str, str]:
    """Return what an open page knows of the step."""
    context = browser.get(at(draft)).context
    return {"page": str(context["page"]), "version": str(context["saved"].version)}


def test_words_that_changed_have_to_be_read_again(call: Call, draft: Application, organizer: User) -> None:
    browser, old = browser_of(organizer), ticks_of(draft)
    opened = _open(browser, draft)
    say(call, "truth", text="Tutto è vero.", text_en="", title_en="")

    with pytest.raises(ApplicationRefused, match=r"Veridicità. ha parole nuove"):
        submit_application(application=draft, by=organizer, now=timezone.now())
    page = words_of(browser.get(at(draft)))
    assert "sono cambiate" in page
    # The page that was opened before sends the mark of the old words: nobody declares what was not read.
    browser.post(at(draft), {**old, **opened})
    assert not draft.declarations.filter(key="truth").exists()
    browser.post(at(draft), {**ticks_of(_again(draft)), **_open(browser, draft)})

    made = draft.declarations.get(key="truth")
    assert (made.text, made.call_version) == ("Tutto è vero.", 2)
    assert draft.declarations.get(key="seat").call_version == 1
    assert submit_application(application=draft, by=organizer, now=timezone.now()).protocol_number


def _again(draft: Application) -> Application:
    """Return an application as it is now."""
    return Application.objects.select_related("call", "organization").get(pk=draft.pk)


def test_what_is_optional_keeps_nobody_from_applying(officer: User, organizer: User) -> None:
    call = factories.make_call(officer=officer, declarations=[*USUAL, {**OWN, "required": False}])
    draft = factories.make_draft_application(
        call=call, organization=factories.make_organization(user=organizer)
    )
    draft.declarations.filter(key=OWN["key"]).delete()

    assert submit_application(application=draft, by=organizer, now=timezone.now()).protocol_number
    said = [one["key"] for one in content_of(draft)["declarations"]]
    assert OWN["key"] not in said and "truth" in said


def test_everybody_reads_what_is_declared_and_programs_too(client: Client, call: Call) -> None:
    page = words_of(client.get(call.get_absolute_url(), headers={"accept-language": "en"}))
    data = client.get(reverse("calls:call_data", args=[call.slug])).json()

    assert "Undertaking to become a body (groups of citizens only)" in page
    assert data["declarations"][0] == {**TRUTH, "asked_of": "everybody", "required": True}


def test_officer_writes_them_in_the_tab_of_a_draft(officer: User) -> None:
    call = factories.make_draft_call(declarations=[TRUTH])
    truth = call.declaration_texts.get()
    desk = desk_of(officer)
    assert 'id="tab-declared"' in desk.get(row_url(call)).content.decode()
    words = {"asked_of": "everybody", "required": "on", "title_en": "", "text_en": ""}
    first = {**words, "id": truth.pk, "position": 0, "title": "Verità", "text": "Tutto è vero."}
    added = {**words, "position": 1, "title": "Vicinato è qui", "text": "Ci siamo."}
    empty = dict.fromkeys(("sessions", "themes", "criteria", "document_requirements"))
    sent = {name: value for key in [*empty, "support_offers"] for name, value in rows(key).items()}

    answer = desk.post(
        row_url(call), typed_call(**sent, **rows("declaration_texts", first, added, initial=1))
    )

    assert answer.status_code == 302, text_of(answer)
    assert list(call.declaration_texts.values_list("key", "title")) == [
        ("truth", "Verità"),
        ("own_vicinato_e_qui", "Vicinato è qui"),
    ]
    half = {**added, "position": 2, "title": "Altro", "title_en": "Other"}
    kept = call.declaration_texts.get(key="own_vicinato_e_qui")
    answer = desk.post(
        row_url(call),
        typed_call(**sent, **rows("declaration_texts", first, {**added, "id": kept.pk}, half, initial=2)),
    )
    assert "Write title and text in English, or neither." in text_of(answer)


def test_free_key_is_one_no_other_declaration_has() -> None:
    taken = ["own_sede"]

    assert free_key("Sede", taken) == "own_sede_2"
    assert free_key("日本", []) == "own_"
    assert len(free_key("x" * 500, [f"own_{'x' * 20}"])) <= 30


@pytest.mark.parametrize(
    ("constraint", "columns"),
    [
        ("declaration_text_once", {"key": "truth"}),
        ("declaration_text_has_words", {"key": ""}),
        ("declaration_text_has_words", {"title": ""}),
        ("declaration_text_has_words", {"text": ""}),
        ("declaration_text_english_is_whole", {"title_en": "Only a title"}),
        ("declaration_text_english_is_whole", {"text_en": "Only a text."}),
    ],
)
def test_declaration_text_constraints(db: None, constraint: str, columns: dict[str, str]) -> None:
    call = factories.make_draft_call()

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        DeclarationText.objects.create(call=call, **{**OWN, **columns})


def test_earlier_calls_and_declarations_get_what_there_was(call: Call, draft: Application) -> None:
    migration = import_module("calls.migrations.0017b_declarations_of_earlier_calls")
    bare = draft_call(now=timezone.now(), **factories.call_fields(timezone.now(), declarations=[]))
    seat = draft.declarations.get(key="seat")
    draft.declarations.update(title="", call_version=9)
    Declaration.objects.filter(pk=seat.pk).update(text=USUAL[4]["text_en"])

    migration.write_declarations(apps, None)
    migration.complete_declarations(apps, None)

    names = ("key", "title", "text", "title_en", "text_en", "asked_of", "required")
    assert list(bare.declaration_texts.values(*names)) == list(call.declaration_texts.values(*names))
    assert draft.declarations.get(key="truth").title == "Veridicità"
    seat.refresh_from_db()
    assert (seat.title, seat.call_version) == ("Seat in the city", 1)
