from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextareaWidget

from calls import services
from calls.models import CallFaq
from civicfund.desk import (
    DeskAdmin,
    Effects,
    Queue,
    ReadOnlyInline,
    Refusal,
    Step,
    everything,
    moment_column,
    row_link,
)
from civicfund.templatetags.clock import moment


class EndFaqStep(Step):
    """Take an answer off the page."""

    title = _("Take the answer off the page")
    button = _("Take it off")
    lead = _("The public no longer reads it; the desk keeps every wording.")
    template = "admin/calls/end_faq.html"
    effects = Effects.TOLD
    refusals = {services.FaqMovedOn: Refusal(Step.too_late)}

    @classmethod
    def is_possible(cls, row: CallFaq) -> bool:
        """Say whether the public reads it."""
        return row.ended_at is None

    def facts(self) -> list[tuple[Any, Any]]:
        """Say which answer it is."""
        return [
            (gettext("Call"), self.row.call),
            (gettext("Question"), self.row.question),
            (gettext("Written"), f"{self.row.written_by}, {moment(self.row.written_at)}"),
        ]

    def act(self, values: dict[str, Any]) -> str:
        """Take it off."""
        services.end_faq(faq=self.row, by=self.request.user, now=timezone.now())
        return gettext("The public no longer reads this answer.")


class FaqInline(ReadOnlyInline):
    """The answers on a call's page, each with its way to be changed."""

    model = CallFaq
    hide_title = False
    fields = readonly_fields = ("position", "question_link", "written_shown", "ended_shown")
    written_shown = moment_column("written_at", _("written at"))
    ended_shown = moment_column("ended_at", _("shown until"))

    @display(description=_("question"))
    def question_link(self, faq: CallFaq) -> str:
        """Lead to the answer."""
        return row_link(faq, faq.question)


@admin.register(CallFaq)
class CallFaqAdmin(DeskAdmin):
    """Write the answers of calls, drafts and published ones; a change is a new wording, and none is lost."""

    steps = {"end": EndFaqStep}
    actions_detail = tuple(steps)
    list_display = ("question", "call", "position", "written_shown", "written_by", "ended_shown")
    list_filter = (("call", admin.RelatedOnlyFieldListFilter),)
    list_select_related = ("call", "written_by")
    search_fields = ("question", "answer")
    search_help_text = _("Words of the question or of the answer")
    queues = (
        Queue(
            "current",
            _("On the pages"),
            lambda rows, now: rows.current(),
            _("No call has an answer yet: write the first one with the button above."),
        ),
        everything(_("All, with earlier wordings"), _("Nobody has written an answer.")),
    )
    written_shown = moment_column("written_at", _("written at"))
    ended_shown = moment_column("ended_at", _("shown until"))

    def get_fields(self, request: HttpRequest, obj: CallFaq | None = None) -> tuple[str, ...]:
        """Ask for words, and tell the story of what is there."""
        typed = ("call", "position", "question", "answer")
        return typed if obj is None else (*typed, "written_shown", "written_by", "ended_shown", "earlier")

    def get_readonly_fields(self, request: HttpRequest, obj: CallFaq | None = None) -> tuple[str, ...]:
        """Leave an answer with its call."""
        return () if obj is None else ("call", "written_shown", "written_by", "ended_shown", "earlier")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Give the answer room."""
        if db_field.name == "answer":
            kwargs["widget"] = UnfoldAdminTextareaWidget(attrs={"rows": 10})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: CallFaq | None = None) -> bool:
        """Allow the wording that the public reads to be changed."""
        return super().has_change_permission(request, obj) and (obj is None or obj.ended_at is None)

    def has_delete_permission(self, request: HttpRequest, obj: CallFaq | None = None) -> bool:
        """Refuse: every wording is kept."""
        return False

    def has_end_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow whoever may change answers to take them off."""
        return request.user.has_perm("calls.change_callfaq")

    def save_model(self, request: HttpRequest, obj: CallFaq, form: Any, change: bool) -> None:
        """Write through the service; what follows of the page belongs to the new wording."""
        signed = {"by": request.user, "now": timezone.now()}
        if change:
            earlier = CallFaq.objects.get(pk=obj.pk)
            faq = services.change_faq(faq=earlier, **{"position": obj.position, **_words(obj)}, **signed)
        else:
            faq = services.write_faq(call=obj.call, position=obj.position, **_words(obj), **signed)
        obj.__dict__.update(faq.__dict__)

    @display(description=_("earlier wordings"))
    def earlier(self, faq: CallFaq) -> str | SafeString:
        """Lead back through what the answer said before."""
        return row_link(faq.replaces, moment(faq.replaces.written_at)) if faq.replaces else "–"

    @action(description=_("Take off…"), permissions=["end"], icon="visibility_off")
    def end(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Take the answer off the page."""
        return EndFaqStep.take(self, request, object_id)


def _words(faq: CallFaq) -> dict[str, str]:
    return {"question": faq.question, "answer": faq.answer}
