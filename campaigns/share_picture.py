"""The picture that other sites show of a campaign: its photograph and the gate bar as it stands, 1200 by 630 pixels."""

import functools
import hashlib
import io
import json
from typing import Any

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

from campaigns.models import Campaign
from campaigns.poster import picture_of
from campaigns.templatetags.gate import figures
from civicfund.money import format_euro

SIZE = (1200, 630)
PHOTO = (1200, 330)
EDGE = 56
CITIZENS, CITY, INK, SOFT, PAPER = "#c9302c", "#0b5cad", "#17212b", "#4c5863", "#ffffff"
CITIZENS_WASH, CITY_WASH, CITY_HATCH, GROUND = "#fbe6e3", "#d9e6f5", "#85adda", "#e9e2d3"
FONTS = settings.BASE_DIR / "static" / "dist" / "fonts" / "print"
NAMES = {
    400: "titillium-web-v10-latin-ext_latin-regular.ttf",
    700: "titillium-web-v10-latin-ext_latin-700.ttf",
}
#: Grows when the drawing changes, so that nobody keeps an old one.
DRAWING = 2


def shown(campaign: Campaign, language: str) -> dict[str, Any]:
    """Return all that the picture depends on."""
    bar = figures(campaign)
    kept = ("state", "raised_cents", "grant_cents", "fill", "gate", "city", "percent", "grant_word")
    return {
        "drawing": DRAWING,
        "title": campaign.title,
        "image": campaign.image.name,
        "service": f"{settings.CITY['service_name']} · {settings.CITY['name']}",
        "language": language,
        **{name: bar[name] for name in kept},
    }


def version(facts: dict[str, Any]) -> str:
    """Return a short name for what the picture shows: another figure, another name."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]


def draw(campaign: Campaign, facts: dict[str, Any]) -> bytes:
    """Return the picture as PNG."""
    page = Image.new("RGB", SIZE, PAPER)
    page.paste(picture_of(campaign, PHOTO) or Image.new("RGB", PHOTO, GROUND), (0, 0))
    pen = ImageDraw.Draw(page)
    _write(pen, (EDGE, 352), _fitting(facts["title"], 700, 46), 700, 46, INK)
    _bar(pen, facts, top=438, thick=52)
    raised = format_euro(facts["raised_cents"], facts["language"])
    _write(pen, (EDGE, 512), f"{raised} · {facts['percent']} %", 700, 36, INK)
    grant = f"{format_euro(facts['grant_cents'], facts['language'])} · {facts['grant_word']}"
    wide = _font(700, 36).getlength(grant)
    _write(pen, (SIZE[0] - EDGE - int(wide), 512), grant, 700, 36, CITY)
    _write(pen, (EDGE, 572), facts["service"], 400, 26, SOFT)
    out = io.BytesIO()
    page.save(out, "PNG", optimize=True)
    return out.getvalue()


def _bar(pen: ImageDraw.ImageDraw, facts: dict[str, Any], *, top: int, thick: int) -> None:
    """Draw the gate bar: citizens, the gate, the city's share behind it, hatched until it is given."""
    left, wide = EDGE, SIZE[0] - 2 * EDGE

    def at(thousandths: int) -> int:
        return left + wide * thousandths // 1000

    gate, city, bottom = facts["gate"], facts["gate"] + facts["city"], top + thick
    pen.rectangle((left, top, at(gate), bottom), fill=CITIZENS_WASH)
    pen.rectangle((left, top, at(facts["fill"]), bottom), fill=CITIZENS)
    if facts["state"] in ("released", "above"):
        pen.rectangle((at(gate), top, at(city), bottom), fill=CITY)
    else:
        pen.rectangle((at(gate), top, at(city), bottom), fill=CITY_WASH)
        for start in range(at(gate), at(city) - thick, 18):
            pen.line((start, bottom, start + thick, top), fill=CITY_HATCH, width=5)
    pen.rectangle((left, top, left + wide, bottom), outline=SOFT, width=2)
    pen.rectangle((at(gate) - 4, top - 10, at(gate) + 4, bottom + 10), fill=INK)


def _write(
    pen: ImageDraw.ImageDraw, place: tuple[int, int], text: str, weight: int, size: int, ink: str
) -> None:
    pen.text(place, text, font=_font(weight, size), fill=ink)


def _fitting(text: str, weight: int, size: int) -> str:
    """Return a text cut to the width of the picture."""
    font, most = _font(weight, size), SIZE[0] - 2 * EDGE
    if font.getlength(text) <= most:
        return text
    while font.getlength(f"{text}…") > most:
        text = text[:-1]
    return f"{text.rstrip()}…"


@functools.cache
def _font(weight: int, size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Return the site's own letters, or Pillow's where the front end is not built."""
    try:
        return ImageFont.truetype(str(FONTS / NAMES[weight]), size)
    except OSError:
        return ImageFont.load_default(size)
