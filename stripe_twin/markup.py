"""Fill the page templates; every value is escaped unless it is markup made here."""

import html
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template

from stripe_twin.api import Answer
from stripe_twin.languages import texts

FOLDER = Path(__file__).parent / "pages"
SECURITY = {
    # No form-action: Chromium would then block the redirect back to the merchant.
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True)
class Markup:
    """Be text that is already HTML."""

    html: str


@cache
def _template(name: str) -> Template:
    return Template((FOLDER / f"{name}.html").read_text())


def fill(template: str, /, **values: str | Markup) -> Markup:
    """Return a template with its values."""
    safe = {key: one.html if isinstance(one, Markup) else html.escape(one) for key, one in values.items()}
    return Markup(_template(template).substitute(safe))


def page(title: str, content: Markup, lang: str, status: int = 200) -> Answer:
    """Return a whole page."""
    words = texts(lang)
    whole = fill("layout", lang=lang, title=title, content=content, stand_in=words["stand_in"],
                 stand_in_why=words["stand_in_why"])  # fmt: skip
    return Answer(status, whole.html, dict(SECURITY), "text/html")


def message(kind: str, lang: str, status: int, url: str = "") -> Answer:
    """Return a page with a heading, a sentence, and a link when there is somewhere to go."""
    words = texts(lang)
    link = Markup(
        f'<a class="button" href="{html.escape(url)}">{html.escape(words["return"])}</a>' if url else ""
    )
    content = fill("message", heading=words[f"{kind}_title"], explain=words[kind], link=link)
    return page(words[f"{kind}_title"], content, lang, status)


def redirect(url: str) -> Answer:
    """Return a 303 to an address."""
    return Answer(303, "", {"Location": url, "Cache-Control": "no-store"}, "text/html")


def stylesheet() -> Answer:
    """Return the one stylesheet."""
    return Answer(200, (FOLDER / "style.css").read_text(), {"Cache-Control": "max-age=300"}, "text/css")
