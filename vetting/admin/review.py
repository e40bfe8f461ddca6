"""The desk's pages of reviews: what a body asks to be looked at again, the sheets, and the answer."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminRadioSelectWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from civicfund.desk import (
    Effects,
    Queue,
    ReadOnlyAdmin,
    Refusal,
    Step,
    StepForm,
    everything,
    moment_column,
    row_link,
    status_column,
)
from civicfund.templatetags.clock import moment
from vetting import services
from vetting.models import ReviewRequest, ScoreSheet
from vetting.points import NotPoints, parse_points
from vetting.reasons import points, sentences_of
from vetting.services.ranking_input import aliases_of

COLOURS = {"pending": "warning", "upheld": "success", "rejected": "default"}
#: What is typed where a criterion does not apply.
LEFT_OUT = "-"


class AnswerForm(StepForm):
    """Ask for the outcome, the answer, and the points that the committee gives instead, sheet by sheet."""

    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=[("rejected", _("The place stays as it is")), ("upheld", _("The place is looked at again"))],
        widget=UnfoldAdminRadioSelectWidget,
    )
    answer = forms.CharField(
        label=_("The answer"),
        help_text=_("The members of the organization read it in the mail."),
        max_length=4000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 6}),
    )

    def __init__(self, *args: Any, review: ReviewRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cells = {
            f"points_{sheet.pk}_{score.criterion_id}": (name, sheet, score)
            for name, sheet, score in scores_of(review)
        }
        for field, (name, _sheet, score) in self.cells.items():
            self.fields[field] = forms.CharField(
                label=f"{capfirst(name)} · {score.criterion.name}",
                help_text=gettext("Now: %(now)s. Empty: it stays; “-”: the criterion does not apply.")
                % {"now": points(score.points)},
                required=False,
                widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal", "class": "desk-amount"}),
            )

    @property
    def grouped(self) -> list[tuple[Any, list[Any]]]:
        """Return the answer first, then each member's points under the member's public name."""
        sheets: dict[str, list[Any]] = {}
        for field, (name, _sheet, _score) in self.cells.items():
            sheets.setdefault(name, []).append(self[field])
        given = [self["outcome"], self["answer"]]
        names = ((gettext("Points of: %(name)s") % {"name": name}, ones) for name, ones in sheets.items())
        return [("", given), *names]

    def clean(self) -> dict[str, Any]:
        """Read the points that were typed, each next to its field; only a review that is upheld has any."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        data["corrections"] = []
        for field, (_name, sheet, score) in self.cells.items():
            typed = (data.get(field) or "").strip()
            if not typed:
                continue
            if data.get("outcome") != "upheld":
                self.add_error(field, gettext("Points change only where the review is upheld."))
                continue
            try:
                given = None if typed == LEFT_OUT else parse_points(typed)
            except NotPoints:
                self.add_error(field, gettext("Write points, with two decimals at most."))
                continue
            if given is not None and given > score.criterion.max_points * 100:
                most = {"most": score.criterion.max_points}
                self.add_error(field, gettext("At most %(most)s points.") % most)
                continue
            data["corrections"].append(services.Correction(sheet, score.criterion, given))
        return data


def scores_of(review: ReviewRequest) -> Iterator[tuple[str, ScoreSheet, Any]]:
    """Yield the scores of the sheets about a reviewed application, each under the member's public name."""
    application = review.entry.application
    names = aliases_of(application.session)
    sheets = ScoreSheet.objects.counting().filter(assignment__application=application).with_scores()
    for sheet in sheets.order_by("assignment__member_id"):
        for score in sheet.scores.all():
            yield names[sheet.assignment.member_id], sheet, score


