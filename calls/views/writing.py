"""Writing the steps of an application: each saves by itself, and nobody's words are lost."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from calls import services
from calls.forms import STEP_FORMS, StepForm
from calls.forms.texts import choose_theirs, differences
from calls.models import Application, OpeningStep, Presence, SavedStep, StepKey
from calls.openable import is_written, open_labels
from calls.steps import step_after
from calls.views.step import may_write, own_application, step_page, written_application

#: Where the session of a person who was signed out keeps what was typed.
KEPT = "typed_before_login"
Saved = SavedStep | OpeningStep


def keeps_typed(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Lead to the login and back; what was typed by somebody whose session has ended is there again afterwards."""

    @wraps(view)
    def lead(request: HttpRequest, public_id: uuid.UUID, key: str) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, public_id, key)
        if request.htmx:  # type: ignore[attr-defined]
            return render(request, "calls/_step_signed_out.html")
        application = Application.objects.filter(public_id=public_id).select_related("organization").first()
        if request.method == "POST" and application:
            request.session[KEPT] = {
                "path": request.path,
                "version": request.POST.get("version", ""),
                "texts": STEP_FORMS[key].typed_in(request.POST, application),
            }
        return redirect_to_login(request.path)

    # As Django's own decorator marks what is for people who have signed in.
    lead.login_url = None  # type: ignore[attr-defined]
    return lead


@keeps_typed
def step_write(request: HttpRequest, public_id: uuid.UUID, key: str) -> HttpResponse:
    """Show a step and save it; asked by the open page itself, say who else is here."""
    application = own_application(request, public_id)
    form = STEP_FORMS[key](None, application=application, user=request.user)
    if not is_written(application, key):
        return _closed(request, application, form)
    if request.method == "POST":
        return _save(request, application, form)
    presence = None
    if may_write(request.user, application, key):
        presence = services.note_presence(
            application=application, key=key, by=request.user, now=timezone.now()
        )
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "calls/_step_here.html", {"others": _others(request, application, key)})
    return _open(request, application, form, presence)


def _open(
    request: HttpRequest, application: Application, form: StepForm, presence: Presence | None
) -> HttpResponse:
    """Show a step as it is stored, or beside what the person typed while signed out or overtaken."""
    kept = request.session.get(KEPT) or {}
    if kept.get("path") == request.path:
        del request.session[KEPT]
        saved = application.saved_step(form.key)
        messages.info(request, _("You had been signed out. What you had typed is here again: save it."))
        typed = form.again(kept["texts"])
        is_newest = str(saved.version if saved else 0) == kept["version"]
        return _show(request, application, typed, [] if is_newest else _differences(form, typed))
    if presence and presence.overtaken:
        mine = form.again(presence.overtaken)
        found = _differences(form, mine)
        if found:
            return _show(request, application, mine, found)
    return _show(request, application, form, [])


def _save(request: HttpRequest, application: Application, stored: StepForm) -> HttpResponse:
    """Store what was typed, unless somebody else has saved meanwhile."""
    if not may_write(request.user, application, stored.key):
        raise PermissionDenied
    typed = stored.typed_in(request.POST, application)
    if any(name.startswith("keep_") for name in request.POST):
        typed = choose_theirs(typed, stored.stored, stored.groups, request.POST)
    form = stored.again(stored.ordered(typed, request.POST.get("rows", "")))
    if form.closed & set(request.POST):
        return _not_open(request, application, form)
    try:
        saved = _stored(request, application, form)
    except services.StaleStep as stale:
        return _overtaken(request, application, stored, form, stale.saved)
    except services.ApplicationClosed:
        return _closed(request, application, form)
    if request.htmx:  # type: ignore[attr-defined]
        return _tell_saved(request, application, form, saved)
    return _go_on(request, application, form)


