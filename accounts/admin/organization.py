"""The officers' view of a body: its record, which they correct with a reason, who acts for it, accounts and requests."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from accounts.admin.claim import paper_link
from accounts.admin.correction import CorrectStep
from accounts.models import (
    BankAccount,
    Claim,
    Invitation,
    Membership,
    Organization,
    OrganizationChange,
)
from accounts.services import CORRECT_RIGHT
from civicfund.desk import ReadOnlyAdmin, ReadOnlyInline, moment_column, row_link, value_column


class MembershipInline(ReadOnlyInline):
    model = Membership
    fields = readonly_fields = ("person", "role", "since")
    verbose_name_plural = _("people who act for it")
    since = moment_column("created_at", _("since"))

    @display(description=_("person"))
    def person(self, membership: Membership) -> str:
        """Lead to the person."""
        return row_link(membership.user, f"{membership.user} ({membership.user.email})")


class InvitationInline(ReadOnlyInline):
    model = Invitation
    fields = readonly_fields = ("email", "role", "status", "invited_by", "sent_shown", "until_shown")
    sent_shown = moment_column("sent_at", _("sent at"))
    until_shown = moment_column("expires_at", _("valid until"))


class AccountInline(ReadOnlyInline):
    model = BankAccount
    fields = readonly_fields = (
        "ending",
        "named_by",
        "named_shown",
        "usable_shown",
        "stopped_by",
        "stop_reason",
    )
    verbose_name_plural = _("changes of the bank account")
    named_shown = moment_column("named_at", _("named at"))
    usable_shown = moment_column("usable_from", _("usable from"))

    @display(description="IBAN")
    def ending(self, account: BankAccount) -> str:
        """Lead to the account, named by its last four characters."""
        return row_link(account, f"… {account.iban_last4}")


class ClaimInline(ReadOnlyInline):
    model = Claim
    fields = readonly_fields = ("who", "asked_shown", "status", "role", "reason")
    asked_shown = moment_column("asked_at", _("asked at"))

    @display(description=_("person"))
    def who(self, claim: Claim) -> str:
        """Lead to the request."""
        return row_link(claim, str(claim.person))


class ChangeInline(ReadOnlyInline):
    model = OrganizationChange
    fk_name = "organization"
    fields = readonly_fields = ("at_shown", "about", "what", "before", "after", "by", "reason")
    verbose_name_plural = _("what has changed")
    at_shown = moment_column("at", _("when"))
    about = value_column("subject", _("about"))

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Fetch who."""
        return super().get_queryset(request).select_related("by", "person")

    @display(description=_("before"), empty_value="–")
    def before(self, change: OrganizationChange) -> str:
        """Show the value before."""
        return change.old_shown

    @display(description=_("after"), empty_value="–")
    def after(self, change: OrganizationChange) -> str:
        """Show the value after."""
        return change.new_shown


@admin.register(Organization)
class OrganizationAdmin(ReadOnlyAdmin):
    """Read the record of bodies, which their owners keep true, and correct it with a reason."""

    steps = {"correct": CorrectStep}
    actions_detail = ("correct",)
    inlines = (MembershipInline, InvitationInline, AccountInline, ClaimInline, ChangeInline)
    list_display = ("legal_name", "kind", "tax_code", "city", "people", "registered_shown")
    list_filter = ("kind",)
    search_fields = ("legal_name", "=tax_code", "=vat_number", "email", "members__email")
    search_help_text = _("Name, tax code or e-mail")
    readonly_fields = ("statute_link",)
    fieldsets = (
        (
            _("Who it is"),
            {
                "fields": (
                    "legal_name",
                    ("kind", "tax_code"),
                    ("vat_number", "rea_number"),
                    ("runts_number", "registered_shown"),
                    ("statute_link", "number_shown"),
                    "registered_by",
                )
            },
        ),
        (
            _("Legal representative"),
            {"fields": (("representative_name", "representative_tax_code"), "representative_since")},
        ),
        (
            _("Where and how to reach it"),
            {
                "fields": (
                    "address",
                    ("postcode", "city", "province"),
                    ("pec", "email"),
                    "website",
                    "description",
                )
            },
        ),
    )
    empty_words = _("No organization has registered yet.")
    registered_shown = moment_column("created_at", _("registered at"))
    number_shown = value_column("public_id", _("number on the site"))

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Count the members of each body."""
        return super().get_queryset(request).annotate(member_count=Count("memberships", distinct=True))

    def has_correct_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow whoever may correct the record of bodies."""
        return request.user.has_perm(CORRECT_RIGHT)

    @action(description=_("Correct the record…"), permissions=["correct"], icon="edit")
    def correct(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Correct the record of a body."""
        return CorrectStep.take(self, request, object_id)

    @display(description=_("members"), ordering="member_count")
    def people(self, organization: Organization) -> int:
        """Show how many people act for the body."""
        return organization.member_count

    @display(description=_("statute"))
    def statute_link(self, organization: Organization) -> Any:
        """Lead to the statute in force."""
        return paper_link(organization.papers.statutes().first())
