"""Who sits on which committee: appointed by an act, and how an office ends."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from accounts.models import User
from calls.models import Call, CallSession
from civicfund.desk import (
    DayWidget,
    DeskAdmin,
    Effects,
    Queue,
    ReasonForm,
    Refusal,
    Step,
    day_column,
    everything,
    moment_column,
)
from vetting import services
from vetting.models import Assignment, CommitteeMember


class AppointForm(forms.ModelForm):
    """Ask whom an act has appointed."""

    class Meta:
        model = CommitteeMember
        fields = ("call", "session", "user", "role", "is_substitute", "tax_code", "act_number", "act_date")
        widgets = {"act_date": DayWidget, "act_number": UnfoldAdminTextInputWidget}

    call = forms.ModelChoiceField(
        label=_("Call"), queryset=Call.objects.published(), widget=UnfoldAdminSelectWidget
    )
    session = forms.ModelChoiceField(
        label=_("Application window"),
        queryset=CallSession.objects.filter(call__status=Call.Status.PUBLISHED).select_related("call"),
        required=False,
        empty_label=_("all windows of the call"),
        widget=UnfoldAdminSelectWidget,
    )
    user = forms.ModelChoiceField(
        label=_("Person"),
        queryset=User.objects.filter(is_staff=True, is_active=True).order_by("full_name"),
        help_text=_("Somebody who signs in at this desk."),
        widget=UnfoldAdminSelectWidget,
    )

    def clean_act_date(self) -> Any:
        """Refuse a day to come."""
        day = self.cleaned_data["act_date"]
        if day > timezone.localdate():
            raise forms.ValidationError(
                gettext("This day is still to come: write the act here once it is adopted.")
            )
        return day

    def clean(self) -> dict[str, Any]:
        """Say beside the field what the service would refuse."""
        told = super().clean() or {}
        call, session, user = told.get("call"), told.get("session"), told.get("user")
        if not call:
            return told
        if session and session.call_id != call.pk:
            self.add_error("session", gettext("This window belongs to another call."))
            return told
        serving = CommitteeMember.objects.overlapping(call, session)
        if user and serving.filter(user=user).exists():
            self.add_error("user", gettext("This person sits on this committee already."))
        if told.get("role") == CommitteeMember.Role.PRESIDENT:
            if serving.filter(role=CommitteeMember.Role.PRESIDENT).exists():
                self.add_error("role", gettext("This committee has its president."))
            if told.get("is_substitute"):
                self.add_error("is_substitute", gettext("A president is no substitute."))
        return told

    def validate_constraints(self) -> None:
        """Leave them to `clean` and to the service: they need columns that only the service writes."""


class EndOfficeStep(Step):
    """End a member's office."""

    title = _("End the office")
    button = _("End it")
    template = "admin/vetting/end_office.html"
    form_class = ReasonForm
    is_grave = True
    too_late = _("This office has ended already.")
    effects = Effects.TRIED
    refusals = {
        services.OfficeEnded: Refusal(too_late),
        services.ReasonMissing: Refusal(_("Write the reason."), "reason"),
    }

    @classmethod
    def is_possible(cls, row: CommitteeMember) -> bool:
        """Say whether the member serves."""
        return row.ended_at is None

    def facts(self) -> list[tuple[Any, Any]]:
        """Say who it is."""
        return [
            (gettext("Member"), f"{self.row}, {self.row.office}"),
            (gettext("Call"), self.row.call),
            (gettext("Appointed by"), self.row.act_number),
        ]

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Say how many files pass to others."""
        held = self.row.assignments.to_judge().filter(round__closed_at=None).with_progress()
        done = held.filter(progress=Assignment.Progress.FINAL).count()
        return {"left": held.count() - done, "final": done}

    def act(self, values: dict[str, Any]) -> str:
        """End it."""
        services.end_office(
            member=self.row, reason=values["reason"], by=self.request.user, now=timezone.now()
        )
        return gettext("Ended. What was not judged has passed to others.")


@admin.register(CommitteeMember)
class CommitteeMemberAdmin(DeskAdmin):
    """Enter whom an act has appointed; end an office with a reason."""

    form = AppointForm
    steps = {"end": EndOfficeStep}
    actions_detail = ("end",)
    list_display = ("person", "call", "window", "office_shown", "act_number", "act_shown")
    list_filter = (("call", admin.RelatedOnlyFieldListFilter),)
    search_fields = ("user__full_name", "user__email", "act_number")
    search_help_text = _("Name, e-mail, number of the act")
    ordering = ("call", "session", "is_substitute", "-role", "pk")
    queues = (
        Queue(
            "serving",
            _("In office"),
            lambda rows, now: rows.filter(ended_at=None),
            _("No committee has been appointed: enter its members with the button above."),
        ),
        Queue(
            "ended",
            _("Ended"),
            lambda rows, now: rows.exclude(ended_at=None),
            _("No office has ended before its time."),
        ),
        everything(pgettext_lazy("masculine", "All"), _("No committee has been appointed yet.")),
    )
    act_shown = day_column("act_date", _("date of the act"))
    appointed_shown = moment_column("appointed_at", _("appointed at"))
    ended_shown = moment_column("ended_at", _("office ended at"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Fetch people and calls."""
        return (
            super()
            .get_queryset(request)
            .select_related("user", "call", "session", "appointed_by", "ended_by")
        )

    def get_fieldsets(self, request: HttpRequest, obj: CommitteeMember | None = None) -> list[Any]:
        """Show fields to type for a new member, words afterwards."""
        if obj is None:
            return [
                (None, {"fields": ("call", "session", "user", ("role", "is_substitute"), "tax_code")}),
                (_("Act of appointment"), {"fields": (("act_number", "act_date"),)}),
            ]
        names = [
            ("call", "session"),
            ("user", "office_shown"),
            "tax_code",
            ("act_number", "act_shown"),
            ("appointed_shown", "appointed_by"),
        ]
        if obj.ended_at:
            names += [("ended_shown", "ended_by"), "end_reason"]
        return [(None, {"fields": names})]

    def get_form(self, request: HttpRequest, obj: CommitteeMember | None = None, **kwargs: Any) -> Any:
        """Ask in the form only when somebody is appointed."""
        return super().get_form(request, obj, **({**kwargs, "form": forms.ModelForm} if obj else kwargs))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Allow whoever may set up committees."""
        return request.user.has_perm("vetting.assign_committee")

    def has_change_permission(self, request: HttpRequest, obj: CommitteeMember | None = None) -> bool:
        """Refuse: an appointment stays as the act made it."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: CommitteeMember | None = None) -> bool:
        """Refuse: appointments are kept."""
        return False

    def has_assign_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow whoever may set up committees."""
        return request.user.has_perm("vetting.assign_committee")

    def save_model(self, request: HttpRequest, obj: CommitteeMember, form: Any, change: bool) -> None:
        """Appoint through the service."""
        member = services.appoint_member(by=request.user, now=timezone.now(), **form.cleaned_data)
        obj.__dict__.update(member.__dict__)

    @display(description=_("person"), header=True, ordering="user__full_name")
    def person(self, row: CommitteeMember) -> list[str]:
        """Show the name over the address."""
        return [str(row.user), row.user.email]

    @display(description=_("window"))
    def window(self, row: CommitteeMember) -> str:
        """Show the number of the window, or that it is all of them."""
        return str(row.session.number) if row.session else gettext("all")

    @display(description=_("office"))
    def office_shown(self, row: CommitteeMember) -> str:
        """Show what the member is."""
        return row.office

    @action(
        description=_("End the office…"), permissions=["assign"], icon="logout", variant=ActionVariant.DANGER
    )
    def end(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """End a member's office."""
        return EndOfficeStep.take(self, request, object_id)
