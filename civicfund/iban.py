"""Accounts that can be paid to: what an IBAN has to be, whoever names it."""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from stdnum import exceptions, iban

#: Countries and territories that transfers in euro reach, by the European Payments Council's list of the SEPA area.
SEPA = frozenset(
    [
        "AD",
        "AL",
        "AT",
        "BE",
        "BG",
        "CH",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GB",
        "GI",
        "GR",
        "HR",
        "HU",
        "IE",
        "IS",
        "IT",
        "LI",
        "LT",
        "LU",
        "LV",
        "MC",
        "MD",
        "ME",
        "MK",
        "MT",
        "NL",
        "NO",
        "PL",
        "PT",
        "RO",
        "RS",
        "SE",
        "SI",
        "SK",
        "SM",
        "VA",
    ]
)


def check_iban(typed: str) -> str:
    """Return an IBAN without spaces, or raise ValidationError with what is wrong with it."""
    seen = (letter for letter in typed if unicodedata.category(letter) not in ("Cf", "Cc"))
    compact = iban.compact("".join(seen)).replace(".", "")
    if compact[:2] not in SEPA:
        raise ValidationError(
            _(
                "An IBAN begins with its country, IT for Italy, and only accounts of the SEPA area can be paid to."
            )
        )
    try:
        return iban.validate(compact)
    except exceptions.InvalidLength as error:
        raise ValidationError(
            _("This IBAN has %(number)s characters: some are missing or too many.") % {"number": len(compact)}
        ) from error
    except exceptions.ValidationError as error:
        raise ValidationError(
            _("This IBAN is not right: a letter or a digit is wrong. Compare it with your bank's.")
        ) from error
