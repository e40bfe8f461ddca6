"""What people type about their body, and what the form says about it."""

from typing import Any

import pytest
from django.utils import translation

from accounts.forms import OrganizationForm
from accounts.models import User
from tests.factories import make_organization, tax_code_of

GOOD = {
    "legal_name": "Forno di quartiere APS",
    "kind": "aps",
    "tax_code": "00743110157",
    "vat_number": "",
    "runts_number": "4711",
    "rea_number": "",
    "address": "Via Padova 1",
    "postcode": "20127",
    "city": "Milano",
    "province": "MI",
    "representative_name": "Ada Neri",
    "representative_tax_code": "RSSMRA85T10A562S",
    "representative_since": "2024-01-31",
    "pec": "forno@pec.example.org",
    "email": "forno@example.org",
    "website": "",
    "description": "",
}


def errors_of(**changes: Any) -> dict[str, list[str]]:
    """Return what the form says about a body, in English."""
    with translation.override("en"):
        return dict(OrganizationForm({**GOOD, **changes}).errors)


def test_form_takes_a_whole_body() -> None:
    assert errors_of() == {}


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("aps", "00743110157", "00743110157"),
        ("aps", " 00743 110157", "00743110157"),
        ("msme", "RSSMRA85T10A562S", "RSSMRA85T10A562S"),
        ("msme", "rss mra 85t10 a562s", "RSSMRA85T10A562S"),
        ("msme", "00743110157", "00743110157"),
    ],
)
def test_tax_code_of_a_body_or_of_a_sole_trader(kind: str, typed: str, kept: str) -> None:
    form = OrganizationForm({**GOOD, "kind": kind, "rea_number": "MI-1", "tax_code": typed})

    assert form.is_valid(), form.errors
    assert form.cleaned_data["tax_code"] == kept


@pytest.mark.parametrize("kind", ["ets", "odv", "aps", "onlus", "social_enterprise", "non_profit"])
def test_tax_code_of_a_person_is_refused_where_a_body_has_its_own(kind: str) -> None:
    errors = errors_of(kind=kind, rea_number="MI-1", tax_code="RSSMRA85T10A562S")

    assert list(errors) == ["tax_code"]
    assert "the tax code of a person" in errors["tax_code"][0]


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "00743110158",
        "0074311015",
        "007431101570",
        "RSSMRA85T10A562T",
        "RSSMRA85T10A562",
        "abcdefghijk",
        "🍕",
        "-",
    ],
)
def test_tax_code_that_is_wrong(typed: str) -> None:
    assert list(errors_of(tax_code=typed)) == ["tax_code"]


@pytest.mark.parametrize("number", range(0, 1100, 55))
def test_tax_code_with_one_digit_changed_is_refused(number: int) -> None:
    code = tax_code_of(number)
    place = number % len(code)
    changed = f"{code[:place]}{(int(code[place]) + 1) % 10}{code[place + 1 :]}"

    assert errors_of(tax_code=code) == {}
    assert list(errors_of(tax_code=changed)) == ["tax_code"]


@pytest.mark.parametrize(
    ("typed", "fine"), [("", True), ("00743110157", True), ("00743110158", False), ("123", False)]
)
def test_vat_number_is_checked_if_there_is_one(typed: str, fine: bool) -> None:
    assert (errors_of(vat_number=typed) == {}) is fine


@pytest.mark.parametrize(
    ("kind", "runts", "rea", "missing"),
    [
        ("msme", "", "", ["rea_number"]),
        ("msme", "", "mi 1234567", []),
        ("social_enterprise", "", "", ["rea_number"]),
        ("aps", "", "", ["runts_number"]),
        ("odv", "", "", ["runts_number"]),
        ("ets", "", "", ["runts_number"]),
        ("ets", "RUNTS n. 4711", "", []),
        ("non_profit", "", "", []),
        ("onlus", "", "", []),
        ("aps", "forse", "", ["runts_number"]),
        ("msme", "", "XX-12", ["rea_number"]),
    ],
)
def test_each_kind_gives_the_number_of_its_register(
    kind: str, runts: str, rea: str, missing: list[str]
) -> None:
    assert list(errors_of(kind=kind, runts_number=runts, rea_number=rea)) == missing


def test_numbers_of_registers_are_kept_in_one_form() -> None:
    form = OrganizationForm({**GOOD, "runts_number": "Runts n. 4711", "rea_number": "Rea mi 1234567"})

    assert form.is_valid(), form.errors
    kept = form.cleaned_data
    assert (kept["runts_number"], kept["rea_number"]) == ("4711", "MI-1234567")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"legal_name": ""}, "legal_name"),
        ({"legal_name": "x" * 201}, "legal_name"),
        ({"kind": "spa"}, "kind"),
        ({"address": ""}, "address"),
        ({"postcode": ""}, "postcode"),
        ({"postcode": "2012"}, "postcode"),
        ({"province": "Milano"}, "province"),
        ({"province": "XX"}, "province"),
        ({"representative_name": ""}, "representative_name"),
        ({"representative_tax_code": "RSSMRA85T10A562T"}, "representative_tax_code"),
        ({"representative_tax_code": "00743110157"}, "representative_tax_code"),
        ({"representative_since": "2999-01-01"}, "representative_since"),
        ({"representative_since": "ieri"}, "representative_since"),
        ({"pec": "forno@gmail.com"}, "pec"),
        ({"pec": "forno"}, "pec"),
        ({"email": "non è un indirizzo"}, "email"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"description": "x" * 1501}, "description"),
    ],
)
def test_form_tells_a_fault_next_to_its_field(changes: dict, field: str) -> None:
    assert list(errors_of(**changes)) == [field]


def test_website_without_a_scheme_means_https() -> None:
    form = OrganizationForm({**GOOD, "website": "forno.example.org"})

    assert form.is_valid()
    assert form.cleaned_data["website"] == "https://forno.example.org"


def test_form_of_a_registered_body_does_not_check_its_tax_code_again(organizer: User) -> None:
    organization = make_organization(user=organizer)
    organization.tax_code = "80000000000"

    assert OrganizationForm(GOOD, instance=organization).is_valid()


def test_tax_code_and_kind_stay_as_they_were_registered(organizer: User) -> None:
    organization = make_organization(user=organizer)

    form = OrganizationForm({**GOOD, "kind": "msme", "tax_code": "00743110157"}, instance=organization)

    assert form.is_valid()
    assert form.cleaned_data["tax_code"] == organization.tax_code
    assert form.cleaned_data["kind"] == organization.kind
    assert not {"tax_code", "kind"} & set(form.changed_data)
