"""Set up what a storm or a rehearsal happens to, through the services; see `tests.journeys.stage` for the manner."""

import json
import random
import secrets
import sys
import tomllib
from datetime import datetime, timedelta
from typing import Any

from tests.journeys import stage  # It sets Django up: models can be imported only now.
from tests.journeys.stage import open_page, person, register_body

# isort: split
from django.utils import timezone

from accounts.models import OrgKind, User
from calls.management.commands.load_editions import CHOICES, EDITIONS
from calls.models import Call
from calls.models.merit import TieRule
from calls.services import draft_call, publish_call
from donations.models import Donation
from donations.services import NotRefundable, owe_refund
from matching.models import Grant
from tests import factories

MODE = Call.ReservationMode
#: A gift of the storm in cents, in the mean, and how many of a hundred are paid.
MEAN_CENTS, PAID_OF_HUNDRED = 6_000, 90
#: Costs as parts of what citizens may be expected to pay for: some campaigns get there easily, some never.
EASE = (50, 80, 95, 110, 30, 230)


def campaigns(count: int, closing: int, donations: int) -> dict[str, Any]:
    """Open campaigns of two calls, one that sets grants aside and one whose fund is too small for all."""
    now, chief = timezone.now(), person("officer", is_staff=True, is_superuser=True)
    expected = donations * MEAN_CENTS * PAID_OF_HUNDRED // 100 // count
    costs = [max(60_000, 2 * expected * EASE[number % len(EASE)] // 100) for number in range(count)]
    reserved = _call(chief, now, MODE.RESERVED, sum(costs))
    first = _call(chief, now, MODE.FIRST_REACHED, sum(costs[1::2]) // 5)
    pages = [
        _campaign(chief, first if number % 2 else reserved, cost, 1 if number < closing else 40, now)
        for number, cost in enumerate(costs)
    ]
    return {
        "slugs": [page.slug for page in pages],
        "closes_at": pages[0].closes_at.isoformat(),
        "officer": chief.email,
    }


def _call(chief: User, now: datetime, mode: str, fund_cents: int) -> Call:
    mark = secrets.token_hex(3)
    return factories.make_call(
        officer=chief,
        now=now,
        slug=f"tempesta-{mark}",
        title=f"Tempesta {mark}",
        edition=mark,
        cost_min_cents=50_000,
        reservation_mode=mode,
        fund_cents=fund_cents,
        cap_cents=min(5_000_000, fund_cents),
    )


def _campaign(chief: User, call: Call, cost_cents: int, days: int, now: datetime) -> Any:
    body = register_body(person("promoter"))
    factories.connect_stripe(body, now=now)
    application = factories.make_application(
        call=call,
        organization=body,
        now=now,
        cost_cents=cost_cents,
        title=f"Un cortile {secrets.token_hex(3)}",
    )
    return open_page(application, chief, days)


def edition(year: str, batches: list[int], days: int, between: int, costs: list[int]) -> dict[str, Any]:
    """Publish an edition's call with its own rules, open for applications today, and schedule its campaigns."""
    now, chief = timezone.now(), person("officer", is_staff=True, is_superuser=True)
    call = _call_of(year, chief, now)
    places = [place for place, number in enumerate(batches) for _ in range(number)]
    pages = []
    for place, cost_cents in zip(places, costs, strict=True):
        body = register_body(person("promoter"))
        factories.connect_stripe(body, now=now)
        application = factories.make_application(
            call=call,
            organization=body,
            now=now,
            cost_cents=cost_cents,
            title=f"Un cortile {secrets.token_hex(3)}",
        )
        # In ten minutes at the earliest, so that all campaigns are there when the first one opens.
        opens_in = timedelta(minutes=10, days=between * place)
        pages.append(stage.approved_page(application, chief, days, opens_in))
    return {
        "fund_cents": call.fund_cents,
        "campaigns": [
            {
                "slug": page.slug,
                "threshold_cents": page.threshold_cents,
                "opens_at": page.opens_at.isoformat(),
                "closes_at": page.closes_at.isoformat(),
            }
            for page in pages
        ],
    }


def _call_of(year: str, chief: User, now: datetime) -> Call:
    """Publish the call of an edition's file with a window that is open now instead of the ones of its year."""
    data = tomllib.loads((EDITIONS / f"{year}.toml").read_text())
    fields = {name: value for name, value in data["call"].items() if not name.startswith("published_")}
    for column, choices in CHOICES.items():
        fields[column] = choices[fields[column]]
    fields["tie_rules"] = [TieRule[rule] for rule in fields["tie_rules"]]
    fields["eligible_kinds"] = [OrgKind[kind] for kind in fields["eligible_kinds"]]
    call = draft_call(
        now=now,
        sessions=[{"opens_at": now - timedelta(days=1), "closes_at": now + timedelta(days=1)}],
        themes=[theme["name"] for theme in data["themes"]],
        criteria=data["criteria"],
        documents=[{**document, "required": False} for document in data["documents"]],
        **fields,
    )
    return publish_call(call=call, by=chief, now=now)


def refunds(officer: str, count: int, seed: str) -> dict[str, Any]:
    """Have an officer give back some gifts that count, of campaigns whose grant is not awarded."""
    by, chance = User.objects.get(email=officer), random.Random(seed)
    gifts = Donation.objects.settled().exclude(campaign__grant__state=Grant.State.AWARDED).order_by("pk")
    owed = 0
    for donation in chance.sample(list(gifts), min(count, len(gifts))):
        try:
            owe_refund(donation=donation, by=by, reason="Chiesto per telefono.", now=timezone.now())
        except NotRefundable:
            continue
        owed += 1
    return {"owed": owed}


SCENES = {**stage.SCENES, "campaigns": campaigns, "edition": edition, "refunds": refunds}

if __name__ == "__main__":
    print(json.dumps(SCENES[sys.argv[1]](**json.loads(sys.argv[2]))))
