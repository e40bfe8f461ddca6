"""Asking a body for what is missing, and calling the request off."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminTextareaWidget,
)

from calls.models import Application, StepKey
from calls.openable import STEP_OF, openable_parts
from calls.services import NothingOpened, OpeningStands
from civicfund.desk import ReasonForm, Refusal, Step, StepForm
from vetting import services
from vetting.admin.eligibility_steps import CheckStep, asked_of, is_in_hand
from vetting.checklist import checklist_of
from vetting.models import EligibilityCheck, EligibilityItem


class AskForm(StepForm):
    """Ask what is missing, what may be changed, and for how many days."""

    foretold = ("fields_open", "documents", "days")
    reason = forms.CharField(
        label=gettext_lazy("What is missing"),
        help_text=gettext_lazy(
            "The organization reads these words: say exactly what it has to change or bring."
        ),
        max_length=2000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 5}),
    )
    documents = forms.MultipleChoiceField(
        label=gettext_lazy("Documents that may be brought or replaced"),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    fields_open = forms.MultipleChoiceField(
        label=gettext_lazy("Fields that may be changed"),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=gettext_lazy(
            "One may complete what is formal, not improve what was offered: open no more than is missing."
        ),
    )
    days = forms.IntegerField(
        label=gettext_lazy("Days to answer"),
        min_value=1,
        max_value=services.MOST_DAYS,
        widget=UnfoldAdminIntegerFieldWidget,
    )

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [
            (part.key, str(StepKey(STEP_OF[part.key]).label), str(part.label))
            for part in openable_parts(application.call)
        ]
        self.fields["fields_open"].choices = [  # type: ignore[attr-defined]
            (key, part if step == part else f"{step}: {part}") for key, step, part in named
        ]
        asked = [(str(one.pk), one.name) for one in application.call.document_requirements.all()]
        self.fields["documents"].choices = asked  # type: ignore[attr-defined]
        if not asked:
            del self.fields["documents"]

    def clean(self) -> dict[str, Any]:
        """Ask for something to be opened."""
        data = super().clean() or self.cleaned_data
        if not self.errors and not data.get("fields_open") and not data.get("documents"):
            self.add_error("fields_open", gettext("Mark at least one field or document."))
        return data


class AskStep(CheckStep):
    """Ask a body for what is missing."""

    title = gettext_lazy("Ask for what is missing")
    button = gettext_lazy("Ask")
    lead = gettext_lazy(
        "The organization may change only what you mark, until the day you give; all the rest stays as it was handed in."
    )
    template = "admin/vetting/ask.html"
    form_class = AskForm
    refusals = {
        **CheckStep.refusals,
        NothingOpened: Refusal(gettext_lazy("Mark at least one field or document."), "fields_open"),
        OpeningStands: Refusal(Step.too_late),
        services.DaysOutOfRange: Refusal(gettext_lazy("Write from 1 to 60 days."), "days"),
    }

    def form_arguments(self) -> dict[str, Any]:
        """Tell the form what there is to open."""
        return {"application": self.row.application}

    def initial(self) -> dict[str, Any]:
        """Begin with what was answered with no, and the days of the call."""
        texts = {question.key: question.text for question in checklist_of(self.row.application)}
        wrong = self.row.items.filter(answer=EligibilityItem.Answer.NO)
        lines = [f"- {texts[item.key]} {item.note or item.evidence}" for item in wrong if item.key in texts]
        return {"reason": "\n".join(lines), "days": self.row.application.call.integration_days}

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Say what opens until when."""
        due_at = services.due_after(timezone.now(), values["days"]) if values.get("days") else None
        opened = [
            label
            for name in ("documents", "fields_open")
            for key, label in self.form_class(application=self.row.application).fields[name].choices  # type: ignore[attr-defined]
            if key in (values.get(name) or [])
        ]
        return {**super().what_follows(values), "due_at": due_at, "opened": opened}

    def act(self, values: dict[str, Any]) -> str:
        """Ask."""
        application = self.row.application
        services.ask_for_more(
            application=application,
            fields=values["fields_open"],
            documents=application.call.document_requirements.filter(pk__in=values.get("documents", [])),
            reason=values["reason"],
            days=values["days"],
            by=self.request.user,
            now=timezone.now(),
        )
        self.done = True
        return gettext("Asked: %(title)s. The organization has been written to.") % {
            "title": application.title
        }


class CallOffStep(CheckStep):
    """Take a request back."""

    title = gettext_lazy("Call the request off")
    button = gettext_lazy("Call it off")
    lead = gettext_lazy(
        "What was open closes at once; what has been written and not handed in does not count."
    )
    template = "admin/vetting/call_off.html"
    form_class = ReasonForm
    is_grave = True
    refusals = {**CheckStep.refusals, services.RequestEnded: Refusal(Step.too_late)}

    @classmethod
    def is_possible(cls, row: EligibilityCheck) -> bool:
        """Say whether a request waits for its answer."""
        return is_in_hand(row) and asked_of(row) is not None

    def act(self, values: dict[str, Any]) -> str:
        """Call it off; the officer goes on with the check."""
        services.call_off_request(
            request=asked_of(self.row), by=self.request.user, reason=values["reason"], now=timezone.now()
        )
        return gettext("Called off. The organization has been written to with the reason.")
