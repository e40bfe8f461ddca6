"""Check single values the way Stripe does; each function raises StripeRefusal and names the parameter."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from stripe_twin.errors import bad_param

MINIMUM = {
    "eur": 50,
    "usd": 50,
    "gbp": 30,
    "chf": 50,
    "sek": 300,
    "nok": 300,
    "dkk": 250,
    "pln": 200,
    "czk": 1500,
}
CURRENCIES = frozenset(re.findall(r"[a-z]{3}", """
aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bif bmd bnd bob brl bsd bwp byn bzd cad cdf
chf clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl
htg huf idr ils inr isk jmd jpy kes kgs khr kmf krw kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk
mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd pab pen pgk php pkr pln pyg qar ron rsd rub
rwf sar sbd scr sek sgd shp sle sos srd std szl thb tjs top try ttd twd tzs uah ugx usd uyu uzs vnd
vuv wst xaf xcd xof xpf yer zar zmw
"""))  # fmt: skip
MAXIMUM = 99_999_999
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


def modelled(params: dict[str, Any], names: Iterable[str], prefix: str = "") -> None:
    """Refuse what Stripe knows and the twin does not act on, rather than ignore it."""
    known = set(names)
    for name in params:
        if name not in known:
            path = f"{prefix}[{name}]" if prefix else name
            raise bad_param(f"The local Stripe does not model {path}.", path, "not_modelled")


def check_currency(currency: str, param: str) -> None:
    """Refuse a code that is not one of Stripe's currencies."""
    if currency not in CURRENCIES:
        known = ", ".join(sorted(CURRENCIES))
        raise bad_param(
            f"Invalid currency: {currency}. Stripe currently supports these currencies: {known}", param
        )


def check_total(amount: int, currency: str) -> None:
    """Refuse a total, in cents, under the currency's minimum or over eight digits."""
    minimum = MINIMUM.get(currency, 50)
    if amount < minimum:
        raise bad_param(
            f"The Checkout Session's total amount must convert to at least {minimum} cents ({currency}).",
            "line_items", "amount_too_small",
        )  # fmt: skip
    if amount > MAXIMUM:
        raise bad_param(f"Amount must be no more than {MAXIMUM}.", "line_items", "amount_too_large")


def check_url(url: str, param: str) -> None:
    """Refuse what is not an absolute web address."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"\s", url):
        raise bad_param("Not a valid URL", param, "url_invalid")


def check_email(email: str, param: str) -> None:
    """Refuse what is not an e-mail address."""
    if not EMAIL.fullmatch(email) or len(email) > 800:
        raise bad_param(f"Invalid email address: {email}", param, "email_invalid")


def check_suffix(suffix: str, param: str) -> None:
    """Refuse a statement descriptor suffix that banks would not print: 1 to 22 Latin characters, one of them a letter."""
    if not suffix or len(suffix) > 22:
        raise bad_param("The statement descriptor suffix must be between 1 and 22 characters.", param)
    if re.search(r"""[<>\\'"*]""", suffix):
        raise bad_param("The statement descriptor suffix cannot contain any of < > \\ ' \" *", param)
    if not all(31 < ord(letter) < 256 for letter in suffix):
        raise bad_param("The statement descriptor suffix can only contain Latin characters.", param)
    if not any(letter.isalpha() for letter in suffix):
        raise bad_param("The statement descriptor suffix must contain at least one letter.", param)
