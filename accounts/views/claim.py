import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import services
from accounts.forms import ClaimForm, ObjectionForm, StatuteForm
from accounts.models import Claim, Organization, OrganizationPaper
from accounts.views.organization import asked_page, next_page
from civicfund.papers import give_out
from civicfund.rates import SENDING, at_most


@login_required
@never_cache
@at_most("UPLOAD_LIMITS", on=SENDING)
def claim_create(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Ask a person for the proof that it may act for a body that is registered already."""
    organization = get_object_or_404(Organization, public_id=public_id)
    if organization.members.filter(pk=request.user.pk).exists():
        messages.info(request, _("You act for this organization already."))
        return redirect(organization)
    if organization.claims.waiting().filter(person=request.user).exists():
        messages.info(request, _("Your request is with the officers: you get a mail when they have decided."))
        return redirect("accounts:organization_list")
    form = ClaimForm(*_sent(request), kept=_kept(request, organization))
    if request.method == "POST" and _is_complete(request, organization, form):
        services.ask_to_act(
            organization=organization,
            words=form.cleaned_data["words"],
            proof=form.kept,
            by=request.user,
            now=timezone.now(),
        )
        messages.success(
            request, _("Sent: the officers look at it, and you get a mail when they have decided.")
        )
        return redirect("accounts:organization_list")
    context = {"organization": organization, "form": form}
    return render(request, "accounts/claim_form.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
def claim_detail(request: HttpRequest, public_id: uuid.UUID, claim: uuid.UUID) -> HttpResponse:
    """Show an owner who asks to act for the body, and take an objection."""
    organization = get_object_or_404(Organization.objects.owned_by(request.user), public_id=public_id)
    found = get_object_or_404(organization.claims.select_related("person"), public_id=claim)
    own = found.objections.filter(by=request.user).first()
    is_open = found.status == Claim.Status.OPEN
    form = ObjectionForm(request.POST or None) if is_open and not own else None
    if request.method == "POST" and form is None:
        return redirect(request.path)
    if request.method == "POST" and form and form.is_valid():
        try:
            services.object_to_claim(claim=found, by=request.user, now=timezone.now(), **form.cleaned_data)
        except (services.ClaimDecided, services.NotAnOwner, services.ReasonMissing):
            messages.info(request, _("The officers have decided already."))
        else:
            messages.success(request, _("Noted: the officers read it before they decide."))
        return redirect(request.path)
    context = {"organization": organization, "claim": found, "own": own, "form": form}
    status = 422 if form is not None and form.errors else 200
    return render(request, "accounts/claim_detail.html", context, status=status)


@login_required
@never_cache
@at_most("UPLOAD_LIMITS", on=SENDING)
def statute_upload(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Ask an owner for the statute."""
    organization = get_object_or_404(Organization.objects.owned_by(request.user), public_id=public_id)
    form = StatuteForm(*_sent(request))
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["statute"]
        try:
            services.keep_statute(
                organization=organization, upload=upload, by=request.user, now=timezone.now()
            )
        except services.Unusable as error:
            form.add_error("statute", str(error))
        except services.NotAPdf:
            form.add_error("statute", _("This is a picture: the statute is kept as a PDF."))
        else:
            messages.success(request, _("The statute is kept."))
            return redirect(next_page(request, organization.get_absolute_url()))
    context = {"organization": organization, "form": form, "next": asked_page(request)}
    return render(request, "accounts/statute_form.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
@require_safe
def organization_paper(request: HttpRequest, paper: uuid.UUID) -> FileResponse:
    """Give out a statute to members, a proof to who sent it, and both to the officers who may see them; else 404."""
    papers = OrganizationPaper.objects.all()
    found = get_object_or_404(papers, public_id=paper)
    is_statute = found.purpose == OrganizationPaper.Purpose.STATUTE
    right = "accounts.view_organization" if is_statute else "accounts.view_claim"
    if not (request.user.is_staff and request.user.has_perm(right)):
        mine = Organization.objects.of(request.user)
        allowed = papers.filter(organization__in=mine) if is_statute else papers.filter(kept_by=request.user)
        get_object_or_404(allowed, pk=found.pk)
    return give_out(found.file, name=found.name, kind=found.kind)


def _sent(request: HttpRequest) -> tuple[Any, Any]:
    """Return what a form brought, which may be nothing at all: a form that only takes a file can be sent empty."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _kept(request: HttpRequest, organization: Organization) -> OrganizationPaper | None:
    """Return the proof that has arrived with an earlier try of this form, if it is the person's own and unused."""
    try:
        public_id = uuid.UUID(request.POST.get("kept", ""))
    except ValueError:
        return None
    mine = OrganizationPaper.objects.unused().filter(organization=organization, kept_by=request.user)
    return mine.filter(public_id=public_id).first()


def _is_complete(request: HttpRequest, organization: Organization, form: ClaimForm) -> bool:
    """Keep a proof that has arrived, even when something else is wrong, and say whether nothing is."""
    complete = form.is_valid()
    if form.upload:
        try:
            form.keep(
                services.keep_proof(
                    organization=organization, upload=form.upload, by=request.user, now=timezone.now()
                )
            )
        except services.Unusable as error:
            form.add_error("proof", str(error))
            return False
    return complete
