"""How Stripe's words for means of payment are said to people."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

METHODS = {
    "card": _("payment card"),
    "card_present": _("payment card"),
    "link": _("payment card, through Link"),
    "paypal": _("PayPal"),
    "satispay": _("Satispay"),
    "bancontact": _("Bancontact"),
    "eps": _("EPS bank payment"),
    "ideal": _("iDEAL bank payment"),
    "p24": _("Przelewy24 bank payment"),
    "revolut_pay": _("Revolut Pay"),
    "amazon_pay": _("Amazon Pay"),
    "sepa_debit": _("SEPA direct debit"),
    "customer_balance": _("bank transfer"),
    "bank_transfer": _("bank transfer"),
    "cheque": _("cheque"),
}


def method_words(method: str) -> str:
    """Return the means of payment in the active language; one that is not known is still an electronic one."""
    return str(METHODS[method]) if method in METHODS else gettext("electronic payment")
