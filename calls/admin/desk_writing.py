"""The counter: where officers find the drafts of bodies, and the bodies that came by, to write for them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from calls import services
from calls.admin.counter import FIELDSETS, CounterForm
from calls.admin.desk_writing_steps import BeginForBodyStep, WriteForBodyStep
from calls.models import Applicant, DeskWriting, Draft
from civicfund.desk import Queue, ReadOnlyAdmin, ReadOnlyInline, everything, moment_column, row_link


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
        """Fetch whose drafts they are."""
        return super().get_queryset(request).with_story()

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
        """Fetch their calls."""
        return super().get_queryset(request).select_related("call")

    @display(description=_("project"))
    def what(self, draft: Draft) -> str:
        """Lead to the draft."""
        return row_link(draft, draft.title)


@admin.register(Applicant)
class ApplicantAdmin(CounterAdmin):
    """Find the body that came to the counter, or register it, and begin an application for it."""

    form = CounterForm
    right = services.BEGIN_RIGHT
    steps = {"begin": BeginForBodyStep}
    actions_detail = ("begin",)
    inlines = (DraftInline,)
    list_display = ("legal_name", "kind", "tax_code", "city", "drafts")
    list_filter = ("kind",)
    search_fields = ("legal_name", "=tax_code", "=vat_number", "members__email")
    search_help_text = _("Name, tax code or e-mail of a member")
    ordering = ("legal_name",)
    empty_words = _("No organization has registered yet.")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Count the drafts of each body."""
        drafts = Count("applications", filter=Q(applications__status="draft"), distinct=True)
        return super().get_queryset(request).annotate(draft_count=drafts)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Allow whoever may begin applications for bodies to register one."""
        return request.user.has_perm(self.right)

    def get_fieldsets(self, request: HttpRequest, obj: Applicant | None = None) -> Any:
        """Ask for the whole record of a new body; show of a registered one what tells it from others."""
        if obj is None:
            return FIELDSETS
        names = ["legal_name", ("kind", "tax_code"), ("address", "city"), "email"]
        return [(None, {"fields": [*names, *(["registered_by"] if obj.registered_by_id else [])]})]

    def get_form(self, request: HttpRequest, obj: Applicant | None = None, **kwargs: Any) -> Any:
        """Ask in the form only when a body is registered."""
        return super().get_form(request, obj, **({**kwargs, "form": forms.ModelForm} if obj else kwargs))

    def save_model(self, request: HttpRequest, obj: Applicant, form: Any, change: bool) -> None:
        """Register it through the service."""
        made = services.register_at_counter(
            reason=form.cleaned_data["reason"], by=request.user, now=timezone.now(), **form.record()
        )
        obj.pk = made.pk

    def response_post_save_add(self, request: HttpRequest, obj: Applicant) -> HttpResponse:
        """Go on to the body's page, where its application is begun."""
        return HttpResponseRedirect(reverse("admin:calls_applicant_change", args=[obj.pk]))

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
