"""The five questions that tell a body, without an account, whether it may apply to a call."""

from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import OrgKind
from calls.forms import EligibilityForm
from calls.models import Call
from calls.services.eligibility import borough_fault, cost_fault, duration_fault, kind_fault, seat_fault
from civicfund.templatetags.money import euro


class Verdict(NamedTuple):
    """What a call says to one answer: a sentence, and whether it stands in the way."""

    fits: bool
    words: str


@require_safe
def eligibility(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask the five questions; answered, judge each by the rule that judges an application."""
    call = get_object_or_404(Call.objects.published().with_parts(), slug=slug)
    now = timezone.now()
    form = EligibilityForm(request.GET or None, call=call)
    verdicts = _verdicts(call, form.cleaned_data) if form.is_valid() else []
    context = {
        "call": call,
        "form": form,
        "now": now,
        "verdicts": verdicts,
        "fits": all(verdict.fits for verdict in verdicts),
        "promised": form.is_bound and form["seat"].value() == form.PROMISED,
        "open_session": call.session_open_at(now),
        "next_session": next((one for one in call.sessions.all() if one.opens_at > now), None),
    }
    return render(request, "calls/eligibility.html", context)


def _verdicts(call: Call, answers: dict[str, Any]) -> list[Verdict]:
    """Return what the call says to each answer, in the order of the questions."""
    kind, months, cost = answers["kind"], answers["months"], answers["cost"]
    seat, promised = answers["seat"], answers["seat"] == EligibilityForm.PROMISED
    city = call.seat_city if seat == EligibilityForm.HERE else ""
    fits_seat = (
        _("Your seat is where this call asks for it.") if call.seat_city else _("This call asks for no seat.")
    )
    if promised:
        fits_seat = _("The promise to open a seat is enough: you keep it before signing the agreement.")
    judged = [
        (
            kind_fault(call, kind),
            _("Bodies of your kind may apply: %(kind)s.") % {"kind": OrgKind(kind).label},
        ),
        (seat_fault(call, city, promised=promised), fits_seat),
        (cost_fault(call, cost), _("A project of %(cost)s is within the limits.") % {"cost": euro(cost)}),
        (
            duration_fault(call, months),
            _("The duration fits: at most %(most)s months.") % {"most": call.project_months_max},
        ),
        (
            borough_fault(call, answers["borough"]),
            _("Projects in Municipio %(number)s may apply.") % {"number": answers["borough"]},
        ),
    ]
    return [Verdict(not fault, fault or fits) for fault, fits in judged]
