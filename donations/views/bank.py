from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from donations import services
from donations.bank_forms import BankAccountForm


@never_cache
@sensitive_post_parameters("iban", "holder")
def bank_account(request: HttpRequest, token: str) -> HttpResponse:
    """Ask a donor, by the one-time link of a mail, for the account that money goes to which could not go to the card."""
    bank = services.bank_refund_of(token, timezone.now())
    if bank is None:
        return render(request, "donations/bank_account_spent.html", status=410)
    form = BankAccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.give_bank_account(token=token, now=timezone.now(), **form.cleaned_data)
        except services.LinkSpent:
            return render(request, "donations/bank_account_spent.html", status=410)
        messages.success(
            request, _("Thank you: we have your account. The transfer takes a few working days.")
        )
        return redirect("donations:donation_status", bank.reversal.donation.access_token)
    campaign = bank.reversal.donation.campaign
    context = {"bank": bank, "reversal": bank.reversal, "campaign": campaign, "form": form}
    return render(request, "donations/bank_account.html", context, status=422 if form.errors else 200)
