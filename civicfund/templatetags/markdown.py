"""Render the Markdown of promoters and officers without letting anything unsafe out."""

import html

import nh3
from django import template
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

register = template.Library()

TAGS = {"a", "blockquote", "br", "code", "em", "h3", "h4", "h5", "hr", "li", "ol", "p", "strong", "ul"}
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
# The page owns the first two levels of headings.
HEADINGS = {"h1": "h3", "h2": "h3", "h3": "h4", "h4": "h5", "h5": "h5", "h6": "h5"}


def _render_heading(self, tokens, index, options, env):
    """Lower a heading below those of the page."""
    tokens[index].tag = HEADINGS.get(tokens[index].tag, tokens[index].tag)
    return self.renderToken(tokens, index, options, env)


def _parser() -> MarkdownIt:
    """Build the parser with the page's heading levels and without raw HTML."""
    parser = MarkdownIt("commonmark", {"html": False})
    parser.add_render_rule("heading_open", _render_heading)
    parser.add_render_rule("heading_close", _render_heading)
    return parser


PARSER = _parser()


@register.filter
def markdown(text: str | None) -> SafeString:
    """Turn Markdown into clean HTML; links are marked as users' own."""
    rendered = PARSER.render(text or "")
    clean = nh3.clean(rendered, tags=TAGS, attributes=ATTRIBUTES, link_rel="nofollow ugc noopener")
    return mark_safe(clean)  # noqa: S308 # nosemgrep: markup-believed - nh3 has cleaned it


@register.filter
def plain_words(text: str | None) -> str:
    """Return what Markdown says without its marks, on one line: for mails and for the beginnings of texts."""
    return " ".join(html.unescape(nh3.clean(PARSER.render(text or ""), tags=set())).split())
