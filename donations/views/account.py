import uuid

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Organization
from donations import services
from donations.stripe_answers import StripeRefused, StripeUnavailable


@login_required
def connect_account(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Explain how a body receives gifts, and lead it to Stripe's page."""
    organization = _own_organization(request, public_id)
    if request.method == "POST":
        here = settings.SITE_URL + reverse("donations:connect_account", args=[public_id])
        back = settings.SITE_URL + reverse("donations:connect_return", args=[public_id])
        try:
            url = services.start_onboarding(
                organization=organization, return_url=back, refresh_url=here, now=timezone.now()
            )
        except services.NoBodyYet:
            messages.error(request, _("Stripe is connected for a body, not for a group."))
        except (StripeUnavailable, StripeRefused):
            messages.error(request, _("Stripe does not answer now: try again in a few minutes."))
        else:
            return redirect(url)
    account = getattr(organization, "connected_account", None)
    return render(
        request, "donations/connect_account.html", {"organization": organization, "account": account}
    )


@login_required
@require_safe
def connect_return(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Read from Stripe whether the body may receive gifts now."""
    organization = _own_organization(request, public_id)
    account = getattr(organization, "connected_account", None)
    if account is None:
        return redirect("donations:connect_account", public_id)
    try:
        account = services.sync_account(account=account, now=timezone.now())
    except (StripeUnavailable, StripeRefused):
        messages.info(request, _("Stripe does not answer now: the state is updated as soon as it does."))
    else:
        if account.is_ready:
            messages.success(request, _("Done: the organization can receive gifts."))
        else:
            messages.warning(request, _("Stripe still needs some data: continue when you have them."))
    return redirect("donations:connect_account", public_id)


def _own_organization(request: HttpRequest, public_id: uuid.UUID) -> Organization:
    """Return a body the person owns, or answer 404: an editor does not decide where money goes."""
    organizations = Organization.objects.owned_by(request.user).select_related("connected_account")
    return get_object_or_404(organizations, public_id=public_id)
