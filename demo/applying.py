"""Write a whole application as its body would, step by step, through the services."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from accounts.models import Organization, User
from calls.declarations import declarations_for
from calls.models import Application, Call
from calls.rules import proposed_fee_cents
from calls.services import save_step, start_application

#: Category, what for, and hundredths of the cost; the fees and what rounding leaves follow.
SPLIT = [
    ("works", "Lavori e allestimento", 40),
    ("goods", "Attrezzature e materiali", 25),
    ("staff", "Coordinamento e laboratori", 20),
]
SERVES = "Chi abita nelle strade intorno: famiglie, ragazzi e persone anziane, alcune centinaia in un anno."
TEAM = "Un coordinatore, due educatrici e una quindicina di volontari del quartiere."


def write_application(
    *,
    call: Call,
    organization: Organization,
    by: User,
    now: datetime,
    lines: list[dict[str, Any]] | None = None,
    support: Mapping[str, str] = MappingProxyType({}),
    **fields: Any,
) -> Application:
    """Write a draft in which nothing is missing, with budget lines that add up to `cost_cents`.

    `support` says why something is asked for beside co-funding, by the name of the call's offer.
    """
    application = start_application(
        call=call, organization=organization, title=fields["title"], by=by, now=now
    )
    months, cost = fields["duration_months"], fields.get("cost_cents", 0)
    steps: dict[str, dict[str, Any]] = {
        "project": {
            **{name: fields[name] for name in ("summary", "theme", "campaign_text")},
            "supported": {call.support_offers.get(name=name).pk: words for name, words in support.items()},
        },
        "place": {
            "borough": fields["borough"],
            "place": fields["place"],
            "beneficiaries": fields.get("beneficiaries", SERVES),
            "team": fields.get("team", TEAM),
        },
        "timeline": {"duration_months": months, "rows": activities_in(months)},
        "budget": {"rows": lines_of(cost, call) if lines is None else lines},
        "declarations": {"declared": ticks_of(application)},
    }
    for key, values in steps.items():
        save_step(application=application, key=key, values=values, by=by, now=now)
    application.refresh_from_db()
    return application


def ticks_of(application: Application) -> dict[str, str]:
    """Return the ticks of a body that declares all it is asked, in Italian."""
    return {one.key: one.wordings[0].mark for one in declarations_for(application)}


def lines_of(cost_cents: int, call: Call) -> list[dict[str, Any]]:
    """Return budget lines that add up to a cost."""
    fee = min(proposed_fee_cents(call.promise(cost_cents).threshold_cents), cost_cents)
    parts = [(category, text, cost_cents * share // 100) for category, text, share in SPLIT]
    parts.append(("fees", "Commissioni sui doni con carta", fee))
    rest = cost_cents - sum(cents for _category, _text, cents in parts)
    parts.insert(len(SPLIT), ("communication", "Comunicazione, inviti e stampa", rest))
    return [line(category, text, cents) for category, text, cents in parts if cents > 0]


def line(category: str, description: str, cents: int) -> dict[str, Any]:
    """Return an expense that is to be funded in full."""
    return {
        "category": category,
        "description": description,
        "amount_cents": cents,
        "eligible_cents": cents,
    }


def activities_in(months: int) -> list[dict[str, Any]]:
    """Return activities that fill some months: preparing, building, opening to everybody."""
    if months < 3:
        return [{"title": "Lavori e apertura", "first_month": 1, "months": max(months, 1)}]
    third = months // 3
    return [
        {"title": "Permessi e preparazione", "first_month": 1, "months": third},
        {"title": "Lavori e allestimento", "first_month": third, "months": third + 1},
        {"title": "Attività aperte al quartiere", "first_month": 2 * third, "months": months - 2 * third + 1},
    ]
