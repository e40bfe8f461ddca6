"""The page on which a partner reads its part and answers, by the link of its mail, without an account."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from calls import services
from calls.forms import PartnerAnswerForm
from calls.models import Partner, PartnerConsent
from calls.views.partner import mandate_answer
from civicfund.rates import at_most

CLOSED = gettext_lazy(
    "Nothing can be answered now: the application has been handed in, or its window has just closed. Write to the lead partner."
)


@never_cache
def partner_answer(request: HttpRequest, token: str) -> HttpResponse:
    """Show a partner the project and its part in it, and take its answer. Opening the page answers nothing."""
    partner = services.partner_of(token=token, now=timezone.now())
    if partner is None:
        return _spent(request)
    form = PartnerAnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        answered = _answered(request, token, form)
        if answered is None:
            return _spent(request)
        if answered:
            return redirect("calls:partner_answer", token)
        form = PartnerAnswerForm(initial=form.cleaned_data)
        partner.refresh_from_db()
    context = {
        "partner": partner,
        "application": partner.application,
        "token": token,
        "form": form,
        "is_open": partner.is_open(timezone.now()),
        "asks_letters": partner.application.call.partner_letter == PartnerConsent.SIGNED,
    }
    return render(request, "calls/partner_answer.html", context, status=422 if form.errors else 200)


@never_cache
@require_POST
def partner_take_back(request: HttpRequest, token: str) -> HttpResponse:
    """Undo a partner's answer."""
    try:
        services.take_back_answer(token=token, now=timezone.now())
    except services.InvitationSpent:
        return _spent(request)
    except services.NothingToTakeBack:
        messages.info(request, _("There is no answer to take back."))
    except services.ApplicationClosed:
        messages.error(request, CLOSED)
    else:
        messages.success(request, _("Your answer is taken back. You can give another one below."))
    return redirect("calls:partner_answer", token)


@never_cache
@require_safe
@at_most("EXPORT_LIMITS")
def partner_own_mandate(request: HttpRequest, token: str) -> HttpResponse:
    """Give a partner its letter of mandate, filled in, to print and sign."""
    partner = services.partner_of(token=token, now=timezone.now())
    return mandate_answer(partner) if partner else _spent(request)


def _answered(request: HttpRequest, token: str, form: PartnerAnswerForm) -> bool | None:
    """Keep an answer: True when it is kept or cannot be any more, False when it has to be read again, None without link."""
    words = {name: form.cleaned_data[name] for name in ("answered_by", "answer", "version")}
    try:
        partner = services.answer_invitation(
            token=token, takes_part=form.takes_part, now=timezone.now(), **words
        )
    except services.InvitationSpent:
        return None
    except services.PartChanged:
        messages.warning(
            request, _("The lead partner has just changed your part: read it once more, then answer.")
        )
        return False
    except services.ApplicationClosed:
        messages.error(request, CLOSED)
    else:
        _thank(request, partner)
    return True


def _thank(request: HttpRequest, partner: Partner) -> None:
    """Say what has been kept."""
    if partner.status == Partner.Status.CONFIRMED:
        messages.success(request, _("Thank you: you take part. The lead partner knows."))
    else:
        messages.success(request, _("You do not take part. The lead partner knows."))


def _spent(request: HttpRequest) -> HttpResponse:
    """Say that a link opens nothing."""
    return render(request, "calls/partner_answer_spent.html", status=410)
