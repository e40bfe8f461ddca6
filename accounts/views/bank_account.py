import uuid
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from accounts import services
from accounts.forms import IbanForm, StopIbanForm
from accounts.models import Organization
from civicfund.sign_in import ask_again, is_fresh


def fresh_login_required(view: Any) -> Any:
    """Ask a person who signed in a while ago to do it again; what was typed is not kept meanwhile, as it is secret."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_fresh(request):
            return view(request, *args, **kwargs)
        if request.method == "POST":
            messages.info(
                request, _("Sign in again, then write the IBAN once more: it is not kept meanwhile.")
            )
        return ask_again(request, request.path)

    return asked


@login_required
@never_cache
@require_safe
def bank_accounts(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show owners the account in use, one that is held, and every change."""
    organization = _own_organization(request, public_id)
    now = timezone.now()
    accounts = organization.bank_accounts.select_related("named_by", "stopped_by")
    context = {
        "organization": organization,
        "accounts": accounts,
        "in_use": organization.bank_accounts.usable(now).first(),
        "held": organization.bank_accounts.held(now).first(),
    }
    return render(request, "accounts/bank_accounts.html", context)


@login_required
@never_cache
@sensitive_post_parameters("iban")
def bank_account_name(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Ask an owner who has just signed in for the account."""
    return _named(request, _own_organization(request, public_id))


@login_required
@never_cache
def bank_account_stop(request: HttpRequest, public_id: uuid.UUID, account: uuid.UUID) -> HttpResponse:
    """Ask an owner why a new account is stopped, and stop it; no fresh login is asked, as haste may be needed."""
    organization = _own_organization(request, public_id)
    found = get_object_or_404(organization.bank_accounts.select_related("organization"), public_id=account)
    form = StopIbanForm(request.POST or None)
    if not found.is_held(timezone.now()):
        messages.info(request, _("This account can no longer be stopped."))
        return redirect("accounts:bank_accounts", public_id)
    if request.method == "POST" and form.is_valid():
        try:
            services.stop_bank_account(
                account=found, by=request.user, now=timezone.now(), **form.cleaned_data
            )
        except (services.NotHeld, services.NotAnOwner):
            messages.info(request, _("This account can no longer be stopped."))
        else:
            messages.success(request, _("Stopped: the new account is not used, and all owners are told."))
        return redirect("accounts:bank_accounts", public_id)
    context = {"organization": organization, "account": found, "form": form}
    return render(request, "accounts/bank_account_stop.html", context, status=422 if form.errors else 200)


@fresh_login_required
def _named(request: HttpRequest, organization: Organization) -> HttpResponse:
    """Show the form, or name the account."""
    form = IbanForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.name_bank_account(
                organization=organization, by=request.user, now=timezone.now(), **form.cleaned_data
            )
        except services.ChangeHeld:
            form.add_error(None, _("An earlier change is still held: stop it first, or wait."))
        except services.SameAccount:
            form.add_error("iban", _("This is the account in use already."))
        except services.NotAnOwner:
            return redirect("accounts:organization_list")
        else:
            messages.success(request, _("Named: it is usable after 72 hours, and all owners are told."))
            return redirect("accounts:bank_accounts", organization.public_id)
    context = {"organization": organization, "form": form}
    return render(request, "accounts/bank_account_form.html", context, status=422 if form.errors else 200)


def _own_organization(request: HttpRequest, public_id: uuid.UUID) -> Organization:
    """Return a body the person owns, or answer 404: others do not decide where money goes."""
    return get_object_or_404(Organization.objects.owned_by(request.user), public_id=public_id)
