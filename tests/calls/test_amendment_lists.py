"""Amending the lists of a call: themes, criteria, documents and declarations, where nothing is broken by it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import User
from calls.admin.amendment_steps import AmendForm
from calls.differences import differences_of
from calls.models import Amendment, Application, Call, Upload
from calls.models.amendment import PARTS, content_of
from calls.services import (
    CallNotAmendable,
    confirm_amendment,
    refuse_amendment,
    submit_application,
)
from tests import factories
from tests.calls.test_amendment import NOW, WINDOWS, amended, proposed, step_values
from tests.desk import desk_of, row_url, take_step, text_of

THEMES = ["Cortili", "Botteghe"]
DOCUMENTS = [{"name": "Statuto", "required": False}, {"name": "Bilancio", "required": False}]


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Let faults be told in the language that the tests name."""
    with translation.override("en"):
        yield


@pytest.fixture
def call(officer: User) -> Call:
    return factories.make_call(
        officer=officer, now=NOW.replace(month=8), sessions=WINDOWS, themes=THEMES, documents=DOCUMENTS
    )


@pytest.fixture
def second(db: None) -> User:
    """Return another officer."""
    return factories.make_user("second", is_staff=True, is_superuser=True)


@pytest.fixture
def draft(call: Call, organizer: User) -> Application:
    """Return a draft with the first theme, the first document and all declarations."""
    body = factories.make_organization(user=organizer)
    draft = factories.make_draft_application(call=call, organization=body, now=NOW)
    Upload.objects.create(
        public_id=draft.public_id,
        application=draft,
        requirement=call.document_requirements.first(),
        name="statuto.pdf",
        mark="1",
        size_bytes=10,
        begun_at=NOW,
        begun_by=organizer,
        touched_at=NOW,
    )
    return draft


def listed(call: Call, part: str, *places: int, **changes: Any) -> dict[str, Any]:
    """Return changes that keep some entries of a list; the first of them says something else."""
    entries = content_of(call)[part]
    kept = [entries[place] for place in places]
    if changes:
        name = kept[0].get("name")
        kept[0].update(changes)
        if "name" in changes:
            kept[0]["was"] = name
    return {part: kept}


def added(call: Call, part: str, **entry: Any) -> dict[str, Any]:
    """Return changes that add one entry to a list, like the last but for what is given."""
    entries = content_of(call)[part]
    return {part: [*entries, {**entries[-1], **entry}]}


def test_what_is_renamed_stays_the_same_and_what_is_unused_may_go(
    call: Call, officer: User, second: User, draft: Application
) -> None:
    theme = draft.theme
    asked = call.document_requirements.first()
    changes = {
        "themes": [{"name": "Cortili e orti", "was": "Cortili"}, {"name": "Mestieri"}],
        "documents": [
            {"name": "Statuto vigente", "was": "Statuto", "description": "Anche in bozza.", "required": True},
            {"name": "Atto costitutivo", "description": "", "required": True},
        ],
        **listed(call, "declarations", *range(8), title="Verità"),
    }

    amendment = amended(call, officer, second, changes)

    draft = Application.objects.get(pk=draft.pk)
    assert (draft.theme_id, draft.theme.name) == (theme.pk, "Cortili e orti")
    assert [one.name for one in call.themes.all()] == ["Cortili e orti", "Mestieri"]
    assert [one.name for one in call.document_requirements.all()] == ["Statuto vigente", "Atto costitutivo"]
    assert call.document_requirements.first().pk == asked.pk
    assert draft.uploads.get().requirement_id == asked.pk
    assert call.declaration_texts.first().title == "Verità"
    told = {one.label: (one.before, one.after) for one in differences_of(amendment)}
    assert told["Themes"] == (["Cortili", "Botteghe"], ["Cortili e orti", "Mestieri"])
    assert told["Documents to have ready"][0] == ["Statuto (optional)", "Bilancio (optional)"]
    assert len(told["What is declared"][0]) == 1
    assert told["What is declared"][1][0].startswith("Verità (whoever applies): Quanto scritto")


