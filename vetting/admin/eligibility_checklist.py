"""The checklist of one formal check on one screen: read, answered, saved, and on to the next."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext, gettext_lazy
from unfold.widgets import UnfoldAdminTextInputWidget

from calls.models import Application
from calls.services import ApplicationClosed
from calls.version_differences import differences_between
from civicfund.desk import Effects, Refusal, Step, StepForm
from vetting import services
from vetting.checklist import Question, checklist_of
from vetting.models import EligibilityCheck, EligibilityItem

ANSWER, NOTE = "answer_", "note_"


def page_of(check: EligibilityCheck, what: str = "change") -> str:
    """Return the address of a check's page, or of a step on it."""
    url = reverse("admin:vetting_eligibilitycheck_change", args=[check.pk])
    return url if what == "change" else f"{url.removesuffix('change/')}{what}/"


def list_page() -> str:
    """Return the address of the list of what waits."""
    return reverse("admin:vetting_eligibilitycheck_changelist")


def neighbours(check: EligibilityCheck) -> dict[str, Any]:
    """Return the waiting checks before and after one in the order of their dates, its place and how many wait."""
    waiting = list(EligibilityCheck.objects.waiting().order_by("due_at", "pk").values_list("due_at", "pk"))
    here = (check.due_at, check.pk)
    before = [pk for due_at, pk in waiting if (due_at, pk) < here]
    after = [pk for due_at, pk in waiting if (due_at, pk) > here]
    return {
        "previous": before[-1] if before else None,
        "next": after[0] if after else (before[0] if before else None),
        "place": len(before) + 1 if here in waiting else None,
        "count": len(waiting),
    }


class ChecklistForm(StepForm):
    """Ask for an answer to each question, and a note where the officer knows better than the rules."""

    def __init__(self, *args: Any, questions: list[Question], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        for question in questions:
            self.fields[ANSWER + question.key] = forms.ChoiceField(
                label=question.text,
                choices=EligibilityItem.Answer,
                required=False,
                widget=forms.RadioSelect,
            )
            self.fields[NOTE + question.key] = forms.CharField(
                label=gettext("Note"), max_length=1000, required=False, widget=UnfoldAdminTextInputWidget
            )

    def clean(self) -> dict[str, Any]:
        """Ask for a note where an answer of the rules is overruled."""
        data = super().clean() or self.cleaned_data
        for question in self.questions:
            given, note = data.get(ANSWER + question.key), data.get(NOTE + question.key)
            if question.found and given and given != question.found.answer and not note:
                self.add_error(NOTE + question.key, gettext("The rules say otherwise: write why."))
        return data

    def answers(self) -> dict[str, services.Given]:
        """Return the answers by question, as the service takes them."""
        return {
            question.key: services.Given(
                self.cleaned_data[ANSWER + question.key], self.cleaned_data[NOTE + question.key]
            )
            for question in self.questions
        }


class ChecklistStep(Step):
    """Fill the checklist in."""

    title = gettext_lazy("Formal check")
    too_late = gettext_lazy("This check is concluded: take it up again before you change it.")
    effects = Effects.NOBODY
    form_class = ChecklistForm
    refusals = {
        services.CheckConcluded: Refusal(too_late),
        ApplicationClosed: Refusal(gettext_lazy("This application is not in the officers' hands any more.")),
    }

    @cached_property
    def application(self) -> Application:
        """Return the application with all that the questions ask about."""
        return Application.objects.with_story().with_parts().get(pk=self.row.application_id)

    @cached_property
    def questions(self) -> list[Question]:
        """Return the questions, those of the rules with their answers."""
        return checklist_of(self.application)

    @cached_property
    def kept(self) -> dict[str, EligibilityItem]:
        """Return the answers given so far."""
        return {item.key: item for item in self.row.items.select_related("answered_by")}

    @classmethod
    def is_possible(cls, row: EligibilityCheck) -> bool:
        """Say whether the check is open and its application in the officers' hands."""
        return row.is_open and row.application.status == Application.Status.SUBMITTED

    def form_arguments(self) -> dict[str, Any]:
        """Tell the form the questions."""
        return {"questions": self.questions}

    def initial(self) -> dict[str, Any]:
        """Return what was answered, and elsewhere what the rules say."""
        filled = {}
        for question in self.questions:
            item = self.kept.get(question.key)
            found = question.found.answer if question.found else ""
            filled[ANSWER + question.key] = item.answer if item else found
            filled[NOTE + question.key] = item.note if item else ""
        return filled

    def answer(self) -> HttpResponse:
        """Save, then go where the officer wants to go."""
        if self.request.method != "POST":
            return self.leave()
        form = self.form_class(self.request.POST, **self.form_arguments())
        if not form.is_valid() or not self.acted(form):
            return self.page(form)
        return self.go_on(self.request.POST.get("then", ""))

    def act(self, values: dict[str, Any]) -> str:
        """Keep the answers."""
        form = self.form_class(self.request.POST, **self.form_arguments())
        form.is_valid()
        services.record_answers(
            check=self.row, answers=form.answers(), by=self.request.user, now=timezone.now()
        )
        return gettext("Saved: %(title)s.") % {"title": self.application.title}

    def go_on(self, then: str) -> HttpResponse:
        """Go to the next check that waits, to a step that concludes, or stay."""
        if then in ("admissible", "inadmissible", "ask"):
            return HttpResponseRedirect(page_of(self.row, then))
        if then == "next":
            return next_page(self.request, self.row)
        return self.leave()

    def page(self, form: StepForm) -> HttpResponse:
        """Show the questions beside what was handed in."""
        application, check = self.application, self.row
        versions = list(application.versions.order_by("-number")[:2])
        answered = len(versions) == 2 and versions[0].kind == "answer"
        context = {
            **self.model_admin.admin_site.each_context(self.request),
            **neighbours(check),
            "title": application.title,
            "opts": self.model_admin.opts,
            "original": check,
            "check": check,
            "application": application,
            "form": form,
            "rows": [self._row(form, question) for question in self.questions],
            "may_write": self.model_admin.may_write(self.request, check) and self.is_possible(check),
            "offered": self.model_admin.offered(self.request, check),
            "files": application.attachments.current().select_related("requirement"),
            "requests": application.integration_requests.select_related("opening", "asked_by"),
            "version": versions[0] if versions else None,
            "differences": differences_between(versions[1], versions[0]) if answered else [],
            "save_page": page_of(check, "checklist"),
            "now": timezone.now(),
        }
        return TemplateResponse(self.request, "admin/vetting/checklist.html", context)

    def _row(self, form: StepForm, question: Question) -> dict[str, Any]:
        """Return a question with its inputs, what the rules say and what was kept."""
        item = self.kept.get(question.key)
        return {
            "question": question,
            "answer": form[ANSWER + question.key],
            "note": form[NOTE + question.key],
            "item": item,
            "is_overruled": bool(item and item.automatic and item.automatic != item.answer),
        }


def next_page(request: HttpRequest, check: EligibilityCheck) -> HttpResponse:
    """Go to the check that waits after one, or to the list when none is left."""
    following = neighbours(check)["next"]
    if following is None:
        messages.info(request, gettext("No other application waits for its formal check."))
        return HttpResponseRedirect(list_page())
    return HttpResponseRedirect(reverse("admin:vetting_eligibilitycheck_change", args=[following]))
