"""The step in which the lead partner names the bodies that take part, and what it does about each of them."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from calls import services
from calls.forms import PartnerForm
from calls.mandate_pdf import mandate_pdf
from calls.models import Application, Partner, PartnerConsent, StepKey
from calls.models.partner import PartnerQuerySet
from calls.views.step import may_write, own_application, step_page
from civicfund.rates import at_most


@login_required
def step_partners(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show the partners of an application, and name one more."""
    application = own_application(request, public_id)
    if request.method == "POST":
        _refuse_readers(request, application)
    form = PartnerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        partner = _written(
            form, services.name_partner, application=application, by=request.user, now=timezone.now()
        )
        if partner:
            _say_written(request, partner)
            return redirect("calls:step_partners", application.public_id)
    return _page(request, application, form)


@login_required
def partner_edit(request: HttpRequest, public_id: uuid.UUID, partner_id: uuid.UUID) -> HttpResponse:
    """Change what is written of a partner."""
    application, partner = _own_partner(request, public_id, partner_id)
    _refuse_readers(request, application)
    initial = {name: getattr(partner, name) for name in PartnerForm.base_fields}
    form = PartnerForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        changed = _written(form, services.edit_partner, partner=partner, by=request.user, now=timezone.now())
        if changed:
            _say_changed(request, partner, changed)
            return redirect("calls:step_partners", application.public_id)
    return _page(request, application, form, partner)


@login_required
@require_POST
def partner_invite(request: HttpRequest, public_id: uuid.UUID, partner_id: uuid.UUID) -> HttpResponse:
    """Write to a partner."""
    application, partner = _own_partner(request, public_id, partner_id)
    _refuse_readers(request, application)
    _invite(request, partner)
    return redirect("calls:step_partners", application.public_id)


@login_required
@require_POST
def partner_remove(request: HttpRequest, public_id: uuid.UUID, partner_id: uuid.UUID) -> HttpResponse:
    """Take a partner out."""
    application, partner = _own_partner(request, public_id, partner_id)
    _refuse_readers(request, application)
    try:
        services.remove_partner(partner=partner, by=request.user, now=timezone.now())
    except services.ApplicationClosed:
        messages.error(request, _("A submitted application can no longer be changed."))
    except services.PartnerRemoved:
        messages.info(request, _("This partner was removed before."))
    else:
        messages.success(request, _("“%(name)s” is removed.") % {"name": partner.legal_name})
    return redirect("calls:step_partners", application.public_id)


@login_required
@require_safe
@at_most("EXPORT_LIMITS")
def partner_mandate(request: HttpRequest, public_id: uuid.UUID, partner_id: uuid.UUID) -> HttpResponse:
    """Give the letter of mandate, filled in, to print and sign."""
    _application, partner = _own_partner(request, public_id, partner_id)
    return mandate_answer(partner)


def mandate_answer(partner: Partner) -> HttpResponse:
    """Return a partner's letter of mandate as a file."""
    pdf = mandate_pdf(partner, language=get_language() or "it", now=timezone.now())
    disposition = f'attachment; filename="mandato-{partner.tax_code}.pdf"'
    return HttpResponse(pdf, content_type="application/pdf", headers={"Content-Disposition": disposition})


def _own_partner(
    request: HttpRequest, public_id: uuid.UUID, partner_id: uuid.UUID
) -> tuple[Application, Partner]:
    """Return an application of a body the person acts for and one of its partners, or answer 404."""
    application = own_application(request, public_id)
    partner = get_object_or_404(partners_of(application).with_application(), public_id=partner_id)
    return application, partner


def partners_of(application: Application) -> PartnerQuerySet:
    """Return the partners a body reads and writes of: as they stand, or as its answer to the office will have them."""
    if application.opening:
        return application.partners.carried_in(application.opening)
    return application.partners.present()


def _refuse_readers(request: HttpRequest, application: Application) -> None:
    """Answer 404 to whoever may not write, and once the application has left."""
    if not may_write(request.user, application, StepKey.PARTNERS):
        raise Http404


def _page(
    request: HttpRequest, application: Application, form: PartnerForm, edited: Partner | None = None
) -> HttpResponse:
    """Show the step with its form."""
    context = {
        "partners": partners_of(application).with_letters(),
        "asks_letters": application.call.partner_letter == PartnerConsent.SIGNED,
        "form": form,
        "edited": edited,
        "most_partners": services.MOST_PARTNERS,
    }
    answer = step_page(request, application, StepKey.PARTNERS, context, "calls/step_partners.html")
    answer.status_code = 422 if form.errors else 200
    return answer


def _written(form: PartnerForm, service: Any, **arguments: Any) -> Partner | None:
    """Have a service write what was typed; a refusal is said beside the field it concerns."""
    try:
        partner: Partner = service(**form.cleaned_data, **arguments)
    except services.PartnerIsApplicant:
        form.add_error("tax_code", _("This is the body that applies: it cannot be its own partner."))
    except services.PartnerNamedTwice:
        form.add_error("tax_code", _("This body is among your partners already: change it there."))
    except services.TooManyPartners:
        words = _("An application has at most %(number)s partners.") % {"number": services.MOST_PARTNERS}
        form.add_error(None, words)
    except services.TooManyInvitations:
        form.add_error(None, _too_many())
    except services.PartnerRemoved:
        form.add_error(None, _("This partner was removed meanwhile: name it again below."))
    except services.ApplicationClosed:
        form.add_error(None, _("A submitted application can no longer be changed."))
    except services.MayOnlyRead:
        form.add_error(
            None, _("Your time to write for this organization is over: open it again at the desk.")
        )
    else:
        return partner
    return None


def _say_written(request: HttpRequest, partner: Partner) -> None:
    """Say that a partner is named, and invite it if that was asked for."""
    if request.POST.get("then") == "invite":
        _invite(request, partner)
    else:
        messages.success(
            request, _("“%(name)s” is saved. It is not invited yet.") % {"name": partner.legal_name}
        )


def _say_changed(request: HttpRequest, before: Partner, partner: Partner) -> None:
    """Say what a change has led to."""
    if before.has_answered and not partner.has_answered:
        words = _("Saved. What “%(name)s” had answered no longer holds: we have asked it again by mail.")
        messages.warning(request, words % {"name": partner.legal_name})
    else:
        messages.success(request, _("The changes are saved."))


def _invite(request: HttpRequest, partner: Partner) -> None:
    """Write to a partner, and say so."""
    try:
        services.invite_partner(partner=partner, by=request.user, now=timezone.now())
    except services.InvitedJustNow:
        messages.info(request, _("We have just written to “%(name)s”.") % {"name": partner.legal_name})
    except services.TooManyInvitations:
        messages.error(request, _too_many())
    except (services.PartnerRemoved, services.ApplicationClosed):
        messages.error(request, _("This partner can no longer be invited."))
    else:
        words = _("We have written to %(email)s. “%(name)s” answers by the link in the mail.")
        messages.success(request, words % {"email": partner.email, "name": partner.legal_name})


def _too_many() -> str:
    """Say that no more mails leave for this application."""
    return _(
        "This application has sent %(number)s invitations, the most there may be: write to the office."
    ) % {"number": services.MOST_INVITATIONS}
