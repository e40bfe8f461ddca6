from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import truncatechars
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from calls.admin.question_steps import AnswerStep, CorrectStep, DeclineStep
from calls.models import AnswerCorrection, CallAnswer, CallQuestion
from civicfund.desk import (
    Queue,
    ReadOnlyAdmin,
    ReadOnlyInline,
    after,
    everything,
    moment_column,
    row_link,
    status_column,
)

Status = CallQuestion.Status
COLOURS = {"waiting": "warning", "answered": "success", "declined": "default"}
#: How much of a text a list shows.
SHORT = 90


@admin.register(CallQuestion)
class CallQuestionAdmin(ReadOnlyAdmin):
    """Read what people ask about calls, the oldest first, and answer or decline."""

    steps = {"answer_it": AnswerStep, "decline": DeclineStep}
    actions_detail = tuple(steps)
    list_display = ("short", "call", "asked_shown", "author", "state")
    list_filter = (("call", admin.RelatedOnlyFieldListFilter),)
    list_select_related = ("call", "author")
    search_fields = ("text", "author__email", "author__full_name")
    search_help_text = _("Words of the question, or who asked")
    ordering = ("asked_at", "pk")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "call_link",
                    "text",
                    ("asked_shown", "author"),
                    ("status", "answer_link"),
                    "decline_reason",
                    ("declined_shown", "declined_by"),
                )
            },
        ),
    )
    queues = (
        Queue(
            "waiting",
            _("Without an answer"),
            lambda rows, now: rows.filter(status=Status.WAITING),
            _("Every question has its answer."),
            waits=_("Questions without an answer"),
            icon="help",
            due=after("asked_at", days=5),
        ),
        Queue(
            "answered",
            pgettext_lazy("feminine", "Answered"),
            lambda rows, now: rows.filter(status=Status.ANSWERED),
            _("No question has been answered yet."),
        ),
        Queue(
            "declined",
            pgettext_lazy("feminine", "Not published"),
            lambda rows, now: rows.filter(status=Status.DECLINED),
            _("No question was left unpublished."),
        ),
        everything(pgettext_lazy("feminine", "All"), _("Nobody has asked anything yet.")),
    )
    asked_shown = moment_column("asked_at", _("asked at"))
    declined_shown = moment_column("declined_at", _("declined at"))
    state = status_column("status", _("state"), COLOURS)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Fetch calls and people."""
        return super().get_queryset(request).select_related("call", "author", "answer__call", "declined_by")

    def has_answer_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow whoever may change questions to answer and to decline."""
        return request.user.has_perm("calls.change_callquestion")

    @display(description=_("question"))
    def short(self, question: CallQuestion) -> str:
        """Show how the question begins."""
        return truncatechars(question.text, SHORT)

    @display(description=_("call"))
    def call_link(self, question: CallQuestion) -> str:
        """Lead to the call."""
        return row_link(question.call)

    @display(description=_("answer"))
    def answer_link(self, question: CallQuestion) -> str:
        """Lead to the answer."""
        return row_link(question.answer)

    @action(description=_("Answer…"), permissions=["answer"], icon="reply", variant=ActionVariant.PRIMARY)
    def answer_it(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Publish question and answer."""
        return AnswerStep.take(self, request, object_id)

    @action(description=_("Do not publish…"), permissions=["answer"], icon="block")
    def decline(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Leave the question unpublished, with a reason for its author."""
        return DeclineStep.take(self, request, object_id)


class CorrectionInline(ReadOnlyInline):
    """What put an answer right."""

    model = AnswerCorrection
    fields = readonly_fields = ("published_shown", "text", "published_by")
    published_shown = moment_column("published_at", _("published at"))


@admin.register(CallAnswer)
class CallAnswerAdmin(ReadOnlyAdmin):
    """Read what was answered about calls, and put it right in a text beneath."""

    steps = {"correct": CorrectStep}
    actions_detail = tuple(steps)
    inlines = (CorrectionInline,)
    list_display = ("short", "call", "number", "published_shown", "published_by")
    list_filter = (("call", admin.RelatedOnlyFieldListFilter),)
    list_select_related = ("call", "published_by")
    search_fields = ("question", "text")
    search_help_text = _("Words of the question or of the answer")
    empty_words = _("No answer has been published yet.")
    fieldsets = (
        (
            None,
            {"fields": (("call_link", "number"), "question", "text", ("published_shown", "published_by"))},
        ),
    )
    published_shown = moment_column("published_at", _("published at"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Fetch calls and people."""
        return super().get_queryset(request).select_related("call", "published_by")

    def has_correct_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow whoever may answer to put an answer right."""
        return request.user.has_perm("calls.change_callquestion")

    @display(description=_("question"))
    def short(self, answer: CallAnswer) -> str:
        """Show how the question begins."""
        return truncatechars(answer.question, SHORT)

    @display(description=_("call"))
    def call_link(self, answer: CallAnswer) -> str:
        """Lead to the call."""
        return row_link(answer.call)

    @action(description=_("Correct…"), permissions=["correct"], icon="edit_note")
    def correct(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Publish a correction beneath the answer."""
        return CorrectStep.take(self, request, object_id)
