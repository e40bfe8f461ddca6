"""Steps: a page that asks an officer what a service needs, tells what will follow, and acts when that was read."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextareaWidget

from civicfund.desk.effects import Effects, Foretold, foretell, values_of
from civicfund.desk.own import belongs_to_promoter
from civicfund.sign_in import ask_again, is_fresh
from civicfund.trail.context import because

#: Where a session keeps what was typed into a step while its officer signs in again.
TYPED = "desk_step_typed"
#: The fields of the steps' forms that say why; the first that was filled in counts.
REASONS = ("reason", "note", "words", "public_reason", "remarks")


class StepForm(forms.Form):
    """Ask for what a step needs; `foretold` names the fields that change what will follow."""

    foretold: ClassVar[tuple[str, ...]] = ()

    @property
    def grouped(self) -> list[tuple[Any, list[Any]]]:
        """Return the fields as they stand on the page, those that belong together under a name."""
        return [("", list(self))]

    def seen(self) -> str:
        """Return the values, as they stand now, that what will follow was computed from."""
        return "|".join(_plain(self.foretold_values().get(name)) for name in self.foretold)

    def foretold_values(self) -> dict[str, Any]:
        """Return the values of the foretold fields; nothing when one of them is missing or wrong."""
        if not self.is_bound:
            return {name: self.get_initial_for_field(self.fields[name], name) for name in self.foretold}
        if any(name in self.errors for name in self.foretold):
            return {}
        return {name: self.cleaned_data[name] for name in self.foretold}

    @property
    def is_foretold(self) -> bool:
        """Say whether what will follow can be told."""
        return not self.foretold or bool(self.foretold_values())


class ReasonForm(StepForm):
    """Ask for a reason."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=2000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 5}),
    )


@dataclass(frozen=True)
class Refusal:
    """What an exception of a service means to the officer: a sentence, or what makes it of the exception, and its field."""

    words: Any
    field: str | None = None

    def told(self, error: Exception) -> str:
        """Return the sentence."""
        return str(self.words(error) if callable(self.words) else self.words)


