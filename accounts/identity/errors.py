"""Why a sign-in with a digital identity does not succeed, in the order in which people meet it."""

import re
from typing import Any

from allauth.socialaccount.providers.base.constants import AuthError
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from requests import RequestException

CANCELLED, LEVEL, SILENT, OVER, ANOTHER, NO_TAX_CODE, WRONG = (
    "cancelled",
    "level",
    "silent",
    "over",
    "another",
    "no_tax_code",
    "wrong",
)
#: SPID's numbers for what a person has done or not; all others are faults of machines.
#: Source: AgID, SPID - Regole tecniche, tabella messaggi di anomalia.
SPID_NUMBERS = {
    "19": WRONG,
    "20": LEVEL,
    "21": OVER,
    "22": CANCELLED,
    "23": WRONG,
    "25": CANCELLED,
}


class IdentityRefused(OAuth2Error):
    """Say why what an identity provider told is not believed; `reason` is one of this module's words."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(detail or reason)
        self.reason = reason


def reason_of(error: Any, exception: Exception | None, description: str, *, had_state: bool) -> str:
    """Return the reason of a failed sign-in from what the library, the provider and the network say."""
    number = re.search(r"nr\s?(\d\d)", description)
    if number and number[1] in SPID_NUMBERS:
        return SPID_NUMBERS[number[1]]
    if error == AuthError.CANCELLED:
        return CANCELLED
    if isinstance(exception, IdentityRefused):
        return exception.reason
    if isinstance(exception, RequestException):
        return SILENT
    return WRONG if had_state else OVER
