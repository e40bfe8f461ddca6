"""What a project plans, as its page tells it: read from what was handed in, which nobody can change any more."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from calls.drawings import Gantt, gantt
from calls.models import BudgetLine, Partner


class Expense(NamedTuple):
    """A line of the budget, and how much of the whole it is, in thousandths."""

    category: str
    description: str
    amount_cents: int
    part: int


class PlannedActivity(NamedTuple):
    """An activity, as the drawing of a project's time wants it."""

    title: str
    first_month: int
    months: int


@dataclass(frozen=True)
class Plan:
    """Budget, time and people of a project."""

    expenses: list[Expense]
    total_cents: int
    chart: Gantt | None
    team: str
    beneficiaries: str
    partners: list[dict[str, str]]


def plan_of(content: Mapping[str, Any]) -> Plan:
    """Return the plan that a version's content holds; parts that its form did not know yet are empty.

    Only partners that have confirmed are named: the others have not agreed to stand on a public page.
    """
    lines = content.get("budget_lines") or []
    total = sum(line["amount_cents"] for line in lines)
    categories = dict(BudgetLine.Category.choices)
    activities = [
        PlannedActivity(one["title"], one["first_month"], one["last_month"] - one["first_month"] + 1)
        for one in content.get("activities") or []
    ]
    return Plan(
        expenses=[
            Expense(
                category=str(categories.get(line["category"], line["category"])),
                description=line["description"],
                amount_cents=line["amount_cents"],
                part=line["amount_cents"] * 1000 // total,
            )
            for line in lines
        ],
        total_cents=total,
        chart=gantt(activities, content.get("duration_months") or 1) if activities else None,
        team=content.get("team") or "",
        beneficiaries=content.get("beneficiaries") or "",
        partners=[
            {"name": one["legal_name"], "part": one["part"]}
            for one in content.get("partners") or []
            if one["status"] == Partner.Status.CONFIRMED
        ],
    )
