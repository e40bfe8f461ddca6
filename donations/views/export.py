import uuid

from django.contrib.auth.decorators import login_required
from django.db.models.functions import ExtractYear
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Organization
from campaigns.models import Campaign
from civicfund.rates import SENDING, at_most
from donations import rules, services
from donations.campaign_account import account_csv, account_lines, account_totals
from donations.models import Donation

LOG_SHOWN = 10


@login_required
@never_cache
@require_safe
def organization_gifts(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show what a body has to report: its donors by year for the tax agency, and the account of each campaign."""
    organization = _reportable(request, public_id)
    settled = Donation.objects.settled().filter(campaign__application__organization=organization)
    paid_in = ExtractYear("charged_at", tzinfo=timezone.get_default_timezone())
    campaigns = Campaign.objects.filter(application__organization=organization, opened_at__isnull=False)
    accounts = [
        (campaign, account_totals(account_lines(campaign))) for campaign in campaigns.order_by("-opened_at")
    ]
    context = {
        "organization": organization,
        "has_relief": bool(rules.relief_bp(kind=organization.kind, runts_number=organization.runts_number)),
        "has_register_kind": organization.kind in rules.RELIEF_BP,
        "years": settled.annotate(year=paid_in).order_by("-year").values_list("year", flat=True).distinct(),
        "accounts": accounts,
        "log": organization.donor_exports.select_related("actor")[:LOG_SHOWN],
    }
    return render(request, "donations/organization_gifts.html", context)


@login_required
@never_cache
@require_POST
@at_most("EXPORT_LIMITS", on=SENDING)
def donor_export(request: HttpRequest, public_id: uuid.UUID, year: int) -> HttpResponse:
    """Give out a body's identified donors of a year, and log who took the list."""
    organization = _reportable(request, public_id)
    if not 2000 <= year <= timezone.localdate().year:
        return redirect("donations:organization_gifts", public_id)
    try:
        export = services.export_donors(
            organization=organization, year=year, by=request.user, now=timezone.now()
        )
    except services.NoTaxRelief:
        return redirect("donations:organization_gifts", public_id)
    return _download(export.text, f"erogazioni-{organization.tax_code}-{year}.csv")


@login_required
@never_cache
@require_safe
@at_most("EXPORT_LIMITS")
def campaign_account(request: HttpRequest, public_id: uuid.UUID, slug: str) -> HttpResponse:
    """Give out the account of one campaign, which names no donor."""
    organization = _reportable(request, public_id)
    campaign = get_object_or_404(Campaign, application__organization=organization, slug=slug)
    return _download(account_csv(account_lines(campaign)), f"rendiconto-{slug}.csv")


def _reportable(request: HttpRequest, public_id: uuid.UUID) -> Organization:
    """Return a body whose donors the person may see: an owner of it, or an officer who may see gifts; else answer 404."""
    is_officer = request.user.is_staff and request.user.has_perm("donations.view_donation")
    bodies = Organization.objects.all() if is_officer else Organization.objects.owned_by(request.user)
    return get_object_or_404(bodies, public_id=public_id)


def _download(text: str, name: str) -> HttpResponse:
    """Return a table as a file to keep."""
    answer = HttpResponse(text, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
