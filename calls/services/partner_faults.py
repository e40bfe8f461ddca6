"""What about its partners keeps an application from being handed in."""

from django.db.models import Count
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from calls.models import Application, CallSession, Partner, PartnerConsent
from calls.services.shortcoming import Shortcoming
from civicfund.money import format_euro

LIVE = [Application.Status.SUBMITTED, Application.Status.ADMITTED, Application.Status.RESERVE]


def partner_faults(application: Application) -> list[Shortcoming]:
    """Return what is open with the partners of an application; who has declined is simply not part of it."""
    # What waits for an answer to the office has none of the others' places yet.
    partners = [one for one in application.partners.all() if one.is_present]
    faults = [fault for partner in partners for fault in _faults_of(partner, application)]
    shares = sum(
        partner.share_cents or 0 for partner in partners if partner.status != Partner.Status.DECLINED
    )
    if shares > application.cost_cents > 0:
        words = _("The partners' shares come to %(shares)s, more than the project costs: lower one.") % {
            "shares": format_euro(shares, get_language() or "it")
        }
        faults.append(Shortcoming("partners", "", words))
    return faults


def partner_limit_faults(application: Application, session: CallSession) -> list[Shortcoming]:
    """Return which partners take part in too many applications of the window. The caller holds the call locked."""
    most = session.call.partner_applications_max
    if most is None:
        return []
    own = application.partners.taking_part(session.call).values_list("tax_code", flat=True)
    elsewhere = (
        Partner.objects.taking_part(session.call)
        .filter(application__session=session, application__status__in=LIVE, tax_code__in=own)
        .exclude(application=application)
        .order_by("tax_code")
        .values("tax_code")
        .annotate(number=Count("pk"))
        .filter(number__gte=most)
    )
    full = {row["tax_code"] for row in elsewhere}
    return [
        Shortcoming(
            "partners",
            anchor_of(partner),
            _(
                "“%(name)s” already takes part in %(number)s applications of this window, as many as a partner may: remove it."
            )
            % {"name": partner.legal_name, "number": most},
        )
        for partner in application.partners.taking_part(session.call)
        if partner.tax_code in full
    ]


def anchor_of(partner: Partner) -> str:
    """Return where the step shows a partner."""
    return f"partner_{partner.public_id}"


def _faults_of(partner: Partner, application: Application) -> list[Shortcoming]:
    """Return what is open with one partner."""
    organization = application.organization
    words = []
    consent = application.call.partner_letter
    if partner.tax_code in (organization.tax_code, organization.vat_number):
        words.append(_("“%(name)s” is the body that applies, which cannot be its own partner: remove it."))
    if partner.status == Partner.Status.NAMED and consent != PartnerConsent.NONE:
        words.append(_("“%(name)s” has not been invited yet: invite it, or remove it."))
    if partner.status == Partner.Status.INVITED and consent != PartnerConsent.NONE:
        words.append(
            _("“%(name)s” has not answered yet: it confirms by the link in its mail. You can also remove it.")
        )
    is_part = partner.status != Partner.Status.DECLINED
    if consent == PartnerConsent.SIGNED and is_part and partner.letter is None:
        words.append(
            _("The signed letter of mandate of “%(name)s” is missing: upload it, or let it upload it itself.")
        )
    return [
        Shortcoming("partners", anchor_of(partner), text % {"name": partner.legal_name}) for text in words
    ]
