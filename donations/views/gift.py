from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from campaigns.models import Campaign
from civicfund.rates import at_most
from donations import rules, services
from donations.models import Donation
from donations.receipt_pdf import receipt_pdf
from donations.wish_forms import AppearanceForm, TaxCodeForm

PENDING = (Donation.Status.CREATED, Donation.Status.OPEN)
GOING_BACK = (Donation.Status.REFUND_DUE, Donation.Status.REFUNDED)
NEIGHBOURS_SHOWN = 3


@never_cache
@require_safe
@at_most("EXPORT_LIMITS")
def receipt(request: HttpRequest, token: str, year: int, number: int) -> HttpResponse:
    """Give a donor a receipt as PDF, void ones too, in the gift's language or in the one that is asked for."""
    donation = gift_of(token)
    row = get_object_or_404(
        donation.receipts.select_related("payee", "replaces", "replaced_by"), year=year, number=number
    )
    asked = request.GET.get("lingua", "")
    language = asked if asked in ("it", "en") else donation.language
    answer = HttpResponse(receipt_pdf(row, language=language), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="ricevuta-{year}-{number}.pdf"'
    return answer


@never_cache
@require_POST
def gift_appearance(request: HttpRequest, token: str) -> HttpResponse:
    """Take whether the donor's name is shown, and the message."""
    donation, now = gift_of(token), timezone.now()
    form = AppearanceForm(request.POST, donation=donation, is_open=donation.campaign.is_open(now))
    if not form.is_valid():
        return gift_page(request, donation, appearance=form)
    try:
        services.choose_appearance(donation=donation, now=now, **form.cleaned_data)
    except services.MessageClosed:
        form.add_error(None, _("The campaign is over: the message stays as it is."))
        return gift_page(request, donation, appearance=form)
    messages.success(request, _("Done: your gift is shown as you chose."))
    return redirect("donations:donation_status", token)


@never_cache
@require_POST
def gift_tax_code(request: HttpRequest, token: str) -> HttpResponse:
    """Take the donor's tax code, and whether the tax agency may hear of the gift."""
    donation = gift_of(token)
    if not has_relief(donation):
        raise Http404
    form = TaxCodeForm(request.POST, donation=donation)
    if not form.is_valid():
        return gift_page(request, donation, tax=form)
    services.tell_tax_code(donation=donation, now=timezone.now(), **form.cleaned_data)
    if form.cleaned_data["tax_code"]:
        messages.success(request, _("Done: your tax code stands on your receipt."))
    else:
        messages.success(request, _("Done: nothing of your tax code is kept with this gift."))
    return redirect("donations:donation_status", token)


def gift_of(token: str) -> Donation:
    """Return the gift a signed link names, or answer 404."""
    return get_object_or_404(Donation.objects.by_token(token).with_campaign())


def has_relief(donation: Donation) -> bool:
    """Say whether a gift gives its donor a tax relief, so that a tax code is of use."""
    payee = donation.campaign.organization
    return bool(rules.relief_bp(kind=payee.kind, runts_number=payee.runts_number))


def gift_context(donation: Donation) -> dict[str, Any]:
    """Return what the part of the page that follows the truth shows."""
    campaign = Campaign.objects.with_story().get(pk=donation.campaign_id)
    return {
        "donation": donation,
        "campaign": campaign,
        "is_final": donation.status not in PENDING,
        "may_leave": campaign.donors_may_leave(timezone.now()),
    }


def gift_page(
    request: HttpRequest,
    donation: Donation,
    *,
    appearance: AppearanceForm | None = None,
    tax: TaxCodeForm | None = None,
) -> HttpResponse:
    """Show a donor's own page: where the gift stands, its receipts, what went back, what can still be chosen."""
    now = timezone.now()
    context = gift_context(donation)
    campaign = context["campaign"]
    is_wrong = appearance is not None or tax is not None
    if donation.status == Donation.Status.SETTLED:
        is_open = campaign.is_open(now)
        context["appearance"] = appearance or AppearanceForm(donation=donation, is_open=is_open)
        if has_relief(donation):
            payee = campaign.organization
            context["relief_bp"] = rules.relief_bp(kind=payee.kind, runts_number=payee.runts_number)
            context["tax"] = tax or TaxCodeForm(donation=donation)
    if donation.status in GOING_BACK and not campaign.is_open(now):
        nearby = Campaign.objects.near(campaign, now).with_story()
        context["neighbours"] = nearby[:NEIGHBOURS_SHOWN]
    return render(request, "donations/donation_status.html", context, status=422 if is_wrong else 200)
