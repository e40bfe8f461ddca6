"""The letter by which a partner gives the lead partner its mandate: a tagged PDF (PDF/UA-1), filled in, to print and sign."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from calls.models import Partner
from civicfund.money import format_euro
from civicfund.pdf import set_pdf
from civicfund.templatetags.clock import day

TEMPLATE = settings.BASE_DIR / "calls" / "mandate.typ"


def mandate_pdf(partner: Partner, *, language: str, now: datetime) -> bytes:
    """Return a partner's letter in Italian or English; its application should have been fetched."""
    with translation.override(language):
        words = _words(partner, language, now)
    return set_pdf(TEMPLATE, name="letter", words=words, written_at=now)


def _words(partner: Partner, language: str, now: datetime) -> dict[str, Any]:
    """Return all that the page says, in the active language."""
    today = timezone.localtime(now)
    return {
        "title": _("Letter of mandate to the lead partner"),
        "language": language,
        "date": [today.year, today.month, today.day],
        "service": f"{settings.CITY['service_name']} · {settings.CITY['name']}",
        "author": partner.legal_name,
        "parts": [{"title": title, "facts": facts} for title, facts in _parts(partner, language)],
        "intro": _("The undersigned, legal representative of the partner named below,"),
        "sentences": _sentences(),
        "blanks": [
            _("Name and surname of the legal representative"),
            _("Place and date"),
            _("Signature"),
        ],
        "footer": _("Filled in on %(date)s from the draft of the application.") % {"date": day(today)},
    }


def _parts(partner: Partner, language: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return who is bound to what: the parts of the page, each with its facts."""
    application, lead = partner.application, partner.application.organization
    share = format_euro(partner.share_cents, language) if partner.share_cents else _("no share of its own")
    body = [
        (_("Legal name"), partner.legal_name),
        (_("Kind of body"), partner.get_kind_display()),
        (_("Tax code"), partner.tax_code),
        (_("Contact person"), partner.referent),
    ]
    leader = [
        (_("Legal name"), lead.legal_name),
        (_("Tax code"), lead.tax_code),
        (_("Seat"), f"{lead.address}, {lead.city}"),
    ]
    project = [(_("Title"), application.title), (_("Call"), application.call.title)]
    return [
        (_("The partner"), body),
        (_("The lead partner"), leader),
        (_("The project"), project),
        (_("The partner's part"), [(_("What it does"), partner.part), (_("Share of the budget"), share)]),
    ]


def _sentences() -> list[str]:
    """Return what the partner declares."""
    return [
        _(
            "declares that the body takes part in the project with the part described above, and knows its text;"
        ),
        _(
            "gives the lead partner the mandate to present the application in the name of the partnership, to deal with the "
            "municipality about it, and to receive the sums that are granted;"
        ),
        _(
            "undertakes to carry out its part if the project is financed, and to give the lead partner the papers of what it "
            "spends;"
        ),
        _("declares that the body takes part in no more applications of the call than the call admits."),
    ]
