"""The protocol receipt of a version as a tagged PDF, made from its row whenever somebody asks for it."""

import io
from typing import Any

import segno
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from calls.content import tell_office, told
from calls.models import ApplicationVersion
from civicfund.pdf import set_pdf
from civicfund.templatetags.clock import to_the_second

TEMPLATE = settings.BASE_DIR / "calls" / "protocol.typ"


def protocol_pdf(version: ApplicationVersion, *, language: str) -> bytes:
    """Return the receipt of a version as a PDF in Italian or English."""
    with translation.override(language):
        words = _words(version, language)
    return set_pdf(TEMPLATE, name="receipt", words=words, written_at=version.filed_at)


def check_address(version: ApplicationVersion) -> str:
    """Return the address of the public page that confirms a receipt."""
    return settings.SITE_URL + reverse("calls:verification", args=[version.code])


def _words(version: ApplicationVersion, language: str) -> dict[str, Any]:
    """Return all that the page says, in the active language."""
    filed = timezone.localtime(version.filed_at)
    author = f"{settings.CITY['service_name']} · {settings.CITY['name']}"
    return {
        "title": _("Protocol receipt %(number)s") % {"number": version.protocol_number},
        "language": language,
        "date": [filed.year, filed.month, filed.day],
        "author": author,
        "service": author,
        "lead": _("The municipality confirms that this application was received and filed as follows."),
        "facts": _facts(version),
        "content": {
            "title": _("Fingerprint of the content (SHA-256)"),
            "text": _(
                "It changes if a single letter of what was handed in changes. The content itself can be downloaded from "
                "the page of the application and compared with it."
            ),
            "digest": version.digest,
        },
        "files": {
            "title": _("Files handed in"),
            "none": _("No file was handed in with this version."),
            "columns": [_("File"), _("Fingerprint (SHA-256)")],
            "rows": [_file(file) for file in version.files],
        },
        "declarations": {"title": _("Declarations"), "lines": _declarations(version)},
        "check": _check(version),
        "footer": _("Receipt of %(moment)s") % {"moment": to_the_second(version.filed_at)},
    }


def _facts(version: ApplicationVersion) -> list[tuple[str, str]]:
    """Return what was filed, when, by whom, each with its name."""
    filed = timezone.localtime(version.filed_at)
    offset = f"{filed:%z}"
    body = version.content["organization"]
    return [
        (_("Protocol number"), version.protocol_number),
        (_("Received on"), f"{to_the_second(version.filed_at)} (UTC{offset[:3]}:{offset[3:]})"),
        (_("Kind"), f"{version.get_kind_display()}, {_('version %(number)s') % {'number': version.number}}"),
        (_("Call"), str(version.call)),
        (_("Who applies"), body["legal_name"]),
        (_("Tax code"), body["tax_code"]),
        (_("Project"), version.title),
        (_("Handed in by"), _filed_by(version)),
        *_of_the_office(version),
    ]


def _filed_by(version: ApplicationVersion) -> str:
    """Return who handed a version in, and that an officer did it for the body."""
    name = version.filed_by.get_full_name()
    if not version.is_filed_by_office:
        return name
    return _("%(name)s, of the office, for the organization") % {"name": name}


def _of_the_office(version: ApplicationVersion) -> list[tuple[str, str]]:
    """Return what the office wrote for the body, a line each; nothing when it wrote nothing."""
    written = version.content.get("office", [])
    return [
        (_("Written by the office") if not number else "", line)
        for number, line in enumerate(tell_office(written))
    ]


def _declarations(version: ApplicationVersion) -> list[str]:
    """Return what was declared, in the words that were agreed to."""
    return [line for part in told(version.content) if part.key == "declarations" for line in part.lines]


def _file(file: dict[str, Any]) -> dict[str, str]:
    """Return how a file of a version is told."""
    about = f"{file['requirement']} · {filesizeformat(file['size'])}"
    return {"name": file["name"], "about": about, "sha256": file["sha256"]}


def _check(version: ApplicationVersion) -> dict[str, str]:
    """Return how anybody checks the receipt."""
    url = check_address(version)
    drawn = io.BytesIO()
    segno.make_qr(url, error="m").save(drawn, kind="svg", border=2, xmldecl=False)
    return {
        "title": _("Check this receipt"),
        "text": _(
            "Anybody who holds it can check it: with the camera, or by typing this code on the page below."
        ),
        "code": version.shown_code,
        "url": url,
        "qr": drawn.getvalue().decode(),
        "alt": _("QR code that leads to the page which confirms this receipt"),
    }
