"""The desk's list of formal checks, the one that is due first on top."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from civicfund.desk import Queue, ReadOnlyAdmin, everything
from civicfund.templatetags.clock import by_when, until
from vetting.admin.eligibility_checklist import ChecklistStep, page_of
from vetting.admin.eligibility_steps import AdmissibleStep, InadmissibleStep, ReopenStep, asked_of
from vetting.admin.integration_steps import AskStep, CallOffStep
from vetting.models import EligibilityCheck

Outcome = EligibilityCheck.Outcome
COLOURS = {
    "open": "warning",
    "late": "danger",
    "asked": "default",
    "answered": "info",
    "lapsed": "danger",
    "admissible": "success",
    "inadmissible": "danger",
}


@admin.register(EligibilityCheck)
class EligibilityCheckAdmin(ReadOnlyAdmin):
    """Go through the formal checks, one after the other."""

    steps = {
        "checklist": ChecklistStep,
        "ask": AskStep,
        "admissible": AdmissibleStep,
        "inadmissible": InadmissibleStep,
        "call_off": CallOffStep,
        "reopen": ReopenStep,
    }
    actions_detail = ("checklist", "ask", "admissible", "inadmissible", "call_off", "reopen")
    list_display = ("project", "protocol", "window", "due", "standing")
    list_filter = (("application__call", admin.RelatedOnlyFieldListFilter),)
    search_fields = (
        "application__protocol_number",
        "application__title",
        "application__organization__legal_name",
        "=application__organization__tax_code",
    )
    search_help_text = _("Protocol number, title, organization, tax code")
    ordering = ("due_at", "pk")
    queues = (
        Queue(
            "to_check",
            _("To check"),
            lambda rows, now: rows.waiting().exclude(
                pk__in=EligibilityCheck.objects.came_back().values("pk")
            ),
            _("No application waits for its formal check."),
            waits=_("Applications to check"),
            icon="fact_check",
            due="due_at",
        ),
        Queue(
            "came_back",
            _("Answer in or time over"),
            lambda rows, now: rows.filter(pk__in=EligibilityCheck.objects.came_back().values("pk")),
            _("No application has come back."),
            waits=_("Applications with an answer, or whose time to answer is over"),
            icon="mark_email_read",
            due="due_at",
        ),
        Queue(
            "asked",
            _("Waiting for the organization"),
            lambda rows, now: rows.asked(),
            _("No organization is asked for anything."),
        ),
        Queue(
            "admissible",
            _("Admissible"),
            lambda rows, now: rows.filter(outcome=Outcome.ADMISSIBLE),
            _("No application was found admissible yet."),
        ),
        Queue(
            "inadmissible",
            _("Not admissible"),
            lambda rows, now: rows.filter(outcome=Outcome.INADMISSIBLE),
            _("No application was found not admissible."),
        ),
        everything(_("All"), _("No formal check has begun yet.")),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Fetch what the list shows."""
        rows = (
            super()
            .get_queryset(request)
            .select_related("application__organization", "application__call", "application__session")
        )
        return rows.prefetch_related("application__integration_requests__opening")

    def has_check_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow whoever may change formal checks to fill them in and conclude them."""
        return request.user.has_perm("vetting.change_eligibilitycheck")

    def may_write(self, request: HttpRequest, check: EligibilityCheck) -> bool:
        """Say whether the officer may fill a check in: not that of the own body."""
        own = check.application.organization.members.filter(pk=request.user.pk).exists()
        return self.has_check_permission(request) and not own

    def offered(self, request: HttpRequest, check: EligibilityCheck) -> list[dict[str, Any]]:
        """Return the steps that can be taken now, each with its address."""
        if not self.may_write(request, check):
            return []
        steps = {name: step for name, step in self.steps.items() if name != "checklist"}
        return [
            {"name": name, "step": step, "url": page_of(check, name.replace("_", "-"))}
            for name, step in steps.items()
            if step.is_possible(check)
        ]

    @display(description=_("project"), header=True, ordering="application__title")
    def project(self, check: EligibilityCheck) -> list[str]:
        """Show the title over the name of the body."""
        return [check.application.title, check.application.organization.legal_name]

    @display(description=_("protocol number"), ordering="application__protocol_number", empty_value="–")
    def protocol(self, check: EligibilityCheck) -> str | None:
        """Show the number it was handed in under."""
        return check.application.protocol_number

    @display(description=_("window"), ordering="application__session__opens_at")
    def window(self, check: EligibilityCheck) -> str:
        """Show edition and number of the application window."""
        session = check.application.session
        return f"{check.application.call.edition}\u00a0·\u00a0{session.number}" if session else "–"

    @display(description=_("due by"), ordering="due_at")
    def due(self, check: EligibilityCheck) -> str:
        """Tell by when it is to be concluded."""
        return by_when(check.due_at)

    @display(description=_("where it stands"), label=COLOURS)
    def standing(self, check: EligibilityCheck) -> tuple[str, str]:
        """Tell the state in words: what is asked, what came in, what is late."""
        if not check.is_open:
            return check.outcome, check.get_outcome_display()
        if asked := asked_of(check):
            return "asked", gettext("asked, %(until)s") % {"until": until(asked.due_at)}
        ended = [
            one for one in check.application.integration_requests.all() if one.answered_at or one.lapsed_at
        ]
        if ended:
            return ended[-1].state, ended[-1].get_state_display()
        if check.due_at <= timezone.now():
            return "late", gettext("late")
        return "open", check.get_outcome_display()

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """Show the checklist."""
        check = self.get_object(request, unquote(object_id))
        if check is None:
            return super().change_view(request, object_id, form_url, extra_context)
        if request.method == "POST" or not self.has_view_permission(request, check):
            raise PermissionDenied
        step = ChecklistStep(self, request, check)
        return step.page(step.form_class(initial=step.initial(), **step.form_arguments()))

    @action(description=_("Save the checklist"), permissions=["check"])
    def checklist(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Keep the answers."""
        return ChecklistStep.take(self, request, object_id)

    @action(description=_("Ask for what is missing…"), permissions=["check"], icon="contact_support")
    def ask(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask the body for what is missing."""
        return AskStep.take(self, request, object_id)

    @action(description=_("Admissible…"), permissions=["check"], variant=ActionVariant.PRIMARY)
    def admissible(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Find the application admissible."""
        return AdmissibleStep.take(self, request, object_id)

    @action(description=_("Not admissible…"), permissions=["check"], variant=ActionVariant.DANGER)
    def inadmissible(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Find the application not admissible."""
        return InadmissibleStep.take(self, request, object_id)

    @action(description=_("Call the request off…"), url_path="call-off", permissions=["check"])
    def call_off(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Take the request back."""
        return CallOffStep.take(self, request, object_id)

    @action(description=_("Take the check up again…"), permissions=["check"])
    def reopen(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Open a concluded check again."""
        return ReopenStep.take(self, request, object_id)
