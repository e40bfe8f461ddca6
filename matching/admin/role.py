from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import display

from accounts.admin import RoleAdmin
from matching.roles import role_of

admin.site.unregister(Group)


@admin.register(Group)
class HouseRoleAdmin(RoleAdmin):
    """Read the roles of the house, which stay as the table says, and bundle rights into others."""

    list_display = ("name", "english_name", "work", "people")
    readonly_fields = ("english_name", "work", "rights")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Count the people in each role."""
        return super().get_queryset(request).annotate(people_count=Count("user"))

    def get_fieldsets(self, request: HttpRequest, obj: Group | None = None) -> Any:
        """Show a role of the house in words, and let the rights of others be chosen."""
        if obj is not None and role_of(obj.name):
            return ((None, {"fields": ("name", "english_name", "work", "rights")}),)
        return ((None, {"fields": ("name", "permissions")}),)

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        """Refuse to change a role of the house: the next migration would undo it."""
        return super().has_change_permission(request, obj) and not (obj and role_of(obj.name))

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        """Refuse to remove a role of the house."""
        return super().has_delete_permission(request, obj) and not (obj and role_of(obj.name))

    @display(description=_("in English"), empty_value="–")
    def english_name(self, group: Group) -> str | None:
        """Show the role's name in English."""
        role = role_of(group.name)
        return role.english if role else None

    @display(description=_("what it is for"), empty_value="–")
    def work(self, group: Group) -> Any:
        """Show what the role does."""
        role = role_of(group.name)
        return role.work if role else None

    @display(description=_("rights"))
    def rights(self, group: Group) -> str:
        """Show the rights, one a line."""
        rows = group.permissions.select_related("content_type").order_by(
            "content_type__app_label", "codename"
        )
        return "\n".join(f"{row.content_type.app_label}.{row.codename}" for row in rows)

    @display(description=_("people"), ordering="people_count")
    def people(self, group: Group) -> str:
        """Show how many people are in the role."""
        number = group.people_count
        return ngettext("%(number)s person", "%(number)s people", number) % {"number": number}
