"""The going calls at a glance, for the desk's first page: what was handed in, what is asked, how long is left."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from calls.models import Application, Call, CallSession
from campaigns.models import Campaign
from campaigns.rules import BAR
from campaigns.templatetags.gate import meter_figures
from matching.forecast import Outlook, outlooks

Status = Campaign.Status
ALIVE = (
    Status.DRAFT,
    Status.IN_REVIEW,
    Status.SCHEDULED,
    Status.OPEN,
    Status.CLOSING,
    Status.SUSPENDED,
)
#: The states that ask for money of the fund: what is excluded or withdrawn asks for none.
ASKING = (Application.Status.SUBMITTED, Application.Status.ADMITTED)
#: The states of applications in the order in which they are drawn.
DRAWN = (
    *ASKING,
    Application.Status.RESERVE,
    Application.Status.NOT_SELECTED,
    Application.Status.INADMISSIBLE,
    Application.Status.WITHDRAWN,
)


def open_calls(now: datetime) -> QuerySet:
    """Return the published calls that still take applications or whose campaigns are not over."""
    going_on = Q(sessions__closes_at__gt=now) | Q(applications__campaign__status__in=ALIVE)
    undecided = Q(applications__status__in=["submitted", "reserve"])
    return Call.objects.published().filter(going_on | undecided).distinct()


def calls_at_a_glance(request: HttpRequest, now: datetime) -> list[dict[str, Any]]:
    """Return each going call with as much of its applications and its money as the officer may see."""
    windows = Prefetch("sessions", CallSession.objects.order_by("opens_at"))
    calls = list(open_calls(now).prefetch_related("funds__accounts", "funds__sessions", windows))
    glances = [{"call": call, "window": _window(call, now)} for call in calls]
    if request.user.has_perm("calls.view_application"):
        counted = _applications(calls)
        for glance in glances:
            glance["applications"] = _drawn(glance["call"], counted[glance["call"].pk])
    if request.user.has_perm("calls.view_fund"):
        seen = outlooks((fund for call in calls for fund in call.funds.all()), now)
        for glance in glances:
            glance["funds"] = list(_funds(glance["call"], seen))
            glance["is_funded"] = any(fund["allocated_cents"] for fund in glance["funds"])
    return glances


def _window(call: Call, now: datetime) -> dict[str, Any] | None:
    """Return the window that is open now, or the next one; None when all are over."""
    coming = next((one for one in call.sessions.all() if one.closes_at > now), None)
    return {"session": coming, "is_open": coming.opens_at <= now, "now": now} if coming else None


def _applications(calls: Iterable[Call]) -> dict[int, list[tuple[str, int, int]]]:
    """Return, by call, how many applications there are of each state and cost in cents."""
    handed_in = Application.objects.filter(call__in=calls).exclude(submitted_at=None)
    counted: dict[int, list[tuple[str, int, int]]] = defaultdict(list)
    rows = handed_in.order_by().values_list("call_id", "status", "cost_cents").annotate(number=Count("pk"))
    for call, status, cost_cents, number in rows:
        counted[call].append((status, cost_cents, number))
    return counted


def _drawn(call: Call, counted: list[tuple[str, int, int]]) -> dict[str, Any]:
    """Return what draws and tells a call's applications: thousandths and numbers by state, and the grants asked in cents."""
    numbers: dict[str, int] = dict.fromkeys(DRAWN, 0)
    asked_cents = 0
    for status, cost_cents, number in counted:
        numbers[status] = numbers.get(status, 0) + number
        if status in ASKING:
            asked_cents += number * call.promise(cost_cents).grant_cents
    total, start, parts = sum(numbers.values()), 0, []
    for status, number in numbers.items():
        width = number * BAR // max(total, 1)
        words = _in_words(status, number)
        parts.append({"key": status, "words": words, "number": number, "start": start, "width": width})
        start += width
    fund_cents = sum(
        meter_figures(fund)["allocated_cents"] or fund.allocation_cents for fund in call.funds.all()
    )
    whole = max(asked_cents, fund_cents, 1)
    return {
        "total": total,
        "parts": parts,
        "asked_cents": asked_cents,
        "fund_cents": fund_cents,
        "over_cents": max(asked_cents - fund_cents, 0),
        "asked": asked_cents * BAR // whole,
        "fund": fund_cents * BAR // whole,
    }


def _in_words(status: str, number: int) -> str:
    """Say how many applications are in a state."""
    told = {
        "submitted": ngettext("%(number)s to decide", "%(number)s to decide", number),
        "admitted": ngettext("%(number)s admitted", "%(number)s admitted", number),
        "reserve": ngettext("%(number)s in reserve", "%(number)s in reserve", number),
        "not_selected": ngettext("%(number)s not selected", "%(number)s not selected", number),
        "inadmissible": ngettext("%(number)s not admitted", "%(number)s not admitted", number),
        "withdrawn": ngettext("%(number)s withdrawn", "%(number)s withdrawn", number),
    }
    words = told.get(status)
    return words % {"number": number} if words else f"{number} · {Application.Status(status).label}"


def _funds(call: Call, seen: dict[int, Outlook]) -> Iterator[dict[str, Any]]:
    """Yield where each fund of a call stands and what it would owe, in cents."""
    for fund in call.funds.all():
        windows = ", ".join(str(session.number) for session in fund.sessions.all())
        yield {
            "name": _("Window %(number)s") % {"number": windows},
            "pk": fund.pk,
            "promised_cents": fund.allocation_cents,
            "forecast": seen[fund.pk].forecast,
            **meter_figures(fund),
        }
