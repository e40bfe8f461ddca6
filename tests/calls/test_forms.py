"""What people type into the application form, and what the form says about it."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from accounts.models import Organization, OrgKind, User
from calls.forms import ApplicationForm, EuroField
from calls.models import Call
from tests.factories import application_fields, make_call, make_draft_application, make_organization


def typed(call: Call, organization: Organization, **changes: Any) -> dict[str, Any]:
    """Return what a person types to apply."""
    fields = application_fields(call, **changes)
    fields["cost_cents"] = changes.get("cost_cents", "20.000")
    return {**fields, "theme": fields["theme"].pk, "organization": organization.pk}


def form_of(call: Call, user: User, **changes: Any) -> ApplicationForm:
    """Return the form a person has filled in for a new body."""
    organization = make_organization(user=user, kind=changes.pop("kind", OrgKind.APS))
    with translation.override("en"):
        form = ApplicationForm(typed(call, organization, **changes), call=call, user=user)
        form.is_valid()
    return form


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("20.000", 2_000_000),
        ("20.000,50", 2_000_050),
        ("20000.5", 2_000_050),
        ("€ 20.000", 2_000_000),
        ("20 000 €", 2_000_000),
        ("20,000.50", 2_000_050),
        ("  1.250,50 ", 125_050),
        ("1.250", 125_000),
        ("1 000", 100_000),
        ("100.000,00", 10_000_000),
    ],
)
def test_cost_as_people_type_it(call: Call, organizer: User, text: str, cents: int) -> None:
    form = form_of(call, organizer, cost_cents=text)

    assert not form.errors
    assert form.cleaned_data["cost_cents"] == cents


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "abc",
        "-5",
        "-20000",
        "1e5",
        "20.000,999",
        "20.000.50",
        "12 euro 50",
        "ventimila",
        "🍕",
        "0",
        "999,99",
        "100.000,01",
        "1.000.000",
        "9" * 18,
        "9" * 20,
        "20\x00000",
    ],
)
def test_cost_that_is_refused_next_to_its_field(call: Call, organizer: User, text: str) -> None:
    form = form_of(call, organizer, cost_cents=text)

    assert list(form.errors) == ["cost_cents"]
    assert len(form.errors["cost_cents"]) == 1
    assert form["cost_cents"].value() == text


def test_cost_that_no_column_can_hold(officer: User, organizer: User) -> None:
    call = make_call(officer=officer, cost_max_cents=None)

    form = form_of(call, organizer, cost_cents="9" * 18)

    assert list(form.errors) == ["cost_cents"]


def test_cost_limits_are_told_in_the_readers_language(call: Call, organizer: User) -> None:
    organization = make_organization(user=organizer)
    said = {}
    for language in ("it", "en"):
        with translation.override(language):
            form = ApplicationForm(typed(call, organization, cost_cents="5"), call=call, user=organizer)
            said[language] = form.errors["cost_cents"][0] + form.fields["cost_cents"].help_text

    assert "1.000\u00a0€" in said["it"]
    assert "100.000\u00a0€" in said["it"]
    assert "€1,000" in said["en"]
    assert "€100,000" in said["en"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "T" * 121}, "title"),
        ({"summary": "S" * 301}, "summary"),
        ({"campaign_text": "  "}, "campaign_text"),
        ({"borough": 10}, "borough"),
        ({"borough": ""}, "borough"),
        ({"duration_months": 0}, "duration_months"),
        ({"duration_months": 13}, "duration_months"),
        ({"duration_months": -1}, "duration_months"),
        ({"duration_months": "sei"}, "duration_months"),
        ({"kind": OrgKind.MSME}, "organization"),
    ],
)
def test_form_tells_a_fault_next_to_its_field(
    officer: User, organizer: User, changes: dict, field: str
) -> None:
    call = make_call(officer=officer, eligible_kinds=[OrgKind.APS])

    assert list(form_of(call, organizer, **changes).errors) == [field]


def test_form_offers_neither_excluded_boroughs_nor_other_calls_themes(officer: User, organizer: User) -> None:
    call = make_call(officer=officer, excluded_boroughs=[1, 5])
    other = make_call(officer=officer)

    form = form_of(call, organizer, borough=1, theme=other.themes.get())

    offered = [number for number, _name in form.fields["borough"].choices]
    assert offered == ["", 2, 3, 4, 6, 7, 8, 9]
    assert set(form.errors) == {"borough", "theme"}


def test_form_offers_only_the_persons_bodies(call: Call, organizer: User, stranger: User) -> None:
    theirs = make_organization(user=stranger)

    form = ApplicationForm(typed(call, theirs), call=call, user=organizer)

    assert list(form.errors) == ["organization"]
    assert form.fields["organization"].queryset.count() == 0


def test_form_shows_a_saved_cost_as_it_may_be_typed(call: Call, organizer: User) -> None:
    draft = make_draft_application(
        call=call, organization=make_organization(user=organizer), cost_cents=2_000_050
    )

    form = ApplicationForm(instance=draft, call=call, user=organizer)

    assert 'value="20.000,50"' in str(form["cost_cents"])
    assert 'inputmode="decimal"' in str(form["cost_cents"])


def test_euro_field_that_may_be_empty() -> None:
    assert EuroField(required=False).clean("") is None
    with pytest.raises(ValidationError):
        EuroField().clean("")