def _stored(request: HttpRequest, application: Application, form: StepForm) -> Saved:
    """Store a step: of a draft in its columns, of what is open again beside them until the answer is handed in."""
    version = request.POST.get("version", "")
    given: dict[str, Any] = {
        "key": form.key,
        "version": int(version) if version.isdecimal() and len(version) < 10 else 0,
        "page": request.POST.get("page", "")[:36],
        "by": request.user,
        "now": timezone.now(),
    }
    if application.opening is None:
        return services.save_step(
            application=application, values=form.values(), unfinished=form.unfinished(), **given
        )
    return services.save_opened_step(
        opening=application.opening,
        values=form.open_values(),
        texts=form.open_texts(),
        unfinished=form.unfinished(),
        **given,
    )


def _not_open(request: HttpRequest, application: Application, form: StepForm) -> HttpResponse:
    """Refuse whoever sends a field that the office has not opened; nothing of what was sent is stored."""
    words = _("Only this can be changed here: %(names)s. Nothing was saved.") % {
        "names": ", ".join(open_labels(application.opening, form.key))
    }
    messages.error(request, words)
    return redirect(request.path)


def _go_on(request: HttpRequest, application: Application, form: StepForm) -> HttpResponse:
    """Lead to the next step, or back to this one if it is not finished or its rows were changed."""
    order = request.POST.get("rows", "")
    if order:
        return redirect(f"{request.path}?riga=1#new-row" if order == "add" else f"{request.path}#rows")
    if request.POST.get("go") == "next" and form.is_readable:
        return redirect(step_after(application, form.key).url_name, application.public_id)
    return redirect(f"{request.path}#saved")


def _overtaken(
    request: HttpRequest, application: Application, stored: StepForm, form: StepForm, saved: Saved
) -> HttpResponse:
    """Keep what was typed, and show both texts side by side; if they are the same there is nothing to decide."""
    found = _differences(stored, form)
    if not found:
        return (
            _tell_saved(request, application, form, saved)
            if request.htmx  # type: ignore[attr-defined]
            else _go_on(request, application, form)
        )
    services.keep_overtaken(
        application=application,
        key=form.key,
        by=request.user,
        texts=form.typed,
        now=timezone.now(),
    )
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "calls/_step_overtaken.html", {"saved": saved, "address": request.path})
    return _show(request, application, form, found, status=409)


def _tell_saved(request: HttpRequest, application: Application, form: StepForm, saved: Saved) -> HttpResponse:
    """Answer an open page: when its text was stored, and what that changes beside it."""
    application = written_application(request, application, form.key)
    if form.key in (StepKey.TIMELINE, StepKey.BUDGET):
        # Their sums and their chart are those of the rows as they are stored.
        form = STEP_FORMS[form.key](None, application=application, user=request.user)
    return step_page(
        request,
        application,
        form.key,
        {"saved": saved, "form": form, "is_answer": True},
        "calls/_step_saved.html",
    )


def _closed(request: HttpRequest, application: Application, form: StepForm) -> HttpResponse:
    """Say that the application is handed in; what was typed too late is kept, should it be opened again."""
    if request.method == "POST":
        services.keep_overtaken(
            application=application,
            key=form.key,
            by=request.user,
            texts=form.typed_in(request.POST, application),
            now=timezone.now(),
        )
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "calls/_step_closed.html")
    messages.info(request, _("A submitted application can no longer be changed."))
    return redirect(application)


def _show(
    request: HttpRequest, application: Application, form: StepForm, found: list[Any], status: int = 200
) -> HttpResponse:
    """Show a step with its form."""
    if not may_write(request.user, application, form.key):
        form.only_show()
    context = {
        "form": form,
        "saved": application.saved_step(form.key),
        "page": uuid.uuid4(),
        "differences": found,
        "others": _others(request, application, form.key),
        "one_more": "riga" in request.GET,
    }
    answer = step_page(request, application, form.key, context, form.template)
    answer.status_code = status
    return answer


def _differences(stored: StepForm, mine: StepForm) -> list[Any]:
    """Return where a person's text differs from what is stored."""
    return differences(mine.typed, stored.stored, stored.groups)


def _others(request: HttpRequest, application: Application, key: str) -> Any:
    """Return who else has the step open."""
    here = Presence.objects.here(timezone.now()).filter(application=application, key=key)
    return here.exclude(user=request.user).select_related("user")
