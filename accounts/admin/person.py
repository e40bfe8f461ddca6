from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.forms import AdminPasswordChangeForm

from accounts.admin_forms import PersonChangeForm, PersonCreationForm
from accounts.models import Membership, User
from civicfund.desk import DeskAdmin, Queue, ReadOnlyInline, everything, moment_column, row_link

# The desk shows people and roles its own way; addresses, second factors, sessions and identities are the login library's.
for _model in (EmailAddress, Authenticator, UserSession, SocialAccount, SocialApp, SocialToken, Group):
    admin.site.unregister(_model)

#: What only a superuser grants, so that nobody raises their own rights.
RIGHTS = ("is_staff", "is_superuser", "groups")


class MembershipOfPersonInline(ReadOnlyInline):
    model = Membership
    fields = readonly_fields = ("body", "role", "since")
    since = moment_column("created_at", _("since"))

    def body(self, membership: Membership) -> str:
        """Lead to the organization."""
        return row_link(membership.organization)

    body.short_description = _("organization")


@admin.register(User)
class PersonAdmin(UserAdmin, DeskAdmin):
    """Register people and, as a superuser, say what they may do."""

    form = PersonChangeForm
    add_form = PersonCreationForm
    change_password_form = AdminPasswordChangeForm
    inlines = (MembershipOfPersonInline,)
    list_display = ("email", "full_name", "is_staff", "is_active", "login_shown")
    list_filter = ("is_staff", "is_active", "groups", "language")
    search_fields = ("email", "full_name")
    search_help_text = _("E-mail or name")
    ordering = ("email",)
    readonly_fields = ("login_shown", "joined_shown")
    filter_horizontal = ()
    autocomplete_fields = ("groups",)
    fieldsets = (
        (None, {"fields": (("email", "full_name"), "language", "password")}),
        (_("What the person may do"), {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        (_("Dates"), {"fields": (("login_shown", "joined_shown"),)}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": ("email", "full_name", "language", "usable_password", "password1", "password2"),
            },
        ),
    )
    queues = (
        Queue(
            "officers", _("Officers"), lambda rows, now: rows.filter(is_staff=True), _("There is no officer.")
        ),
        everything(pgettext_lazy("feminine", "All"), _("There is nobody here.")),
    )
    login_shown = moment_column("last_login", _("last signed in"))
    joined_shown = moment_column("date_joined", _("registered at"))

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Let only superusers change what people may do."""
        fixed = super().get_readonly_fields(request, obj)
        return fixed if request.user.is_superuser else (*fixed, *RIGHTS)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Let only superusers change other officers: a changed password or address is that officer's access."""
        if obj is not None and obj.is_staff and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Refuse: a person who leaves is made inactive, what they signed stays signed."""
        return False


@admin.register(Group)
class RoleAdmin(GroupAdmin, DeskAdmin):
    """Bundle rights into roles; only superusers do."""

    search_fields = ("name",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Let only superusers make roles."""
        return request.user.is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        """Let only superusers change roles."""
        return request.user.is_superuser

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        """Let only superusers remove roles."""
        return request.user.is_superuser
