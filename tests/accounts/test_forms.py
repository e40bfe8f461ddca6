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
    "runts_number": "",
    "rea_number": "",
    "address": "Via Padova 1",
    "city": "Milano",
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
    ("typed", "kept"),
    [
        ("00743110157", "00743110157"),
        (" 00743 110157", "00743110157"),
        ("RSSMRA85T10A562S", "RSSMRA85T10A562S"),
        ("rssmra85t10a562s", "RSSMRA85T10A562S"),
    ],
)
def test_tax_code_of_a_body_or_a_person(typed: str, kept: str) -> None:
    form = OrganizationForm({**GOOD, "tax_code": typed})

    assert form.is_valid()
    assert form.cleaned_data["tax_code"] == kept


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
    ("kind", "rea", "fine"),
    [("msme", "", False), ("msme", "MI-1234567", True), ("aps", "", True), ("odv", "", True)],
)
def test_rea_number_is_needed_by_enterprises(kind: str, rea: str, fine: bool) -> None:
    assert list(errors_of(kind=kind, rea_number=rea)) == ([] if fine else ["rea_number"])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"legal_name": ""}, "legal_name"),
        ({"legal_name": "x" * 201}, "legal_name"),
        ({"kind": "spa"}, "kind"),
        ({"address": ""}, "address"),
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
