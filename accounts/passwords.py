"""Words of this place that a password may not be made of."""

import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

#: Beside the city's own names: what the platform and its roles are called. Source: OWASP ASVS 5.0, 6.1.2 and 6.2.11.
WORDS = (
    "civicfund",
    "crowdfunding",
    "civico",
    "comune",
    "municipio",
    "bando",
    "progetto",
    "donazione",
    "password",
)
#: What has to be left of a password when such words, figures and signs are taken away.
LEFT = 4


class WordsOfThisPlace:
    """Refuse a password that is little more than the city's or the platform's name with figures."""

    def validate(self, password: str, user: object = None) -> None:
        """Raise ValidationError when hardly anything is left without the words of this place."""
        rest = password.lower()
        for word in sorted(_words(), key=len, reverse=True):
            rest = rest.replace(word, "")
        letters = re.sub(r"[\W\d_]", "", rest)
        if rest != password.lower() and len(letters) < LEFT:
            raise ValidationError(_("This is mostly a name everybody here knows: add words of your own."))

    def get_help_text(self) -> str:
        """Say what is asked."""
        return _("The name of the city or of this service is not enough.")


def _words() -> set[str]:
    """Return the words, with those of the names the city has given."""
    names = f"{settings.CITY['name']} {settings.CITY['service_name']}".lower()
    return {*WORDS, *(word for word in re.findall(r"[^\W\d_]+", names) if len(word) >= LEFT)}
