"""Bodies at the desk, with the way to what they have to report about their gifts."""

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from accounts.admin import OrganizationAdmin
from accounts.models import Organization

admin.site.unregister(Organization)


@admin.register(Organization)
class ReportingOrganizationAdmin(OrganizationAdmin):
    """Read and correct the data of bodies, and open their reports."""

    actions_detail = (*OrganizationAdmin.actions_detail, "reports")

    def has_report_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow whoever may see gifts to see a body's reports."""
        return request.user.has_perm("donations.view_donation")

    @action(description=_("Gifts and reports"), permissions=["report"], icon="summarize")
    def reports(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Go to the body's donors by year and the accounts of its campaigns."""
        organization = self.get_object(request, unquote(object_id))
        if organization is None:
            raise Http404
        return redirect("donations:organization_gifts", organization.public_id)