#: What is amended, what is said, and whether somebody has handed in before.
REFUSED: list[tuple[Any, str, bool]] = [
    (lambda call: listed(call, "themes", 1), "Applications use “Cortili” already", False),
    (lambda call: {"themes": []}, "use “Cortili” already", False),
    (lambda call: listed(call, "documents", 1), "Applications use “Statuto” already", False),
    (lambda call: listed(call, "declarations", *range(1, 8)), "Applications use “Veridicità” already", False),
    (
        lambda call: {
            "declarations": [{**one, "required": False} for one in content_of(call)["declarations"]]
        },
        "require at least",
        False,
    ),
    (lambda call: listed(call, "declarations", *range(8), title_en=""), "or neither", False),
    (lambda call: listed(call, "declarations", *range(8), asked_of="martians"), "not a valid choice", False),
    (lambda call: added(call, "themes", name="Cortili"), "listed twice", False),
    (lambda call: added(call, "themes", name=""), "cannot be blank", False),
    (lambda call: added(call, "themes", name="x" * 121), "at most 120", False),
    (lambda call: listed(call, "themes", 0, 1, name="Botteghe"), "listed twice", False),
    (lambda call: listed(call, "themes", 0, name="Botteghe"), "was called before", False),
    (lambda call: {"themes": [{"name": "Nuovo", "was": "Mai visto"}]}, "was called before", False),
    (lambda call: added(call, "declarations", key="truth"), "listed twice", False),
    (lambda call: listed(call, "criteria", 0, max_points=50), "all criteria together give 50", False),
    (lambda call: {"criteria": []}, "There is no criterion", False),
    (lambda call: listed(call, "criteria", 0, min_points=101), "more points to pass", False),
    (lambda call: listed(call, "criteria", 0, max_points=90), "can no longer change", True),
    (lambda call: added(call, "criteria", name="Altro"), "can no longer change", True),
    (lambda call: added(call, "documents", name="Tardi", required=True), "already without “Tardi”", True),
    (lambda call: listed(call, "documents", 1, 0, required=True), "already without “Bilancio”", True),
    (lambda call: added(call, "declarations", key="own_x", title="Tardi"), "already without “Tardi”", True),
    (lambda call: listed(call, "declarations", 1, 0, *range(2, 8), asked_of="everybody"), "without", True),
]


@pytest.mark.parametrize(("changes", "said", "handed_in"), REFUSED, ids=range(len(REFUSED)))
def test_what_would_break_something_is_refused(
    call: Call, officer: User, draft: Application, changes: Any, said: str, handed_in: bool
) -> None:
    if handed_in:
        submit_application(application=draft, by=draft.author, now=NOW)

    with pytest.raises(CallNotAmendable, match=said):
        proposed(call, officer, changes(call))

    assert not Amendment.objects.exists()


def test_what_may_still_change_after_somebody_has_handed_in(
    call: Call, officer: User, second: User, draft: Application
) -> None:
    submit_application(application=draft, by=draft.author, now=NOW)
    changes = {
        **added(call, "themes", name="Mestieri"),
        **added(call, "documents", name="Foto", required=False),
        **listed(call, "declarations", *range(8), text="Tutto è vero.", text_en="", title_en=""),
    }

    amended(call, officer, second, changes)

    assert call.themes.count() == 3
    # What was handed in keeps the words that were declared.
    assert draft.versions.get().content["declarations"][0]["text"].startswith("Quanto scritto")
    assert draft.declarations.get(key="truth").text.startswith("Quanto scritto")


def test_criteria_change_until_the_first_is_handed_in_and_not_while_it_waits(
    call: Call, officer: User, second: User, draft: Application
) -> None:
    amended(call, officer, second, added(call, "criteria", name="Novità", max_points=20, min_points=5))
    call.refresh_from_db()
    assert [one.name for one in call.criteria.all()] == ["Utilità", "Novità"]
    waiting = proposed(call, officer, listed(call, "criteria", 0))  # "Novità" would go again
    submit_application(application=draft, by=draft.author, now=NOW)

    with pytest.raises(CallNotAmendable, match="can no longer change"):
        amended_again(waiting, second)

    assert call.criteria.count() == 2


