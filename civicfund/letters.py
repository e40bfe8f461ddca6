"""The HTML part of a mail, made from its text: the text stays the only source of what is said."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

#: A line of words before an address becomes the words of its link when it is not longer than this.
LONGEST_LINK = 80
ADDRESS = re.compile(r"https?://[^\s<>\"]+")


@dataclass
class Block:
    """A part of a letter: a paragraph, a list, or a link with its words."""

    kind: str
    lines: list[SafeString] = field(default_factory=list)
    url: str = ""
    words: str = ""


def html_of(*, subject: str, body: str, language: str) -> str:
    """Return the HTML part of a mail in its reader's language.

    An address of this site on a line of its own becomes a link, the first of them a button. An address somebody else wrote
    into the text stays text: nobody is led away from here by a word of a promoter.
    """
    paragraphs = [part.splitlines() for part in re.split(r"\n\s*\n", body.strip())]
    blocks = [block for lines in paragraphs[:-1] for block in _blocks(lines)]
    first = next((block for block in blocks if block.kind == "link"), None)
    if first:
        first.kind = "button"
    with translation.override(language):
        return render_to_string(
            "emails/layout.html",
            {
                "subject": subject,
                "language": language,
                "blocks": blocks,
                "foot": [_linked(line) for line in paragraphs[-1]],
                "city": settings.CITY,
                "site_url": settings.SITE_URL,
            },
        )


def _blocks(lines: list[str]) -> Iterator[Block]:
    """Yield the parts of one paragraph of the text."""
    words: list[str] = []
    items: list[str] = []
    for line in lines:
        if line.startswith("- "):
            yield from _text(words)
            items.append(line[2:])
            continue
        yield from _list(items)
        if _is_own(line.strip()):
            label = _label(words)
            yield from _text(words)
            yield Block("link", url=line.strip(), words=label)
        else:
            words.append(line)
    yield from _text(words)
    yield from _list(items)


def _label(words: list[str]) -> str:
    """Take the line that announces an address out of the text, if it is short enough to be its link."""
    if words and words[-1].endswith(":") and len(words[-1]) <= LONGEST_LINK:
        return words.pop().removesuffix(":")
    return ""


def _text(words: list[str]) -> Iterator[Block]:
    """Yield a paragraph of the words gathered so far, and gather anew."""
    if words:
        yield Block("text", lines=[_linked(line) for line in words])
        words.clear()


def _list(items: list[str]) -> Iterator[Block]:
    """Yield a list of the items gathered so far, and gather anew."""
    if items:
        yield Block("list", lines=[_linked(item) for item in items])
        items.clear()


def _is_own(address: str) -> bool:
    """Say whether some text is an address of this site and nothing else."""
    return bool(ADDRESS.fullmatch(address)) and address.startswith(
        (f"{settings.SITE_URL}/", settings.SITE_URL + "?")
    )


def _linked(line: str) -> SafeString:
    """Return a line as HTML, with links for what leads to this site and for the office's own address."""
    contact = str(settings.CITY["contact_email"])
    pattern = f"{ADDRESS.pattern}|{re.escape(contact)}" if contact else ADDRESS.pattern
    parts = re.split(f"({pattern})", line)
    return mark_safe("".join(_part(part, contact) for part in parts))  # noqa: S308 # nosemgrep: markup-believed - every part is escaped


def _part(part: str, contact: str) -> str:
    """Return one part of a line, escaped, as a link where it is one of ours."""
    if contact and part == contact:
        return _link(f"mailto:{part}", part)
    own = part.rstrip(".,;:)")
    if _is_own(own):
        return _link(own, own) + escape(part[len(own) :])
    return escape(part)


def _link(url: str, words: str) -> str:
    """Return a link; its colour is written into it, since many mail programs read no style sheet."""
    return f'<a class="link" href="{escape(url)}" style="color:#084382;text-decoration:underline">{escape(words)}</a>'
