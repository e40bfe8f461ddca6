"""The numbers and names of a body as people type them: made plain, then checked by the law's own checksums.

Every function returns the plain form or raises ValidationError with a sentence that says what to do.
"""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from stdnum.exceptions import InvalidChecksum
from stdnum.exceptions import ValidationError as NotANumber
from stdnum.it import codicefiscale, iva

from accounts.provinces import PROVINCES

BODY_DIGITS = 11
PERSON_CHARACTERS = 16
#: Providers of ordinary mailboxes: an address there is certainly no certified one.
NAMES = (
    "alice",
    "gmail",
    "googlemail",
    "hotmail",
    "icloud",
    "libero",
    "live",
    "outlook",
    "tiscali",
    "virgilio",
    "yahoo",
)
ORDINARY = frozenset(f"{name}.{end}" for name in NAMES for end in ("com", "it"))


def plain_code(typed: str) -> str:
    """Return a code without the spaces, dots, dashes and invisible marks people type or paste, in capitals."""
    text = unicodedata.normalize("NFKC", typed)
    kept = [letter for letter in text if unicodedata.category(letter) not in ("Cf", "Cc", "Zs", "Pd")]
    return "".join(kept).replace(".", "").replace("/", "").upper()


def plain_line(typed: str) -> str:
    """Return a text on one line without invisible marks, which can make a name look like another one."""
    seen = [" " if unicodedata.category(letter) == "Cc" else letter for letter in typed]
    return " ".join("".join(letter for letter in seen if unicodedata.category(letter) != "Cf").split())


def check_name(typed: str) -> str:
    """Take a legal name or the name of a person: letters, digits and punctuation."""
    name = plain_line(typed)
    if not any(letter.isalnum() for letter in name):
        raise ValidationError(_("Write the name in letters."))
    if any(unicodedata.category(letter) in ("So", "Sk", "Co", "Cn") for letter in name):
        raise ValidationError(_("Pictures and symbols have no place in a name: write it as in the statute."))
    return name


def check_tax_code(typed: str, *, may_be_a_person: bool) -> str:
    """Take the 11 digits of a body, and the 16 characters of a person where that may be."""
    code = plain_code(typed)
    if code.startswith("IT") and code[2:].isdigit():
        code = code[2:]
    if len(code) == PERSON_CHARACTERS and not code.isdigit():
        if not may_be_a_person:
            raise ValidationError(
                _("This is the tax code of a person. A body of this kind has one of its own, with 11 digits.")
            )
        return check_person_code(code)
    if not re.fullmatch(r"[0-9]+", code):
        if may_be_a_person:
            raise ValidationError(_("A tax code has 11 digits, or the 16 characters of a person's."))
        raise ValidationError(_("The tax code of a body is made of 11 digits, without letters or signs."))
    return _check_digits(code)


def check_person_code(typed: str) -> str:
    """Take the 16 characters of a person's tax code."""
    code = plain_code(typed)
    if len(code) != PERSON_CHARACTERS:
        raise ValidationError(
            _("A person's tax code has 16 characters, this one has %(number)s.") % {"number": len(code)}
        )
    try:
        return codicefiscale.validate(code)
    except InvalidChecksum:
        raise ValidationError(
            _("The last letter does not fit the others: compare it with the health card.")
        ) from None
    except NotANumber:
        raise ValidationError(
            _("This is not a person's tax code: compare each character with the health card.")
        ) from None


def check_vat_number(typed: str) -> str:
    """Take an Italian VAT number, with or without its country, or nothing."""
    number = plain_code(typed)
    if not number:
        return ""
    country = number[:2]
    if country.isalpha() and country != "IT":
        raise ValidationError(_("Only Italian VAT numbers are taken here: 11 digits, with or without IT."))
    digits = number.removeprefix("IT")
    if not re.fullmatch(r"[0-9]+", digits):
        raise ValidationError(_("A VAT number is made of 11 digits, without letters or signs."))
    try:
        return iva.validate(_check_digits(digits))
    except NotANumber:
        raise ValidationError(
            _("These 11 digits are a tax code, not a VAT number: leave the field empty if there is none.")
        ) from None


def check_runts(typed: str) -> str:
    """Take a number of the national register of the Third Sector, or nothing."""
    number = plain_line(typed).upper()
    if number and not re.fullmatch(r"(RUNTS[ .:-]*)?(N[. °]*)?[0-9]{1,9}", number):
        raise ValidationError(_("A RUNTS number is made of digits: copy it from the register's page."))
    return re.sub(r"[^0-9]", "", number)


def check_rea(typed: str) -> str:
    """Take a REA number, made like MI-1234567, or nothing."""
    number = plain_code(typed).removeprefix("REA")
    if not number:
        return ""
    found = re.fullmatch(r"([A-Z]{2})([0-9]{1,7})", number)
    if not found or found[1] not in PROVINCES:
        raise ValidationError(
            _("A REA number begins with its province and goes on with up to 7 digits, like MI-1234567.")
        )
    return f"{found[1]}-{found[2]}"


def check_postcode(typed: str) -> str:
    """Take an Italian postcode."""
    code = plain_code(typed)
    if not re.fullmatch(r"[0-9]{5}", code):
        raise ValidationError(_("A postcode has 5 digits, like 20127."))
    return code


def check_province(typed: str) -> str:
    """Take the two letters of a province."""
    letters = plain_code(typed)
    if letters not in PROVINCES:
        raise ValidationError(_("Write the two letters of the province, like MI."))
    return letters


def check_certified_mail(address: str) -> str:
    """Take an address that may be certified e-mail, or nothing."""
    domain = address.rpartition("@")[2].lower()
    if domain in ORDINARY:
        raise ValidationError(
            _("%(domain)s gives out ordinary mailboxes: write the certified one (PEC).") % {"domain": domain}
        )
    return address.lower()


def _check_digits(digits: str) -> str:
    """Take 11 digits whose last one fits the others."""
    if len(digits) != BODY_DIGITS:
        raise ValidationError(_("There should be 11 digits, these are %(number)s.") % {"number": len(digits)})
    try:
        return codicefiscale.validate(digits)
    except InvalidChecksum:
        raise ValidationError(
            _("One of the digits is wrong: the last one does not fit the others.")
        ) from None
    except NotANumber:
        raise ValidationError(_("No office gives out such a number: compare each digit.")) from None
