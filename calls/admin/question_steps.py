"""What officers do with questions about calls: answer some at once, decline one, put an answer right."""

from typing import Any

from django import forms
from django.template.defaultfilters import truncatechars
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextareaWidget

from calls import services
from calls.models import CallAnswer, CallQuestion
from civicfund.desk import Effects, ReasonForm, Refusal, Step, StepForm
from civicfund.templatetags.clock import moment

#: How much of another question is shown beside its box.
SHORT = 200


class AnswerForm(StepForm):
    """Ask for the question as it will be read, the answer, and which other questions it answers."""

    question = forms.CharField(
        label=_("Question as everybody reads it"),
        help_text=_("Take out names and whatever is personal; leave the sense."),
        max_length=2000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )
    text = forms.CharField(
        label=_("Answer"), max_length=5000, widget=UnfoldAdminTextareaWidget(attrs={"rows": 8})
    )
    others = forms.ModelMultipleChoiceField(
        label=_("It also answers"),
        queryset=CallQuestion.objects.none(),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )

    def __init__(self, *args: Any, row: CallQuestion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["others"]
        field.queryset = row.call.questions.waiting().exclude(pk=row.pk)  # type: ignore[attr-defined]
        field.label_from_instance = lambda one: (  # type: ignore[attr-defined]
            f"{truncatechars(one.text, SHORT)} ({moment(one.asked_at)})"
        )
        if not field.queryset.exists():  # type: ignore[attr-defined]
            del self.fields["others"]


class QuestionStep(Step):
    """Do something with a question that waits."""

    template = "admin/calls/question_step.html"
    too_late = _("This question has its answer already, or was declined.")
    effects = Effects.TRIED

    @classmethod
    def is_possible(cls, row: CallQuestion) -> bool:
        """Say whether nobody has answered or declined yet."""
        return row.status == CallQuestion.Status.WAITING

    def facts(self) -> list[tuple[Any, Any]]:
        """Say what was asked."""
        question = self.row
        return [
            (gettext("Call"), question.call),
            (gettext("Asked"), f"{question.author}, {moment(question.asked_at)}"),
            (gettext("Question"), question.text),
        ]

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Say which of the two it is."""
        return {"what": type(self).__name__, "call": self.row.call}


class AnswerStep(QuestionStep):
    """Publish question and answer together."""

    title = _("Answer the question")
    button = _("Publish question and answer")
    form_class = AnswerForm
    refusals = {
        services.QuestionMovedOn: Refusal(
            _("Somebody has answered or declined one of these questions meanwhile: look at the list again.")
        ),
    }
    needs_fresh_login = True

    def form_arguments(self) -> dict[str, Any]:
        """Tell the form which question it is about."""
        return {"row": self.row}

    def initial(self) -> dict[str, Any]:
        """Start from the question as it was written."""
        return {"question": self.row.text}

    def act(self, values: dict[str, Any]) -> str:
        """Answer."""
        asked = [self.row, *values.get("others", ())]
        services.answer_questions(
            questions=asked,
            question=values["question"],
            text=values["text"],
            by=self.request.user,
            now=timezone.now(),
        )
        return ngettext(
            "Published; whoever asked has been written to.",
            "Published; the %(number)s people who asked have been written to.",
            len(asked),
        ) % {"number": len(asked)}


class DeclineStep(QuestionStep):
    """Leave a question unpublished."""

    title = _("Do not publish the question")
    button = _("Decline")
    form_class = ReasonForm
    refusals = {
        services.QuestionMovedOn: Refusal(QuestionStep.too_late),
        services.ReasonMissing: Refusal(_("Write the reason."), "reason"),
    }

    def act(self, values: dict[str, Any]) -> str:
        """Decline."""
        services.decline_question(
            question=self.row, reason=values["reason"], by=self.request.user, now=timezone.now()
        )
        return gettext("Not published; its author has been written to with the reason.")


class CorrectForm(StepForm):
    """Ask for the correction."""

    text = forms.CharField(
        label=_("Correction"),
        help_text=_(
            "It stands beneath the answer with today's date; the answer itself stays as it was read."
        ),
        max_length=5000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 8}),
    )


class CorrectStep(Step):
    """Put a published answer right."""

    title = _("Correct the answer")
    button = _("Publish the correction")
    template = "admin/calls/question_step.html"
    effects = Effects.TRIED
    form_class = CorrectForm
    refusals = {services.TextMissing: Refusal(_("Write the correction."), "text")}
    needs_fresh_login = True

    def facts(self) -> list[tuple[Any, Any]]:
        """Say what was answered."""
        answer: CallAnswer = self.row
        return [(gettext("Question"), answer.question), (gettext("Answer"), answer.text)]

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Say whom the mail reaches."""
        return {"what": type(self).__name__, "call": self.row.call}

    def act(self, values: dict[str, Any]) -> str:
        """Correct."""
        services.correct_answer(
            answer=self.row, text=values["text"], by=self.request.user, now=timezone.now()
        )
        return gettext("The correction is public; whoever asked has been written to.")
