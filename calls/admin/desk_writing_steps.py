"""The steps by which an officer opens a body's application to write it, or begins one, with a reason the body reads."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from calls import services
from calls.models import Applicant, Application, Call, DeskWriting
from civicfund.desk import (
    Effects,
    ReasonForm,
    Refusal,
    Step,
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
    effects = Effects.TOLD
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
