"""What a project plans, read from what was handed in."""

from campaigns.plan import plan_of

CONTENT = {
    "budget_lines": [
        {"category": "works", "description": "Il forno", "amount_cents": 300_000, "eligible_cents": 300_000},
        {"category": "gone", "description": "Altro", "amount_cents": 100_000, "eligible_cents": 0},
    ],
    "activities": [{"title": "Cantiere", "first_month": 2, "last_month": 4}],
    "duration_months": 6,
    "team": "Due fornai.",
    "partners": [
        {"legal_name": "Sì APS", "part": "I laboratori.", "status": "confirmed", "tax_code": "1"},
        {"legal_name": "Forse APS", "part": "", "status": "invited", "tax_code": "2"},
        {"legal_name": "No APS", "part": "", "status": "declined", "tax_code": "3"},
    ],
}


def test_plan_tells_expenses_time_and_the_partners_that_agreed() -> None:
    plan = plan_of(CONTENT)

    assert [(one.description, one.amount_cents, one.part) for one in plan.expenses] == [
        ("Il forno", 300_000, 750),
        ("Altro", 100_000, 250),
    ]
    assert plan.expenses[1].category == "gone"
    assert plan.total_cents == 400_000
    assert plan.chart
    assert [(bar.title, bar.first, bar.last) for bar in plan.chart.bars] == [("Cantiere", 2, 4)]
    assert plan.chart.months == 6
    assert (plan.team, plan.beneficiaries) == ("Due fornai.", "")
    assert plan.partners == [{"name": "Sì APS", "part": "I laboratori."}]


def test_plan_of_an_older_form_is_empty() -> None:
    plan = plan_of({"title": "Un forno"})

    assert (plan.expenses, plan.total_cents, plan.chart, plan.partners) == ([], 0, None, [])
