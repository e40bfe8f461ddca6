"""The counter: officers write an application for its body, or begin one, with a reason that the body reads."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from calls import services
from calls.models import Applicant, Application, Call, DeskWriting, Draft
from civicfund.desk import (
    Queue,
    ReadOnlyAdmin,
    ReadOnlyInline,
    ReasonForm,
    Refusal,
    Step,
    everything,
    moment_column,
    row_link,
)
from civicfund.templatetags.clock import by_when

CLOSED = _("No window of the call is open, or the application is decided: the office writes for nobody now.")
REFUSALS = {
    services.NotAnOfficer: Refusal(_("You may not write for organizations.")),
    services.NotForOwnBody: Refusal(Step.own_body),
    services.ReasonMissing: Refusal(_("Write the reason."), "reason"),
    services.DeskClosed: Refusal(CLOSED),
    services.ApplicationClosed: Refusal(CLOSED),
}


class WritingReasonForm(ReasonForm):
    """Ask why the office writes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = _(
            "The organization reads it in a mail, in its story and on the receipt. For example: came to the counter on "
            "12 May with the signed papers."
        )


class WriteForBodyStep(Step):
    """Open an application to write it for its body."""

    title = _("Write for the organization")
    button = _("Open the application")
    lead = _("You write in the same steps as the organization itself, and every step you change is marked.")
    template = "admin/calls/write_for_body.html"
    form_class = WritingReasonForm
    too_late = CLOSED
    refusals = REFUSALS
    #: The time of writing that was begun, which leads out of the desk.
    begun: DeskWriting | None = None

    @classmethod
    def is_possible(cls, row: Application) -> bool:
        """Say whether a window is open, and the application a draft or still to be taken back."""
        return services.is_desk_open(row, timezone.now())

    def facts(self) -> list[tuple[Any, Any]]:
        """Say whose application it is, and until when it can be written."""
        session = self.row.call.session_open_at(timezone.now())
        return [
            (gettext("Organization"), f"{self.row.organization} ({self.row.organization.tax_code})"),
            (gettext("Project"), self.row.title),
            (gettext("Call"), self.row.call),
            (gettext("Deadline"), by_when(session.closes_at) if session else "–"),
        ]

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Say how long, and whom the mail reaches."""
        return {
            "hours": int(DeskWriting.LASTS.total_seconds() // 3600),
            "members": self.row.organization.members.filter(is_active=True).count(),
            "is_submitted": self.row.status == Application.Status.SUBMITTED,
        }

    def act(self, values: dict[str, Any]) -> str:
        """Open it."""
        self.begun = services.begin_desk_writing(
            application=self.row, reason=values["reason"], by=self.request.user, now=timezone.now()
        )
        return gettext("You write for the organization now.")

    def leave(self) -> HttpResponse:
        """Go on to the steps of the application, or back to where the officer came from."""
        if self.begun is None:
            return super().leave()
        application = self.begun.application
        is_draft = application.status == Application.Status.DRAFT
        name = "calls:application_edit" if is_draft else "calls:application_detail"
        return HttpResponseRedirect(reverse(name, args=[application.public_id]))


class BeginForm(WritingReasonForm):
    """Ask to which call, and what the project is called."""

    field_order = ("call", "title", "reason")

    call = forms.ModelChoiceField(
        Call.objects.none(), label=_("Call"), empty_label=None, widget=UnfoldAdminSelectWidget
    )
    title = forms.CharField(
        label=_("Title of the project"), max_length=120, widget=UnfoldAdminTextInputWidget
    )

    def __init__(self, *args: Any, body: Applicant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["call"].queryset = calls_for(body)  # type: ignore[attr-defined]


class BeginForBodyStep(WriteForBodyStep):
    """Begin an application for a body that came to the counter."""

    title = _("Begin an application for the organization")
    button = _("Begin it and open its steps")
    form_class = BeginForm
    too_late = _("No call that admits this kind of organization takes applications now.")
    refusals = {
        **REFUSALS,
        services.KindNotAdmitted: Refusal(_("The call does not admit this kind of organization."), "call"),
    }

    @classmethod
    def is_possible(cls, row: Any) -> bool:
        """Say whether a call takes applications of bodies of this kind."""
        return calls_for(row).exists()

    def form_arguments(self) -> dict[str, Any]:
        """Tell the form for which body."""
        return {"body": self.row}

    def facts(self) -> list[tuple[Any, Any]]:
        """Say for whom, and who will be told."""
        members = self.row.members.filter(is_active=True).order_by("pk")
        return [
            (gettext("Organization"), f"{self.row} ({self.row.get_kind_display()})"),
            (gettext("Tax code"), self.row.tax_code),
            (gettext("Members"), ", ".join(f"{each} ({each.email})" for each in members) or "–"),
        ]

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Say how long, and whom the mail reaches."""
        return {
            "hours": int(DeskWriting.LASTS.total_seconds() // 3600),
            "members": self.row.members.filter(is_active=True).count(),
            "begins": True,
        }

    def act(self, values: dict[str, Any]) -> str:
        """Begin it."""
        self.begun = services.begin_for_body(
            call=values["call"],
            organization=self.row,
            title=values["title"],
            reason=values["reason"],
            by=self.request.user,
            now=timezone.now(),
        )
        return gettext("Begun: you write for the organization now.")


def calls_for(body: Any) -> QuerySet[Call]:
    """Return the calls that take applications of a body now."""
    return Call.objects.accepting(timezone.now()).filter(eligible_kinds__contains=[body.kind])


class DeskWritingInline(ReadOnlyInline):
    model = DeskWriting
    fields = readonly_fields = ("by", "reason", "begun_shown", "ended_shown")
    verbose_name_plural = _("who wrote for the organization")
    begun_shown = moment_column("begun_at", _("begun at"))
    ended_shown = moment_column("ended_at", _("ended at"))


class CounterAdmin(ReadOnlyAdmin):
    """What the counter finds: shown to those who may write for bodies."""

    right = ""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow whoever may write for bodies."""
        return request.user.has_perm(self.right)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Allow whoever may write for bodies."""
        return request.user.has_perm(self.right)

    def has_counter_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow whoever may write for bodies."""
        return request.user.has_perm(self.right)


@admin.register(Draft)
class DraftAdmin(CounterAdmin):
    """Find a body's draft by name or code, and open it with a reason: what it says stands on no page of the desk."""

    right = services.ACT_RIGHT
    steps = {"write": WriteForBodyStep}
    actions_detail = ("write",)
    inlines = (DeskWritingInline,)
    list_display = ("project", "call", "changed_shown")
    list_filter = (("call", admin.RelatedOnlyFieldListFilter),)
    search_fields = ("title", "organization__legal_name", "=organization__tax_code")
    search_help_text = _("Title, organization or tax code")
    ordering = ("-updated_at",)
    fieldsets = ((None, {"fields": ("title", ("body_link", "call"), ("begun_shown", "changed_shown"))}),)
    readonly_fields = ("body_link",)
    queues = (
        Queue(
            "open",
            _("To be handed in"),
            lambda rows, now: rows.filter(
                call__status="published", call__sessions__opens_at__lte=now, call__sessions__closes_at__gt=now
            ).distinct(),
            _("No draft of an open call."),
        ),
        everything(pgettext_lazy("feminine", "All"), _("No organization is writing an application.")),
    )
    begun_shown = moment_column("created_at", _("begun at"))
    changed_shown = moment_column("updated_at", _("changed at"))

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Keep the drafts, and what is opened for a body to be taken back."""
        return super().get_queryset(request).with_story().filter(status=Application.Status.DRAFT)

    @display(description=_("project"), header=True, ordering="title")
    def project(self, draft: Draft) -> list[str]:
        """Show the title over the name of the body."""
        return [draft.title, f"{draft.organization.legal_name} · {draft.organization.tax_code}"]

    @display(description=_("organization"))
    def body_link(self, draft: Draft) -> str:
        """Lead to the body."""
        return row_link(draft.organization)

    @action(
        description=_("Write for the organization…"),
        permissions=["counter"],
        icon="edit_note",
        variant=ActionVariant.PRIMARY,
    )
    def write(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Open the draft for its body."""
        return WriteForBodyStep.take(self, request, object_id)


class DraftInline(ReadOnlyInline):
    model = Draft
    fk_name = "organization"
    fields = readonly_fields = ("what", "call", "changed_shown")
    verbose_name_plural = _("its drafts")
    changed_shown = moment_column("updated_at", _("changed at"))

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Keep the drafts."""
        return super().get_queryset(request).filter(status=Application.Status.DRAFT).select_related("call")

    @display(description=_("project"))
    def what(self, draft: Draft) -> str:
        """Lead to the draft."""
        return row_link(draft, draft.title)


@admin.register(Applicant)
class ApplicantAdmin(CounterAdmin):
    """Find the body that came to the counter, and begin an application for it."""

    right = services.BEGIN_RIGHT
    steps = {"begin": BeginForBodyStep}
    actions_detail = ("begin",)
    inlines = (DraftInline,)
    list_display = ("legal_name", "kind", "tax_code", "city", "drafts")
    list_filter = ("kind",)
    search_fields = ("legal_name", "=tax_code", "=vat_number", "members__email")
    search_help_text = _("Name, tax code or e-mail of a member")
    ordering = ("legal_name",)
    fieldsets = ((None, {"fields": ("legal_name", ("kind", "tax_code"), ("address", "city"), "email")}),)
    empty_words = _("No organization has registered yet.")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Count the drafts of each body."""
        drafts = Count("applications", filter=Q(applications__status="draft"), distinct=True)
        return super().get_queryset(request).annotate(draft_count=drafts)

    @display(description=_("drafts"), ordering="draft_count")
    def drafts(self, body: Any) -> int:
        """Show how many drafts the body has."""
        return body.draft_count

    @action(
        description=_("Begin an application…"),
        permissions=["counter"],
        icon="post_add",
        variant=ActionVariant.PRIMARY,
    )
    def begin(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Begin an application for the body."""
        return BeginForBodyStep.take(self, request, object_id)
