from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import services
from accounts.forms.barrier import BarrierForm


def report_barrier(request: HttpRequest) -> HttpResponse:
    """Take what keeps somebody out of a page."""
    form: forms.Form = BarrierForm(request.POST or None, initial=_initial(request))
    status = 200
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        is_odd = data.pop("website")
        try:
            if not is_odd:
                services.report_barrier(now=timezone.now(), **data)
        except services.TooManyBarriers:
            form.add_error(None, _("Many reports are coming in: try again in an hour, or write an e-mail."))
            status = 429
        else:
            messages.success(request, _("Thank you: the office reads it and answers to your address."))
            return redirect("accessibility")
    elif form.errors:
        status = 422
    return render(request, "accounts/barrier_form.html", {"form": form}, status=status)


def _initial(request: HttpRequest) -> dict[str, str]:
    """Fill in what is known."""
    return {"email": request.user.email} if request.user.is_authenticated else {}
