"""Requests to act for a body: the officers read the proof and decide, with a reason."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminSelectWidget

from accounts import services
from accounts.models import Claim, ClaimObjection, Membership, OrganizationPaper
from civicfund.desk import (
    Effects,
    Queue,
    ReadOnlyAdmin,
    ReadOnlyInline,
    ReasonForm,
    Refusal,
    Step,
    after,
    everything,
    moment_column,
    row_link,
    status_column,
)
from civicfund.templatetags.clock import moment

COLOURS = {"open": "warning", "accepted": "success", "refused": "danger"}
LATE = _("This request has been decided already.")


def paper_link(paper: OrganizationPaper | None) -> SafeString | str:
    """Lead to a file of a body."""
    if paper is None:
        return "–"
    url = reverse("accounts:organization_paper", args=[paper.public_id])
    return format_html(
        '<a class="text-link" href="{}">{} ({})</a>', url, paper.name, paper.get_kind_display()
    )


def _body_of(claim: Claim) -> str:
    """Name a body, and say when it has come from the counter."""
    if claim.organization.registered_by is None:
        return str(claim.organization)
    return gettext("%(name)s, registered at the counter by %(officer)s") % {
        "name": claim.organization,
        "officer": claim.organization.registered_by,
    }


class DecideStep(Step):
    """Decide about a request."""

    template = "admin/accounts/decide_claim.html"
    form_class = ReasonForm
    too_late = LATE
    effects = Effects.TRIED
    refusals = {
        services.ClaimDecided: Refusal(LATE),
        services.NotNeutral: Refusal(
            _("You act for this organization or ask yourself: somebody else decides.")
        ),
        services.ReasonMissing: Refusal(_("Write the reason."), "reason"),
    }

    @classmethod
    def is_possible(cls, row: Claim) -> bool:
        """Say whether nobody has decided yet."""
        return row.status == Claim.Status.OPEN

    def facts(self) -> list[tuple[Any, Any]]:
        """Show who asks for what, the proof, and what the owners say."""
        claim = self.row
        objections = [f"{each.by}: {each.words}" for each in claim.objections.select_related("by")]
        return [
            (gettext("Person"), f"{claim.person} ({claim.person.email})"),
            (gettext("Organization"), _body_of(claim)),
            (gettext("In the person's words"), claim.words),
            (gettext("Proof"), paper_link(claim.proof)),
            (gettext("Asked"), moment(claim.asked_at)),
            (gettext("Objections of the owners"), " · ".join(objections) or gettext("none so far")),
        ]

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Say who is told."""
        return {"claim": self.row, "accepts": isinstance(self, AcceptClaimStep)}


class AcceptForm(ReasonForm):
    """Ask for the role."""

    field_order = ("role", "reason")

    role = forms.ChoiceField(label=_("Role"), choices=Membership.Role.choices, widget=UnfoldAdminSelectWidget)


class AcceptClaimStep(DecideStep):
    """Let the person act for the body."""

    title = _("Accept the request")
    button = _("Accept")
    form_class = AcceptForm

    def initial(self) -> dict[str, Any]:
        """Begin with the owner's role for a body that nobody answers for yet, and with the editor's elsewhere."""
        owners = self.row.organization.memberships.filter(role=Membership.Role.OWNER, user__is_active=True)
        return {"role": Membership.Role.EDITOR if owners.exists() else Membership.Role.OWNER}

    def act(self, values: dict[str, Any]) -> str:
        """Accept it."""
        services.accept_claim(
            claim=self.row,
            role=values["role"],
            reason=values["reason"],
            by=self.request.user,
            now=timezone.now(),
        )
        return gettext("Accepted: the person acts for the organization now, and everybody gets a mail.")


class RefuseClaimStep(DecideStep):
    """Say no."""

    title = _("Do not accept the request")
    button = _("Do not accept")
    is_grave = True

    def act(self, values: dict[str, Any]) -> str:
        """Refuse it."""
        services.refuse_claim(
            claim=self.row, reason=values["reason"], by=self.request.user, now=timezone.now()
        )
        return gettext("Not accepted: the person reads your reason in a mail.")


class ObjectionInline(ReadOnlyInline):
    model = ClaimObjection
    fields = readonly_fields = ("by", "words", "at_shown")
    verbose_name_plural = _("objections of the owners")
    at_shown = moment_column("at", _("objected at"))


@admin.register(Claim)
class ClaimAdmin(ReadOnlyAdmin):
    """Read requests with their proofs, and decide."""

    steps = {"accept": AcceptClaimStep, "refuse": RefuseClaimStep}
    actions_detail = ("accept", "refuse")
    inlines = (ObjectionInline,)
    list_display = ("person", "organization", "asked_shown", "state")
    list_select_related = ("person", "organization")
    search_fields = ("person__email", "organization__legal_name", "=organization__tax_code")
    search_help_text = _("Person, name or tax code")
    ordering = ("asked_at",)
    fieldsets = (
        (None, {"fields": (("person_link", "body_link"), ("asked_shown", "state"), "words", "proof_link")}),
        (_("Decision"), {"fields": (("decided_by", "decided_shown"), "role", "reason")}),
    )
    readonly_fields = ("person_link", "body_link", "proof_link")
    queues = (
        Queue(
            "open",
            _("To decide"),
            lambda rows, now: rows.waiting(),
            _("Nobody asks to act for an organization."),
            waits=_("Requests to act for an organization"),
            icon="how_to_reg",
            due=after("asked_at", days=5),
        ),
        everything(pgettext_lazy("feminine", "All"), _("Nobody has asked to act for an organization yet.")),
    )
    asked_shown = moment_column("asked_at", _("asked at"))
    decided_shown = moment_column("decided_at", _("decided at"))
    state = status_column("status", _("state"), COLOURS)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Fetch who asks, and for which body."""
        return super().get_queryset(request).select_related("person", "organization__registered_by", "proof")

    @display(description=_("person"))
    def person_link(self, claim: Claim) -> str:
        """Lead to the person."""
        return row_link(claim.person, f"{claim.person} ({claim.person.email})")

    @display(description=_("organization"))
    def body_link(self, claim: Claim) -> str:
        """Lead to the body."""
        return row_link(claim.organization)

    @display(description=_("proof"))
    def proof_link(self, claim: Claim) -> str:
        """Lead to the proof."""
        return paper_link(claim.proof)

    def has_decide_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow whoever may change requests to decide about them."""
        return request.user.has_perm(services.DECIDE_RIGHT)

    @action(description=_("Accept…"), permissions=["decide"], icon="check", variant=ActionVariant.PRIMARY)
    def accept(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Let the person act for the body."""
        return AcceptClaimStep.take(self, request, object_id)

    @action(description=_("Do not accept…"), permissions=["decide"], icon="close")
    def refuse(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Say no."""
        return RefuseClaimStep.take(self, request, object_id)