def amended_again(amendment: Amendment, second: User) -> None:
    """Confirm an amendment that was proposed before."""
    confirm_amendment(amendment=amendment, by=second, now=amendment.proposed_at)


def test_a_theme_taken_while_the_amendment_waits_is_not_removed(
    call: Call, officer: User, second: User, draft: Application
) -> None:
    waiting = proposed(call, officer, listed(call, "themes", 0))
    Application.objects.filter(pk=draft.pk).update(theme=call.themes.get(name="Botteghe"))

    with pytest.raises(CallNotAmendable, match="Botteghe"):
        amended_again(waiting, second)


def test_an_amendment_of_before_speaks_of_fewer_lists(call: Call, officer: User, second: User) -> None:
    waiting = proposed(call, officer, {"summary": "Altro."})
    lists = {part.key for part in PARTS} - {"documents"}
    short = {name: value for name, value in waiting.before.items() if name not in lists}
    old = Amendment(
        **{
            **{f.attname: getattr(waiting, f.attname) for f in Amendment._meta.concrete_fields},
            "pk": None,
            "before": short,
            "after": {**short, "summary": "Altro."},
        }
    )
    refuse_amendment(amendment=waiting, by=officer, reason="Errore.", now=NOW)
    old.save()

    amended_again(old, second)

    call.refresh_from_db()
    assert (call.summary, call.themes.count()) == ("Altro.", 2)
    page = Client().get(reverse("calls:call_version", args=[call.slug, 1]))
    assert "Botteghe" in page.content.decode() and "Veridicità" in page.content.decode()


def test_each_version_keeps_its_lists(call: Call, officer: User, second: User) -> None:
    amended(call, officer, second, {"summary": "Altro."})
    call.refresh_from_db()
    changes = {**added(call, "themes", name="Mestieri"), **listed(call, "criteria", 0, max_points=90)}
    amended(call, officer, second, changes)

    reader = Client(headers={"accept-language": "en"})
    now = text_of(reader.get(call.get_absolute_url()))
    before = [text_of(reader.get(reverse("calls:call_version", args=[call.slug, n]))) for n in (1, 2)]

    assert "Mestieri" in now and "Utilità 90" in now
    assert all("Mestieri" not in words and "Utilità 100" in words for words in before)
    assert "Utilità (100 points, 0 needed, counting for 100%)" in now


def test_amend_the_lists_at_the_desk(officer: User, second: User, organizer: User) -> None:
    call = factories.make_call(officer=officer, themes=THEMES, documents=DOCUMENTS)
    desk, step = desk_of(officer), row_url(call, "amend")
    page = text_of(desk.get(step))
    assert "Title of declaration 8 in English" in page and "Weight of criterion 1 (percent)" in page
    values = step_values(
        call,
        theme_1="Cortili e orti",
        theme_2="",
        theme_3="Mestieri",
        criterion_most_1="80",
        document_2="",
        declaration_2="",
        declaration_9="Vicinato",
        declaration_text_9="Ci siamo.\r\nDavvero.",
    )
    values.pop("declaration_required_9")

    refused = take_step(desk, step, **values)
    assert "undertake nothing" in text_of(refused)
    assert not Amendment.objects.exists()
    values["declaration_2"] = "Impegno a costituirsi"
    take_step(desk, step, **values)

    after = Amendment.objects.get().after
    assert after["themes"] == [{"name": "Cortili e orti", "was": "Cortili"}, {"name": "Mestieri"}]
    assert after["criteria"][0]["max_points"] == 80
    assert [one["name"] for one in after["documents"]] == ["Statuto"]
    assert after["declarations"][:8] == content_of(call)["declarations"]
    assert after["declarations"][8] == {
        "key": "own_vicinato",
        "title": "Vicinato",
        "text": "Ci siamo.\nDavvero.",
        "title_en": "",
        "text_en": "",
        "asked_of": "everybody",
        "required": False,
    }
    confirm_amendment(amendment=Amendment.objects.get(), by=second, now=timezone.now())
    assert call.declaration_texts.last().key == "own_vicinato"
    body = factories.make_organization(user=organizer)
    factories.make_application(call=call, organization=body)
    assert "criterion_1" not in AmendForm(call=Call.objects.get()).fields
