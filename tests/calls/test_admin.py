"""The desk's pages of calls: drafts are written there, published once, and only read afterwards."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from calls.admin.sections import NOT_TYPED, READ, TYPED, columns_of
from calls.admin_fields import AmountField, PercentField
from calls.admin_forms import CallDeskForm
from calls.models import Call
from tests import factories
from tests.desk import desk_of, list_url, officer_with, row_url, text_of

ADD = "admin:calls_call_add"


def rows(prefix: str, *forms: dict[str, Any], initial: int = 0) -> dict[str, Any]:
    """Return what a browser sends for a table of parts."""
    sent = {f"{prefix}-TOTAL_FORMS": len(forms), f"{prefix}-INITIAL_FORMS": initial}
    for number, form in enumerate(forms):
        sent |= {f"{prefix}-{number}-{name}": value for name, value in form.items()}
    return sent


def typed_call(**changes: Any) -> dict[str, Any]:
    """Return a call as an officer types it."""
    opens = timezone.localtime() - timedelta(days=1)
    closes = opens + timedelta(days=30)
    window = {
        "opens_at_0": opens.strftime("%Y-%m-%d"),
        "opens_at_1": "09:00:00",
        "closes_at_0": closes.strftime("%Y-%m-%d"),
        "closes_at_1": "00:00:00",
        "allocation_cents": "",
    }
    return {
        "title": "Cortili aperti",
        "edition": "2027",
        "slug": "cortili-aperti",
        "summary": "Per i cortili.",
        "text": "## Perché",
        "contact_email": "bando@example.org",
        "threshold_bp": "60",
        "grant_bp": "33,5 %",
        "cap_cents": "20.000",
        "fund_cents": "250.000,50",
        "minimum_gift_cents": "2",
        "funding_mode": "all_or_nothing",
        "reservation_mode": "reserved",
        "partial_policy": "none",
        "count_basis": "gross",
        "min_donors": "0",
        "offline_share_bp": "0",
        "min_partial_cents": "0,01",
        "offer_days": "10",
        "keep_days": "10",
        "leave_days": "5",
        "cure_days": "7",
        "promoter_may_cure": "on",
        "settlement_policy": "fixed_half",
        "advance_bp": "62,5",
        "advance_wait_days": "21",
        "incorporation_days": "90",
        "check_days": "20",
        "integration_days": "15",
        "cost_min_cents": "5.000",
        "cost_max_cents": "",
        "campaign_days_min": "40",
        "campaign_days_max": "60",
        "project_months_max": "12",
        "pass_mark": "60",
        "ranking_rounding": "tenths",
        "tie_rules_0": "cheaper",
        "tie_rules_1": "",
        "tie_rules_2": "earlier",
        "tie_rules_3": "",
        "fund_fill": "skip",
        "review_days": "15",
        "eligible_kinds": ["aps", "msme"],
        "excluded_boroughs": ["1"],
        "partner_applications_max": "2",
        "partner_letter": "signed",
        "seat_city": "Milano",
        "seat_may_be_promised": "on",
        "eu_programme": "",
        "eu_project_code": "",
        "eu_words": "",
        **rows("sessions", window),
        **rows("themes", {"name": "Cortili"}),
        **rows(
            "criteria",
            {"position": 0, "name": "Utilità", "max_points": 100, "min_points": 0, "weight_bp": "100"},
        ),
        **rows("document_requirements", {"position": 0, "name": "Statuto", "required": "on"}),
        **rows("eligibility_questions", {"position": 0, "text": "Il cortile è aperto a tutti?"}),
        **rows("declaration_texts"),
        **rows("support_offers", {"position": 0, "kind": "space", "name": "Sala", "quantity": 2}),
        **changes,
    }


def test_officer_writes_a_call_with_all_its_rules_and_parts(officer: User) -> None:
    response = desk_of(officer).post(reverse(ADD), typed_call())

    assert response.status_code == 302, text_of(response)
    call = Call.objects.get(slug="cortili-aperti")
    assert call.status == Call.Status.DRAFT
    assert (call.threshold_bp, call.grant_bp) == (6000, 3350)
    assert (call.cap_cents, call.fund_cents) == (2_000_000, 25_000_050)
    assert (call.cost_min_cents, call.cost_max_cents) == (500_000, None)
    assert (call.offline_share_bp, call.min_partial_cents, call.advance_bp) == (0, 1, 6250)
    assert (call.cure_days, call.promoter_may_cure, call.advance_wait_days) == (7, True, 21)
    assert (call.settlement_policy, call.stops_when_covered) == ("fixed_half", False)
    assert (call.eligible_kinds, call.excluded_boroughs) == (["aps", "msme"], [1])
    assert (call.partner_applications_max, call.partner_letter) == (2, "signed")
    assert (call.ranking_rounding, call.tie_rules) == ("tenths", ["cheaper", "earlier"])
    assert (call.fund_fill, call.has_reserve_list, call.review_days) == ("skip", False, 15)
    assert [session.number for session in call.sessions.all()] == [1]
    assert [theme.name for theme in call.themes.all()] == ["Cortili"]
    assert call.criteria.get().weight_bp == 10_000
    assert call.document_requirements.get().name == "Statuto"
    offer = call.support_offers.get()
    assert (offer.kind, offer.name, offer.quantity) == ("space", "Sala", 2)


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("cap_cents", "tanto", "Write an amount in euro"),
        ("threshold_bp", "mezzo", "Write a percentage"),
        ("threshold_bp", "100", "above 0 and up to"),
        ("grant_bp", "50", "more than 100 %"),
        ("eligible_kinds", "circus", "not one of the available choices"),
        ("offline_share_bp", "100,01", "from 0 to 100%"),
        ("min_partial_cents", "0,02", "Only whole grants"),
        ("keep_days", "11", "nobody confirms"),
        ("offer_days", "9", "nobody answers"),
        ("cure_days", "31", "come to 91"),
        ("promoter_may_cure", "on", "no day in which the promoter"),
        ("seat_city", "", "No seat is asked for"),
        ("eu_project_code", "B41C", "15 letters and digits"),
        ("tie_rules_2", "", "equal for ever"),
        ("tie_rules_1", "cheaper", "listed twice"),
        ("tie_rules_3", "draw", "put that one last"),
        ("fund_fill", "all", "choose an order"),
        ("review_days", "0", "at least 1 day"),
        ("eu_words", "Con l'Unione", "No programme of the European Union"),
    ],
)
def test_officer_is_told_beside_the_field_what_is_wrong(
    officer: User, field: str, typed: str, words: str
) -> None:
    changes = {"cure_days": "0"} if field == "promoter_may_cure" else {"promoter_may_cure": ""}
    if field == "eu_project_code":
        changes["eu_programme"] = "PN Metro Plus"
    # The sentence stands where something has to change, not always where it was typed.
    told = {"seat_city": "seat_may_be_promised", "eu_words": "eu_programme"}.get(
        field, field.partition("_rules")[0] + "_rules" if "_rules" in field else field
    )
    response = desk_of(officer).post(reverse(ADD), typed_call(**{**changes, field: typed}))

    assert response.status_code == 200
    assert words in text_of(response)
    assert response.context["adminform"].form.errors.keys() == {told}
    assert not Call.objects.exists()


def test_every_column_of_a_call_is_typed_or_has_its_reason_not_to_be() -> None:
    columns = {column.name for column in Call._meta.concrete_fields}

    assert columns == {*CallDeskForm.base_fields, *NOT_TYPED}
    assert sorted(columns_of(TYPED)) == sorted(CallDeskForm.base_fields)
    assert not any(name.endswith(("_cents", "_bp")) for name in columns_of(READ)), "shown in euro and percent"


def test_a_new_call_starts_from_the_defaults_of_its_columns() -> None:
    form = CallDeskForm()

    for name, field in form.fields.items():
        column = Call._meta.get_field(name)
        if column.has_default():
            assert field.clean(form[name].value()) == column.get_default(), name
    required = {name for name, field in form.fields.items() if field.required and field.initial is None}
    assert required == {
        "title",
        "edition",
        "slug",
        "summary",
        "text",
        "contact_email",
        "fund_cents",
        "eligible_kinds",
    }


def test_a_window_that_closes_before_it_opens_is_refused(officer: User) -> None:
    response = desk_of(officer).post(reverse(ADD), typed_call(**{"sessions-0-closes_at_0": "2020-01-01"}))

    assert "The window has to close after it opens." in text_of(response)
    assert not Call.objects.exists()


def test_officer_changes_a_draft_and_adds_a_window_with_the_next_number(officer: User) -> None:
    call = factories.make_draft_call()
    session, theme = call.sessions.get(), call.themes.get()
    later = timezone.localtime(session.closes_at) + timedelta(days=10)
    kept = {
        "id": session.pk,
        "opens_at_0": timezone.localtime(session.opens_at).strftime("%Y-%m-%d"),
        "opens_at_1": "00:00:00",
        "closes_at_0": timezone.localtime(session.closes_at).strftime("%Y-%m-%d"),
        "closes_at_1": "00:00:00",
    }
    added = {
        "opens_at_0": later.strftime("%Y-%m-%d"),
        "opens_at_1": "00:00:00",
        "closes_at_0": (later + timedelta(days=5)).strftime("%Y-%m-%d"),
        "closes_at_1": "00:00:00",
    }
    sent = typed_call(
        title="Cortili chiusi",
        **rows("sessions", kept, added, initial=1),
        **rows("themes", {"id": theme.pk, "name": "Orti"}, initial=1),
        **rows("criteria"),
        **rows("document_requirements"),
        **rows("support_offers"),
    )

    response = desk_of(officer).post(row_url(call), sent)

    assert response.status_code == 302, text_of(response)
    call = Call.objects.get(pk=call.pk)
    assert (call.title, call.themes.get().name) == ("Cortili chiusi", "Orti")
    assert [row.number for row in call.sessions.all()] == [1, 2]


def test_publish_shows_worked_examples_then_publishes(officer: User) -> None:
    call = factories.make_draft_call(cap_cents=2_000_000)
    page = desk_of(officer).get(row_url(call, "publish"))

    words = text_of(page)
    assert "€100,000 €50,000 €20,000 €30,000" in words
    assert Call.objects.get(pk=call.pk).status == Call.Status.DRAFT
    response = desk_of(officer).post(row_url(call, "publish"), {"seen": ""}, follow=True)

    assert "The call is published." in text_of(response)
    call.refresh_from_db()
    assert (call.status, call.published_by) == (Call.Status.PUBLISHED, officer)


def test_publish_shows_one_sentence_per_fault(officer: User) -> None:
    call = factories.make_draft_call(fund_cents=0, themes=[])

    response = desk_of(officer).post(row_url(call, "publish"), {"seen": ""})

    words = text_of(response)
    assert response.status_code == 200
    assert "The fund is zero" in words
    assert "There is no theme" in words
    assert f'href="{row_url(call)}#id_fund_cents"' in response.content.decode()
    assert f'href="{row_url(call)}#themes-group"' in response.content.decode()
    assert response.content.decode().count("<li>") >= len(response.context["faults"]) >= 2
    assert Call.objects.get(pk=call.pk).status == Call.Status.DRAFT


def test_published_call_is_only_read(officer: User, call: Call) -> None:
    desk = desk_of(officer)

    page = desk.get(row_url(call))

    words = text_of(page)
    assert "€50,000" in words
    assert "50%" in words
    assert "Largest advance of the grant 70%" in words
    assert f'href="{row_url(officer)}">{officer}</a>' in page.content.decode()
    assert '<div class="desk-prose"><p>Il testo.</p>' in page.content.decode()
    assert b'name="_save"' not in page.content
    assert b'name="title"' not in page.content
    assert desk.post(row_url(call), typed_call()).status_code == 403
    assert desk.post(row_url(call, "delete"), {"post": "yes"}).status_code == 403
    assert "published already" in text_of(desk.get(row_url(call, "publish"), follow=True))


def test_a_draft_can_be_thrown_away(officer: User) -> None:
    call = factories.make_draft_call()

    desk_of(officer).post(row_url(call, "delete"), {"post": "yes"})

    assert not Call.objects.filter(pk=call.pk).exists()


def test_preview_leads_to_the_page(officer: User) -> None:
    call = factories.make_draft_call()

    response = desk_of(officer).get(row_url(call, "preview"), follow=True)

    assert response.redirect_chain[-1][0] == call.get_absolute_url()
    assert response.status_code == 200


def test_rights_decide_who_reads_and_who_writes(evaluator: User, stranger: User) -> None:
    call = factories.make_draft_call()
    reader = desk_of(officer_with("calls.view_call"))
    writer = desk_of(officer_with("calls.view_call", "calls.change_call"))

    assert reader.get(row_url(call)).status_code == 200
    assert b"publish/" not in reader.get(row_url(call)).content
    assert reader.post(row_url(call), typed_call()).status_code == 403
    assert reader.get(row_url(call, "publish")).status_code == 403
    assert reader.post(row_url(call, "publish"), {"seen": ""}).status_code == 403
    assert reader.get(reverse(ADD)).status_code == 403
    assert writer.get(row_url(call, "publish")).status_code == 200
    assert desk_of(evaluator).get(row_url(call)).status_code == 403
    assert desk_of(evaluator).get(list_url(call)).status_code == 403
    assert desk_of(stranger).get(row_url(call)).status_code == 302
    assert desk_of(stranger).get(row_url(call, "publish")).status_code == 302
    assert Call.objects.get(pk=call.pk).status == Call.Status.DRAFT


def test_example_costs_lie_within_the_limits() -> None:
    call = Call(grant_bp=4000, cap_cents=4_000_000, cost_min_cents=2_000_000, cost_max_cents=None)

    assert call.example_costs() == [2_000_000, 5_000_000, 10_000_000, 15_000_000]
    call.cost_max_cents = 6_000_000
    assert call.example_costs() == [2_000_000, 5_000_000, 6_000_000]


@pytest.mark.parametrize(
    ("typed", "basis_points"), [("50", 5000), ("33,5", 3350), ("0,01 %", 1), ("99.99", 9999)]
)
def test_percent_field_reads_what_people_type(typed: str, basis_points: int) -> None:
    field = PercentField()

    assert field.clean(typed) == basis_points
    assert field.clean(field.prepare_value(basis_points)) == basis_points


@pytest.mark.parametrize("typed", ["0", "100", "-5", "1/3", "33,333"])
def test_percent_field_refuses_what_is_no_share(typed: str) -> None:
    with pytest.raises(ValidationError):
        PercentField().clean(typed)


def test_fields_see_a_change_only_where_the_value_changes() -> None:
    assert not AmountField().has_changed(125_000, "1.250,00")
    assert AmountField().has_changed(125_000, "1.250,01")
    assert AmountField().has_changed(125_000, "molto")
    assert not PercentField().has_changed(5000, "50,0")
    assert PercentField().has_changed(5000, "51")