class Step:
    """One thing an officer does to a row, by one call of a service.

    A subclass says when it is possible, what it asks, what will follow (the context of `template`), and acts.
    """

    title: Any = ""
    button: Any = ""
    lead: Any = ""
    #: Told when the row has moved on since the officer opened its page.
    too_late: Any = gettext_lazy("This is no longer possible: somebody or something was faster.")
    own_body: Any = gettext_lazy("You belong to the promoter yourself: another officer has to do this.")
    template = ""
    is_grave = False
    #: Moves money or publishes something: the officer has to have signed in, or signed in again, a short while ago.
    needs_fresh_login = False
    #: What it does to others; every step says it, and a test fails for one that does not.
    effects: Effects | None = None
    #: Its mails go to many: they leave only when they were on the page as they are now, word by word.
    writes_to_many = False
    form_class: type[StepForm] = StepForm
    refusals: Mapping[type[Exception], Refusal] = {}

    def __init__(self, model_admin: Any, request: HttpRequest, row: Any) -> None:
        self.model_admin = model_admin
        self.request = request
        self.row = row

    @classmethod
    def is_possible(cls, row: Any) -> bool:
        """Say whether the row is in a state in which the step makes sense."""
        return True

    @classmethod
    def take(cls, model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
        """Answer a request for the step's page, or act."""
        row = model_admin.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        step = cls(model_admin, request, row)
        if belongs_to_promoter(request.user, row):
            messages.error(request, cls.own_body)
            return step.leave()
        if not cls.is_possible(row):
            messages.error(request, cls.too_late)
            return step.leave()
        if cls.needs_fresh_login and "preview" not in request.POST and not is_fresh(request):
            return step.ask_who_it_is()
        return step.answer()

    def ask_who_it_is(self) -> HttpResponse:
        """Have the officer sign in again, and keep what was typed for the way back."""
        if self.request.method == "POST":
            typed = self.request.POST.copy()
            typed.pop("csrfmiddlewaretoken", None)
            self.request.session[TYPED] = {"at": self.request.path, "typed": typed.urlencode()}
        return ask_again(self.request)

    def typed_before(self) -> QueryDict | None:
        """Return what was typed here before signing in again, once."""
        kept = self.request.session.get(TYPED)
        if not kept or kept["at"] != self.request.path:
            return None
        del self.request.session[TYPED]
        return QueryDict(kept["typed"])

    def form_arguments(self) -> dict[str, Any]:
        """Return what the form needs to know beside what was typed."""
        return {}

    def initial(self) -> dict[str, Any]:
        """Return what the form is filled with at first."""
        return {}

    def facts(self) -> list[tuple[Any, Any]]:
        """Return what the officer should have before the eyes, as pairs of label and value."""
        return []

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return what the template tells, for the foretold values."""
        return {}

    def act(self, values: dict[str, Any]) -> str:
        """Call the service and return the sentence that says what has happened."""
        raise TypeError(f"{type(self).__name__} does nothing")

    def act_and_what_comes_of_it(self, values: dict[str, Any]) -> None:
        """Act when the step is only tried; a subclass adds what the clock does right afterwards."""
        self.act(values)

    def later_effects(self, values: dict[str, Any]) -> list[Any]:
        """Return the effects that a try cannot show, because something outside has to happen first."""
        return []

    def seen(self, form: StepForm) -> str:
        """Return what the officer has read, made short: for mails to many, all that was typed."""
        if not self.writes_to_many:
            return form.seen()
        typed = form.cleaned_data if form.is_bound else {}
        plain = "|".join(f"{name}={_plain(value)}" for name, value in sorted(typed.items()))
        return hashlib.sha256(plain.encode()).hexdigest()

    def foretold(self, form: StepForm) -> Foretold | None:
        """Return what the step does to others, as far as trying it shows; None when there is nothing to try."""
        if self.effects is not Effects.TRIED or not form.is_foretold:
            return None
        values = values_of(form)
        page = self.request.POST.get("preview", "")
        return None if values is None else foretell(self, values, int(page) if page.isdecimal() else 1)

    def answer(self) -> HttpResponse:
        """Show the page; act only when what will follow was on the page that was sent."""
        if self.request.method != "POST":
            typed = self.typed_before()
            if typed is None:
                return self.page(self.form_class(initial=self.initial(), **self.form_arguments()))
            messages.info(self.request, _("Nothing has been done yet: read what follows, then confirm."))
            form = self.form_class(typed, **self.form_arguments())
            form.is_valid()
            return self.page(form)
        form = self.form_class(self.request.POST, **self.form_arguments())
        if form.is_valid() and "preview" not in self.request.POST:
            if self.request.POST.get("seen", "") != self.seen(form):
                messages.info(self.request, _("What follows has changed: read it, then confirm."))
            elif self.acted(form):
                return self.leave()
        return self.page(form)

    def acted(self, form: StepForm) -> bool:
        """Act and say so; put a refusal of the service beside its field."""
        try:
            with because(step=self.title, reason=reason_of(form.cleaned_data)):
                words = self.act(form.cleaned_data)
        except tuple(self.refusals) as error:
            refusal = self.refusals[type(error)]
            form.add_error(refusal.field, refusal.told(error))
            return False
        messages.success(self.request, words)
        self.model_admin.log_change(self.request, self.row, str(self.title))
        return True

    def leave(self) -> HttpResponse:
        """Go back to the row's page."""
        meta = self.model_admin.opts
        url = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[self.row.pk])
        return HttpResponseRedirect(url)

    def page(self, form: StepForm) -> HttpResponse:
        """Show what is asked and what will follow."""
        told = self.what_follows(form.foretold_values()) if form.is_foretold else {}
        context = {
            **self.model_admin.admin_site.each_context(self.request),
            "title": self.title,
            "opts": self.model_admin.opts,
            "original": self.row,
            "step": self,
            "form": form,
            "seen": self.seen(form) if form.is_foretold else "",
            "foretold": self.foretold(form),
            "touches_nobody": self.effects is Effects.NOBODY,
            "back": self.leave()["Location"],
            **told,
        }
        return TemplateResponse(self.request, "admin/step.html", context)


def reason_of(values: Mapping[str, Any]) -> str:
    """Return what was typed into a step as its reason, and the act it refers to; nothing when it asks for neither."""
    said = next((str(values[name]) for name in REASONS if values.get(name)), "")
    return " · ".join(part for part in (said, values.get("act_number")) if part)


def _plain(value: Any) -> str:
    """Return a value as text that is the same whether it was typed or prepared."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, list):
        return ",".join(map(str, value))
    if isinstance(value, QuerySet):
        return ",".join(str(row.pk) for row in value)
    return "" if value is None else str(value)
