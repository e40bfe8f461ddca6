"""The receipt as a tagged PDF (PDF/UA-1), made from its row whenever somebody asks for it.

The same row gives the same bytes. A void receipt names no donor: its data may have changed since.
"""

from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from civicfund.money import format_euro
from civicfund.pdf import set_pdf
from civicfund.templatetags.clock import day
from civicfund.templatetags.money import percent
from donations import rules
from donations.models import Receipt
from donations.payment_words import method_words

TEMPLATE = settings.BASE_DIR / "donations" / "receipt.typ"


def receipt_pdf(receipt: Receipt, *, language: str) -> bytes:
    """Return a receipt as a PDF in Italian or English."""
    with translation.override(language):
        words = _words(receipt, language)
    written_at = receipt.voided_at or receipt.issued_at
    return set_pdf(TEMPLATE, name="receipt", words=words, written_at=written_at)


def _words(receipt: Receipt, language: str) -> dict[str, Any]:
    """Return all that the page says, in the active language."""
    issued = timezone.localtime(receipt.issued_at)
    italian = not language.startswith("en")
    return {
        "title": _("Receipt no. %(number)s") % {"number": receipt},
        "language": language,
        "date": [issued.year, issued.month, issued.day],
        "service": f"{settings.CITY['service_name']} · {settings.CITY['name']}",
        "payee": receipt.payee_name,
        "void": _void(receipt),
        "replaces": _("It replaces receipt no. %(number)s, which is void.") % {"number": receipt.replaces}
        if receipt.replaces
        else None,
        "amount": format_euro(receipt.amount_cents, language),
        "amount_in_words": f"euro {rules.euro_in_words(receipt.amount_cents)}" if italian else None,
        "parts": _parts(receipt),
        "sentences": _sentences(receipt) if receipt.is_valid else [],
        "footer": _("Issued on %(date)s for gift %(gift)s.")
        % {"date": day(receipt.issued_at), "gift": receipt.donation.public_id},
    }


def _void(receipt: Receipt) -> dict[str, str] | None:
    """Say that a receipt is void, why, and what stands in its place."""
    if receipt.is_valid:
        return None
    words = {"date": day(receipt.voided_at), "reason": receipt.get_void_reason_display()}
    text = _("Void since %(date)s: %(reason)s.") % words
    follower = getattr(receipt, "replaced_by", None)
    if follower:
        text += " " + _("Receipt no. %(number)s stands in its place.") % {"number": follower}
    return {"word": _("VOID"), "text": text}


def _parts(receipt: Receipt) -> list[dict[str, Any]]:
    """Return the facts of the receipt, each with its name; what is empty is left out."""
    gift, campaign = receipt.donation, receipt.donation.campaign
    payee = [
        (_("Legal name"), receipt.payee_name),
        (_("Tax code"), receipt.payee.public_tax_code),
        (_("RUNTS number"), receipt.payee_runts_number),
        (_("Seat"), receipt.payee_seat),
    ]
    donor = [(_("Name"), gift.name or _("not given")), (_("Tax code"), gift.tax_code)]
    payment = [
        (_("Paid on"), day(gift.charged_at)),
        (_("Means of payment"), method_words(gift.payment_method)),
        (_("Project"), campaign.title),
        (_("Call"), campaign.call.title),
    ]
    parts = [
        (_("Received by"), payee),
        (_("Given by"), donor if receipt.is_valid else []),
        (_("The gift"), payment),
    ]
    return [{"title": title, "facts": [fact for fact in facts if fact[1]]} for title, facts in parts if facts]


def _sentences(receipt: Receipt) -> list[str]:
    """Return what the payee declares; of taxes only where the law gives the donor a relief.

    Source: D.Lgs. 117/2017 art. 82 c. 5, art. 83 c. 1 and 2.
    """
    gift = _(
        "The body declares that it has received this sum as a gift (erogazione liberale), with nothing in return."
    )
    if not receipt.relief_bp:
        return [gift]
    relief = _(
        "The body is a non-commercial one of the Third Sector. A natural person may deduct %(share)s of the gift from "
        "the income tax, for at most 30,000 euro of gifts a year; as an alternative, the gift is deductible from the "
        "income of people, bodies and companies within 10%% of it (art. 83 of Legislative Decree 117/2017). The two "
        "cannot be added up. The payment is traceable, as the law requires."
    ) % {"share": percent(receipt.relief_bp)}
    duty = _("Exempt from stamp duty under art. 82, paragraph 5, of Legislative Decree 117/2017.")
    return [gift, relief, duty, _("Keep this receipt with the papers of your tax return.")]
