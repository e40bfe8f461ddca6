import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts import services
from accounts.forms import InvitationForm
from accounts.models import Invitation, Membership, Organization
from civicfund.links import digest_of


@login_required
@never_cache
def invitation_create(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Ask an owner whom to invite."""
    organization = get_object_or_404(Organization.objects.owned_by(request.user), public_id=public_id)
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _invite(request, organization, form):
        return redirect("accounts:member_list", public_id)
    context = {"organization": organization, "form": form}
    return render(request, "accounts/invitation_form.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def invitation_again(request: HttpRequest, public_id: uuid.UUID, invitation: uuid.UUID) -> HttpResponse:
    """Send an invitation again."""
    found = _own_invitation(request, public_id, invitation)
    try:
        services.send_invitation_again(invitation=found, by=request.user, now=timezone.now())
    except services.TooManyInvitations:
        messages.error(request, _("It was sent often enough: revoke it, and write to the person yourself."))
    except (services.InvitationOver, services.NotAnOwner):
        messages.info(request, _("This invitation is over: look at the list."))
    else:
        messages.success(request, _("A new link is on its way; the one before opens nothing any more."))
    return redirect("accounts:member_list", public_id)


@login_required
@require_POST
def invitation_revoke(request: HttpRequest, public_id: uuid.UUID, invitation: uuid.UUID) -> HttpResponse:
    """Revoke an invitation."""
    found = _own_invitation(request, public_id, invitation)
    try:
        services.revoke_invitation(invitation=found, by=request.user, now=timezone.now())
    except (services.InvitationOver, services.NotAnOwner):
        messages.info(request, _("This invitation is over: look at the list."))
    else:
        messages.success(request, _("The invitation is revoked: its link opens nothing any more."))
    return redirect("accounts:member_list", public_id)


@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show whoever holds a link what it is for, and let the invited person accept."""
    invitations = Invitation.objects.select_related("organization", "invited_by")
    found = invitations.filter(digest=digest_of(token)).first()
    user = request.user
    if found and user.is_authenticated and found.organization.members.filter(pk=user.pk).exists():
        messages.info(request, _("You act for this organization already."))
        return redirect(found.organization)
    reason = services.reason_over(found, timezone.now())
    if found is None or reason:
        return render(request, "accounts/invitation_over.html", {"reason": reason}, status=410)
    if user.is_authenticated and not services.is_invited(found, user):
        return render(request, "accounts/invitation_of_another.html", {"invitation": found}, status=403)
    if request.method == "POST" and user.is_authenticated:
        try:
            services.accept_invitation(token=token, by=user, now=timezone.now())
        except services.InvitationOver as over:
            return render(request, "accounts/invitation_over.html", {"reason": over.args[0]}, status=410)
        messages.success(request, _("Welcome: you act for this organization now."))
        return redirect(found.organization)
    role = Membership.Role(found.role)
    return render(request, "accounts/invitation.html", {"invitation": found, "role": role})


def _own_invitation(request: HttpRequest, public_id: uuid.UUID, invitation: uuid.UUID) -> Invitation:
    """Return an invitation of a body the person owns, or answer 404."""
    owned = Organization.objects.owned_by(request.user).filter(public_id=public_id)
    return get_object_or_404(Invitation, organization__in=owned, public_id=invitation)


def _invite(request: HttpRequest, organization: Organization, form: InvitationForm) -> bool:
    """Invite the person of a complete form; say beside the field why not."""
    try:
        services.invite_person(
            organization=organization, by=request.user, now=timezone.now(), **form.cleaned_data
        )
    except services.AlreadyMember:
        form.add_error("email", _("This person acts for the organization already."))
    except services.AlreadyInvited:
        form.add_error("email", _("This person has an invitation already: send it again from the list."))
    except services.TooManyInvitations:
        form.add_error(None, _("Too many invitations wait for an answer: revoke some first."))
    else:
        messages.success(request, _("The invitation is on its way."))
        return True
    return False
