"""Every component of the pages in every state, for whoever works on the look; only where DEBUG is on."""

from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from calls.drawings import borough_areas, gantt
from calls.models import Call
from campaigns.models import Campaign
from campaigns.plan import PlannedActivity
from campaigns.rules import BAR, gate
from transparency import component_states as states

EURO = 100
COST, THRESHOLD, GRANT = 20_000 * EURO, 10_000 * EURO, 10_000 * EURO
#: State of the bar: what has been raised, how it ended, how the municipality's share stands, and the share itself.
BARS: dict[str, tuple[int, str, str, int]] = {
    "empty": (0, "", "reserved", GRANT),
    "filling": (4_300 * EURO, "", "reserved", GRANT),
    "near": (9_650 * EURO, "", "reserved", GRANT),
    "reached": (10_000 * EURO, "", "reserved", GRANT),
    "released": (10_000 * EURO, "", "awarded", GRANT),
    "above": (13_500 * EURO, "", "awarded", GRANT),
    "own share": (6_000 * EURO, "", "reserved", 6_000 * EURO),
    "waiting": (10_400 * EURO, "", "waitlisted", GRANT),
    "without": (10_400 * EURO, "", "revoked", GRANT),
    "failed": (3_000 * EURO, "failed", "returned", GRANT),
    "suspended": (3_000 * EURO, "suspended", "reserved", GRANT),
    "withdrawn": (3_000 * EURO, "withdrawn", "returned", GRANT),
    "cure": (9_200 * EURO, "cure", "awarded", GRANT),
    "keeping": (6_000 * EURO, "keeping", "returned", GRANT),
    "kept": (6_000 * EURO, "kept", "returned", GRANT),
}
METERS = {"untouched": (0, 0), "in use": (220, 380), "used up": (900, 100)}


def _bars() -> list[dict[str, Any]]:
    """Return the bar in each of its states, with the words of the municipality's share."""
    words = {
        "reserved": _("set aside"),
        "awarded": _("released"),
        "waitlisted": _("waiting: the fund is used up"),
        "revoked": _("revoked"),
        "returned": _("returned to the fund"),
    }
    drawn = []
    for number, (name, (raised, ended, share, grant)) in enumerate(BARS.items()):
        bar = gate(
            cost_cents=COST,
            threshold_cents=THRESHOLD,
            grant_cents=grant,
            raised_cents=raised,
            ended=ended,
            grant_state=share,
        )
        figures = asdict(bar) | {"grant_word": words[share], "donors": 73, "uid": f"bar-{number}"}
        drawn.append({"name": name, "gate": figures, "small": figures | {"uid": f"small-{number}"}})
    return drawn


def _meters() -> list[dict[str, Any]]:
    """Return the fund's meter untouched, in use and used up; parts are thousandths."""
    whole = 600_000 * EURO
    return [
        {
            "name": name,
            "meter": {
                "uid": f"meter-{number}",
                "allocated_cents": whole,
                "awarded": awarded,
                "reserved": reserved,
                "awarded_cents": whole * awarded // BAR,
                "reserved_cents": whole * reserved // BAR,
                "available_cents": whole * (BAR - awarded - reserved) // BAR,
            },
        }
        for number, (name, (awarded, reserved)) in enumerate(METERS.items())
    ]


@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """Show them all on one page."""
    if not settings.DEBUG:
        raise Http404
    activities = [PlannedActivity("Cantiere", 1, 3), PlannedActivity("Laboratori", 3, 5)]
    bars = _bars()
    by_name = {bar["name"]: bar["gate"] for bar in bars}
    counts = {number: number % 4 for number in range(1, 10)}
    context = {
        "bars": bars,
        "meters": _meters(),
        "statuses": [
            {"status": status, "get_status_display": label} for status, label in Campaign.Status.choices
        ],
        "told": states.messages_in_each_state(),
        "campaigns": Campaign.objects.public().with_story()[:3],
        "awarded": Campaign.objects.public().with_story().filter(grant__state="awarded").first(),
        "calls": Call.objects.published().prefetch_related("sessions")[:3],
        "promises": states.promises_in_each_state(by_name, timezone.now()),
        "forecasts": states.forecasts_in_each_state(),
        "pages": states.pages_in_each_state(),
        "forms": states.forms_in_each_state(),
        "charts": [gantt(activities, 6), gantt(activities, 4), gantt([], 6)],
        "areas": borough_areas(counts, chosen=3, address=lambda number: f"#borough-{number}"),
    }
    return render(request, "transparency/components.html", context)
