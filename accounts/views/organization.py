import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import services
from accounts.forms import OrganizationForm
from accounts.models import Claim, Organization

#: Changes of a body on one page.
CHANGES_SHOWN = 50


@login_required
@require_safe
def organization_list(request: HttpRequest) -> HttpResponse:
    """Show the bodies the person acts for."""
    organizations = Organization.objects.of(request.user).select_related("connected_account")
    mine = {membership.organization_id: membership for membership in request.user.memberships.all()}
    for organization in organizations:
        organization.is_mine = mine[organization.pk].is_owner
        organization.my_role = mine[organization.pk].role_name
    claims = request.user.claims.exclude(status=Claim.Status.ACCEPTED).select_related("organization")
    context = {"organizations": organizations, "claims": claims}
    return render(request, "accounts/organization_list.html", context)


@login_required
@require_safe
def organization_detail(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show every member the data of a body, and lead its owners to what they may change."""
    organization = get_object_or_404(Organization.objects.of(request.user), public_id=public_id)
    membership = organization.memberships.get(user=request.user)
    context = {
        "organization": organization,
        "membership": membership,
        "is_owner": membership.is_owner,
        "statute": organization.papers.statutes().first(),
    }
    return render(request, "accounts/organization_detail.html", context)


@login_required
@never_cache
@require_safe
def organization_changes(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show every member what has changed of a body and among its people, the latest first."""
    organization = get_object_or_404(Organization.objects.of(request.user), public_id=public_id)
    changes = Paginator(organization.changes.select_related("by", "person"), CHANGES_SHOWN)
    context = {
        "organization": organization,
        "page": changes.get_page(request.GET.get("page")),
        "is_owner": organization.memberships.get(user=request.user).is_owner,
    }
    return render(request, "accounts/organization_changes.html", context)


@login_required
def organization_create(request: HttpRequest) -> HttpResponse:
    """Register a body and go on to where the person was."""
    form, taken = OrganizationForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            services.create_organization(user=request.user, now=timezone.now(), **form.cleaned_data)
        except services.OrganizationExists:
            taken = Organization.objects.get(tax_code=form.cleaned_data["tax_code"])
            form.add_error("tax_code", _("An organization with this tax code is registered already."))
        else:
            messages.success(request, _("The organization is registered."))
            return redirect(next_page(request, reverse("accounts:organization_list")))
    context = {"form": form, "taken": taken, "next": asked_page(request)}
    return render(request, "accounts/organization_form.html", context, status=422 if form.errors else 200)


@login_required
def organization_edit(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Change the data of a body, as one of its owners."""
    organization = get_object_or_404(Organization.objects.owned_by(request.user), public_id=public_id)
    form = OrganizationForm(request.POST or None, instance=organization)
    if request.method == "POST" and form.is_valid():
        changed = {name: form.cleaned_data[name] for name in form.changed_data}
        services.edit_organization(organization=organization, by=request.user, now=timezone.now(), **changed)
        messages.success(request, _("The changes are saved."))
        return redirect(next_page(request, organization.get_absolute_url()))
    context = {"form": form, "organization": organization, "next": asked_page(request)}
    return render(request, "accounts/organization_form.html", context, status=422 if form.errors else 200)


def asked_page(request: HttpRequest) -> str:
    """Return the page a form is to lead back to, as the browser says, or nothing."""
    return request.POST.get("next") or request.GET.get("next") or ""


def next_page(request: HttpRequest, otherwise: str) -> str:
    """Return the page to go back to, if it is one of this site."""
    target = asked_page(request)
    if url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return target
    return otherwise