class AnswerStep(Step):
    """Answer a review."""

    title = _("Answer the review")
    button = _("Answer")
    lead = _(
        "The answer cannot be changed. Points that the committee corrects count in the next version of the ranking."
    )
    template = "admin/vetting/answer_review.html"
    effects = Effects.TRIED
    form_class = AnswerForm
    is_grave = True
    refusals = {
        services.ReasonMissing: Refusal(_("Write the answer."), "answer"),
        services.ReviewMovedOn: Refusal(Step.too_late),
        services.WrongPoints: Refusal(_("These points do not fit.")),
    }

    @classmethod
    def is_possible(cls, row: ReviewRequest) -> bool:
        """Say whether it waits for an answer."""
        return row.outcome == ReviewRequest.Outcome.PENDING

    def form_arguments(self) -> dict[str, Any]:
        """Tell the form which review it answers."""
        return {"review": self.row}

    def initial(self) -> dict[str, Any]:
        """Begin with what happens most often."""
        return {"outcome": "rejected"}

    def facts(self) -> list[tuple[Any, Any]]:
        """Say what is asked, and what the ranking says."""
        entry = self.row.entry
        return [
            (gettext("Application"), f"{entry.application.protocol_number} · {entry.title}"),
            (gettext("Organization"), entry.body),
            (gettext("Place"), " ".join(sentences_of(entry))),
            (gettext("Asked by"), f"{self.row.filed_by}, {moment(self.row.filed_at)}"),
            (gettext("What should be looked at again"), self.row.text),
        ]

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Say whom the mail reaches and what waits."""
        return {
            "members": self.row.application.organization.members.filter(is_active=True).count(),
            "entry": self.row.entry,
        }

    def act(self, values: dict[str, Any]) -> str:
        """Answer."""
        services.answer_review(
            review=self.row,
            upheld=values["outcome"] == "upheld",
            answer=values["answer"],
            corrections=values.get("corrections", []),
            by=self.request.user,
            now=timezone.now(),
        )
        return gettext("Answered: the organization gets a mail.")


@admin.register(ReviewRequest)
class ReviewRequestAdmin(ReadOnlyAdmin):
    """Read the reviews that bodies ask for, and answer them."""

    steps = {"answer_it": AnswerStep}
    actions_detail = tuple(steps)
    list_display = ("project", "call", "filed_shown", "state")
    list_filter = (("entry__ranking__session__call", admin.RelatedOnlyFieldListFilter),)
    search_fields = ("entry__title", "entry__application__protocol_number")
    search_help_text = _("Protocol number, title")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "application_link",
                    "place",
                    "text",
                    ("filed_shown", "filed_by"),
                    ("outcome", "answer"),
                    ("decided_shown", "decided_by"),
                )
            },
        ),
    )
    queues = (
        Queue(
            "pending",
            _("To answer"),
            lambda rows, now: rows.pending(),
            _("No review waits for an answer."),
            waits=_("Reviews to answer"),
            icon="rate_review",
        ),
        everything(pgettext_lazy("feminine", "All"), _("Nobody has asked for a review.")),
    )
    filed_shown = moment_column("filed_at", _("asked at"))
    decided_shown = moment_column("decided_at", _("answered at"))
    state = status_column("outcome", _("outcome"), COLOURS)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Fetch places, applications and people."""
        rows = super().get_queryset(request)
        return rows.select_related(
            "entry__ranking__session__call", "entry__application__organization", "filed_by", "decided_by"
        )

    def has_answer_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow whoever may change reviews to answer them."""
        return request.user.has_perm("vetting.change_reviewrequest")

    @display(description=_("project"), header=True)
    def project(self, review: ReviewRequest) -> list[str]:
        """Show the title over the name of the body."""
        return [review.entry.title, review.entry.body]

    @display(description=_("call"))
    def call(self, review: ReviewRequest) -> str:
        """Name the call."""
        return str(review.entry.ranking.call)

    @display(description=_("application"))
    def application_link(self, review: ReviewRequest) -> str:
        """Lead to the application."""
        return row_link(review.entry.application)

    @display(description=_("place in the ranking"))
    def place(self, review: ReviewRequest) -> str:
        """Say what the ranking says."""
        return " ".join(sentences_of(review.entry))

    @action(
        description=_("Answer…"),
        url_path="answer",
        permissions=["answer"],
        icon="rate_review",
        variant=ActionVariant.PRIMARY,
    )
    def answer_it(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Answer a review."""
        return AnswerStep.take(self, request, object_id)
