"""Public pages on which anybody who holds a protocol receipt checks it."""

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from calls.models import ApplicationVersion
from civicfund.rates import at_most


@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    """Ask for the code of a receipt, and lead on to what it stands for."""
    typed = request.GET.get("codice", "")
    if typed:
        code = _plain(typed)
        if ApplicationVersion.objects.filter(code=code).exists():
            return redirect("calls:verification", code=code)
    return _ask(request, typed, 200)


@never_cache
@require_safe
@at_most("SEARCH_LIMITS")
def verification(request: HttpRequest, code: str) -> HttpResponse:
    """Confirm a receipt: number, instant, body and fingerprints; of the content nothing."""
    found = ApplicationVersion.objects.select_related("call", "application")
    version = found.filter(code=_plain(code)).first()
    if version is None:
        return _ask(request, code, 404)
    typed = request.GET.get("impronta", "")
    prints = {**{file["sha256"]: "file" for file in version.files}, version.digest: "content"}
    context = {
        "version": version,
        "typed": typed,
        "matches": prints.get(re.sub(r"\s", "", typed).lower()),
        "later": version.application.versions.filter(number__gt=version.number).exists(),
        "taken_back": version.events.filter(what="taken_back").exists(),
    }
    return render(request, "calls/verification.html", context)


def _ask(request: HttpRequest, typed: str, status: int) -> HttpResponse:
    """Show the form, with what was typed and that no receipt has this code."""
    return render(request, "calls/verify.html", {"typed": typed}, status=status)


def _plain(typed: str) -> str:
    """Return a code as it is kept: people type it in groups, in small letters."""
    return re.sub(r"[^0-9A-Z]", "", typed.upper())
