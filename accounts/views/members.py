import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import services
from accounts.forms import RoleForm
from accounts.models import Membership, Organization


@login_required
@never_cache
@require_safe
def member_list(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show who acts for a body, and to its owners the invitations that wait."""
    organization = get_object_or_404(Organization.objects.of(request.user), public_id=public_id)
    memberships = organization.memberships.select_related("user").order_by("created_at", "pk")
    own = next(membership for membership in memberships if membership.user_id == request.user.pk)
    now = timezone.now()
    waiting = organization.invitations.unanswered() if own.is_owner else []
    context = {
        "organization": organization,
        "memberships": memberships,
        "own": own,
        "is_owner": own.is_owner,
        "claims": organization.claims.waiting().select_related("person") if own.is_owner else [],
        "invitations": [(invitation, invitation.is_valid(now)) for invitation in waiting],
    }
    return render(request, "accounts/member_list.html", context)


@login_required
@never_cache
def member_edit(request: HttpRequest, public_id: uuid.UUID, pk: int) -> HttpResponse:
    """Change a member's role, or remove the member, as an owner."""
    organization = get_object_or_404(Organization.objects.owned_by(request.user), public_id=public_id)
    membership = get_object_or_404(organization.memberships.select_related("user"), pk=pk)
    form = RoleForm(request.POST or None, initial={"role": membership.role})
    removes = "remove" in request.POST
    if request.method == "POST" and (removes or form.is_valid()):
        change = {"membership": membership, "by": request.user, "now": timezone.now()}
        try:
            if removes:
                services.remove_member(**change)
            else:
                services.change_role(role=Membership.Role(form.cleaned_data["role"]), **change)
        except services.LastOwner:
            messages.error(request, _("An organization needs an owner: make somebody else one first."))
        except (services.NotAMember, services.NotAnOwner):
            messages.error(request, _("This has changed meanwhile: look at the list."))
        else:
            messages.success(request, _("The person is removed.") if removes else _("The role is changed."))
            if not Organization.objects.of(request.user).filter(pk=organization.pk).exists():
                return redirect("accounts:organization_list")
        return redirect("accounts:member_list", public_id)
    context = {"organization": organization, "membership": membership, "form": form}
    return render(request, "accounts/member_edit.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
def organization_leave(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Ask a member whether to act for a body no more, and do it."""
    organization = Organization.objects.of(request.user).filter(public_id=public_id).first()
    if organization is None:
        if request.method == "POST":
            messages.info(request, _("You do not act for this organization any more."))
            return redirect("accounts:organization_list")
        raise Http404
    if request.method == "POST":
        try:
            services.leave_organization(organization=organization, by=request.user, now=timezone.now())
        except services.LastOwner:
            messages.error(request, _("An organization needs an owner: make somebody else one first."))
            return redirect("accounts:member_list", public_id)
        messages.success(request, _("You do not act for this organization any more."))
        return redirect("accounts:organization_list")
    return render(request, "accounts/organization_leave.html", {"organization": organization})
