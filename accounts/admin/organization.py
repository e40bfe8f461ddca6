from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import display

from accounts import services
from accounts.models import Membership, Organization
from civicfund.desk import DeskAdmin, moment_column

#: What identifies a body and never changes.
FIXED = ("tax_code", "kind", "public_id", "registered_shown")


class MembershipInline(TabularInline):
    """Let officers add and remove the people who act for a body."""

    model = Membership
    extra = 0
    fields = ("user", "role")
    autocomplete_fields = ("user",)
    verbose_name_plural = _("people who act for it")


@admin.register(Organization)
class OrganizationAdmin(DeskAdmin):
    """Read and correct the data of bodies, and say who acts for them; bodies register themselves."""

    inlines = (MembershipInline,)
    list_display = ("legal_name", "kind", "tax_code", "city", "people", "registered_shown")
    list_filter = ("kind",)
    search_fields = ("legal_name", "=tax_code", "=vat_number", "email", "members__email")
    search_help_text = _("Name, tax code or e-mail")
    readonly_fields = FIXED
    fieldsets = (
        (
            _("Who it is"),
            {
                "fields": (
                    "legal_name",
                    ("kind", "tax_code"),
                    ("vat_number", "rea_number"),
                    ("runts_number", "registered_shown"),
                    "public_id",
                )
            },
        ),
        (
            _("Where and how to reach it"),
            {"fields": (("address", "city"), ("email", "website"), "description")},
        ),
    )
    empty_words = _("No organization has registered yet.")
    registered_shown = moment_column("created_at", _("registered at"))

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Count the members of each body."""
        return super().get_queryset(request).annotate(member_count=Count("memberships", distinct=True))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: bodies register themselves, so that somebody acts for them."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Organization | None = None) -> bool:
        """Refuse: applications and receipts name it."""
        return False

    @display(description=_("members"), ordering="member_count")
    def people(self, organization: Organization) -> int:
        """Show how many people act for the body."""
        return organization.member_count

    def save_model(self, request: HttpRequest, obj: Organization, form: Any, change: bool) -> None:
        """Correct the data through the service."""
        changed = {name: form.cleaned_data[name] for name in form.changed_data}
        services.edit_organization(organization=obj, **changed)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Date new memberships."""
        for membership_form in formset.extra_forms:
            membership_form.instance.created_at = timezone.now()
        super().save_formset(request, form, formset, change)
