"""Posters of a campaign as PDF, A4 and square: its picture, the gate bar as it stands, and a QR code to its page."""

import io
from datetime import datetime
from typing import Any

import segno
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from campaigns.models import Campaign
from campaigns.templatetags.gate import figures
from civicfund.money import format_euro
from civicfund.pdf import set_pdf
from civicfund.templatetags.clock import by_when

TEMPLATE = settings.BASE_DIR / "campaigns" / "poster.typ"
SHAPES = ("a4", "square")
#: The picture as printed, in pixels: 150 to the inch on A4, and small enough to be set in a moment.
PICTURE = (1200, 620)


def page_address(campaign: Campaign, source: str = "") -> str:
    """Return the whole address of a campaign's page; a source says later where readers came from."""
    return f"{settings.SITE_URL}{campaign.get_absolute_url()}" + (f"?da={source}" if source else "")


def qr_svg(address: str) -> str:
    """Return a QR code that leads to an address, as SVG with its quiet margin."""
    drawn = io.BytesIO()
    segno.make_qr(address, error="m").save(drawn, kind="svg", border=2, xmldecl=False, light="#fff")
    return drawn.getvalue().decode()


def poster_pdf(campaign: Campaign, *, shape: str, language: str, now: datetime) -> bytes:
    """Return a poster with the figures of an instant; `shape` is one of SHAPES."""
    with translation.override(language):
        words = _words(campaign, shape, language)
    return set_pdf(TEMPLATE, name="poster", words=words, written_at=now)


def picture_of(campaign: Campaign, size: tuple[int, int]) -> Image.Image | None:
    """Return a campaign's picture cut to a size in pixels, or nothing where there is none that can be read."""
    if not campaign.image:
        return None
    try:
        with campaign.image.open("rb") as file, Image.open(file) as picture:
            return ImageOps.fit(picture.convert("RGB"), size)
    except (OSError, ValueError):
        return None


def _words(campaign: Campaign, shape: str, language: str) -> dict[str, Any]:
    """Return all that a poster says and shows, in the active language."""
    bar = figures(campaign)
    picture = picture_of(campaign, PICTURE)
    city = settings.CITY
    return {
        "shape": shape,
        "language": language,
        "title": campaign.title,
        "author": f"{city['service_name']} · {city['name']}",
        "service": city["service_name"],
        "city": city["name"],
        "where": f"{campaign.borough} · {campaign.theme}",
        "summary": campaign.summary,
        "picture": list(_jpeg(picture)) if picture else None,
        "picture_alt": campaign.image_alt or campaign.title,
        "bar": {
            "fill": bar["fill"],
            "gate": bar["gate"],
            "city": bar["city"],
            "given": bar["state"] in ("released", "above"),
            "words": f"{bar['percent']}%",
        },
        "facts": _facts(campaign, bar, language),
        "qr": qr_svg(page_address(campaign, "locandina")),
        "address": page_address(campaign).partition("://")[2],
        "call_to_give": _("Frame it and give"),
        "promoter": campaign.organization.legal_name,
    }


def _facts(campaign: Campaign, bar: dict[str, Any], language: str) -> list[tuple[str, str]]:
    """Return the three sentences of a poster, each with its name."""
    if bar["missing_cents"]:
        asked = _("%(threshold)s from citizens") % {
            "threshold": format_euro(bar["threshold_cents"], language)
        }
    else:
        asked = _("reached: %(raised)s given") % {"raised": format_euro(bar["raised_cents"], language)}
    facts = [(_("The threshold"), asked)]
    if bar["grant_cents"]:
        added = f"{format_euro(bar['grant_cents'], language)} · {bar['grant_word']}"
        facts.append((_("Then the city adds"), added))
    if campaign.gifts_until:
        facts.append((_("You can give"), by_when(campaign.gifts_until)))
    return facts


def _jpeg(picture: Image.Image) -> bytes:
    """Return a picture as JPEG."""
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    return out.getvalue()
