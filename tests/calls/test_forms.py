"""What people type into the steps of an application, and what the forms say about it."""

import pytest
from django.core.exceptions import ValidationError

from accounts.models import OrgKind, User
from calls.forms import BudgetForm, EuroField, PlaceForm, ProjectForm, StartForm, StepForm, TimelineForm
from calls.models import Call
from tests.factories import make_call, make_draft_application, make_organization


def budget_of(call: Call, user: User, amount: str) -> BudgetForm:
    """Return the budget step with one line of the amount a person has typed."""
    draft = make_draft_application(call=call, organization=make_organization(user=user))
    texts = {"cofinancing": [""], "category": ["goods"], "description": ["Un forno"]}
    return BudgetForm({**texts, "amount": [amount], "eligible": [""]}, application=draft, user=user)


def form_of(form_class: type[StepForm], call: Call, user: User, **changes: str) -> StepForm:
    """Return a step of a complete draft in which a person has changed something."""
    draft = make_draft_application(call=call, organization=make_organization(user=user))
    stored = form_class(None, application=draft, user=user)
    return stored.again({**stored.stored, **{name: [text] for name, text in changes.items()}})


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
def test_amount_as_people_type_it(call: Call, organizer: User, text: str, cents: int) -> None:
    form = budget_of(call, organizer, text)

    assert form.is_readable
    assert [row["amount_cents"] for row in form.values()["rows"]] == [cents]


@pytest.mark.parametrize(
    "text",
    [
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
        "9" * 17,
        "9" * 20,
        "20\x00000",
    ],
)
def test_amount_that_is_refused_next_to_its_field(call: Call, organizer: User, text: str) -> None:
    form = budget_of(call, organizer, text)

    row = form.rows[0]
    assert list(row.errors) == ["amount"]
    assert len(row.errors["amount"]) == 1
    assert row["amount"].value() == text
    assert form.values()["rows"] == []
    assert form.unfinished()["amount"] == [text]


@pytest.mark.parametrize(
    ("form_class", "changes", "field"),
    [
        (ProjectForm, {"title": ""}, "title"),
        (ProjectForm, {"title": "T" * 121}, "title"),
        (ProjectForm, {"summary": "S" * 301}, "summary"),
        (ProjectForm, {"campaign_text": "x" * 20_001}, "campaign_text"),
        (ProjectForm, {"theme": "999999"}, "theme"),
        (PlaceForm, {"borough": "10"}, "borough"),
        (PlaceForm, {"borough": "1"}, "borough"),
        (PlaceForm, {"beneficiaries": "x" * 2001}, "beneficiaries"),
        (TimelineForm, {"duration_months": "0"}, "duration_months"),
        (TimelineForm, {"duration_months": "13"}, "duration_months"),
        (TimelineForm, {"duration_months": "-1"}, "duration_months"),
        (TimelineForm, {"duration_months": "sei"}, "duration_months"),
    ],
)
def test_step_tells_a_fault_next_to_its_field(
    officer: User, organizer: User, form_class: type[StepForm], changes: dict[str, str], field: str
) -> None:
    call = make_call(officer=officer, excluded_boroughs=[1])
    form = form_of(form_class, call, organizer, **changes)

    assert list(form.errors) == [field]
    assert field not in form.values()
    assert form.unfinished()[field] == [changes[field]]


@pytest.mark.parametrize(
    ("form_class", "field", "empty"),
    [
        (ProjectForm, "summary", ""),
        (ProjectForm, "theme", None),
        (PlaceForm, "borough", None),
        (PlaceForm, "beneficiaries", ""),
        (TimelineForm, "duration_months", None),
    ],
)
def test_step_may_leave_a_field_empty(
    call: Call, organizer: User, form_class: type[StepForm], field: str, empty: object
) -> None:
    form = form_of(form_class, call, organizer, **{field: ""})

    assert form.is_readable
    assert form.values()[field] == empty


def test_step_shows_what_is_stored_as_it_may_be_typed(call: Call, organizer: User) -> None:
    draft = make_draft_application(
        call=call, organization=make_organization(user=organizer), cost_cents=2_000_050
    )

    form = BudgetForm(None, application=draft, user=organizer)

    assert form.is_readable
    assert 'value="20.000,50"' in str(form.rows[0]["amount"])
    assert 'inputmode="decimal"' in str(form.rows[0]["amount"])


@pytest.mark.parametrize(
    ("order", "result"),
    [
        ("up:2", ["b", "a", "c"]),
        ("down:2", ["a", "c", "b"]),
        ("remove:2", ["a", "c"]),
        ("up:1", ["a", "b", "c"]),
        ("down:3", ["a", "b", "c"]),
        ("remove:0", ["a", "b", "c"]),
        ("remove:4", ["a", "b", "c"]),
        ("remove:-1", ["a", "b", "c"]),
        ("remove:²", ["a", "b", "c"]),
        ("forget:1", ["a", "b", "c"]),
        ("remove", ["a", "b", "c"]),
        ("", ["a", "b", "c"]),
    ],
)
def test_rows_are_moved_and_left_out(call: Call, organizer: User, order: str, result: list[str]) -> None:
    draft = make_draft_application(call=call, organization=make_organization(user=organizer))
    form = BudgetForm(None, application=draft, user=organizer)
    texts = {"cofinancing": [""], "category": ["goods"] * 3, "description": ["a", "b", "c"]}

    moved = form.ordered({**texts, "amount": ["1", "2", "3"], "eligible": []}, order)

    assert moved["description"] == result


def test_eligible_part_is_the_whole_amount_unless_it_is_said(call: Call, organizer: User) -> None:
    form = budget_of(call, organizer, "100")
    less = form.again({**form.typed, "eligible": ["60,50"]})
    more = form.again({**form.typed, "eligible": ["100,01"]})

    assert form.values()["rows"][0]["eligible_cents"] == 10_000
    assert (less.total_cents, less.promise.cost_cents, less.cofinanced_cents) == (10_000, 6050, 3950)
    assert list(more.rows[0].errors) == ["eligible"]


def test_fees_are_proposed_once(call: Call, organizer: User) -> None:
    form = budget_of(call, organizer, "20.000")

    # The threshold is 10,000 euro: 150 of it, and 25 cents for each of 134 gifts.
    assert form.fee_cents == 18_400
    with_fee = form.again(form.ordered(form.typed, "fee"))
    assert [row["category"] for row in with_fee.values()["rows"]] == ["goods", "fees"]
    assert with_fee.total_cents == 2_018_400
    assert with_fee.fee_cents == 0
    assert with_fee.ordered(with_fee.typed, "fee") == with_fee.typed


def test_start_form_refuses_a_body_of_another_kind_and_that_of_others(
    officer: User, organizer: User, stranger: User
) -> None:
    call = make_call(officer=officer, eligible_kinds=[OrgKind.APS])
    firm = make_organization(user=organizer, kind=OrgKind.MSME)
    theirs = make_organization(user=stranger)

    for organization in (firm, theirs):
        form = StartForm({"organization": organization.pk, "title": "Un forno"}, call=call, user=organizer)
        assert list(form.errors) == ["organization"]


def test_euro_field_that_may_be_empty() -> None:
    assert EuroField(required=False).clean("") is None
    with pytest.raises(ValidationError):
        EuroField().clean("")
