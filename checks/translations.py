"""Check that every sentence of the interface stands translated in locale/it, without gettext's programs."""

import io
import re
import sys
from collections.abc import Iterator

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation.template import templatize

from checks.architecture import ORDER, ROOT, project_modules

#: Which arguments of Django's functions are sentences; `c` marks a context.
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")

#: Where a sentence stands, its context, and the sentence, or its singular and plural.
Sentence = tuple[str, str | None, str | tuple[str, ...]]


def main() -> int:
    """Print what is wrong with the Italian catalogue and return 1, or return 0."""
    if not settings.configured:
        settings.configure(USE_I18N=True)
    path = ROOT / "locale" / "it" / "LC_MESSAGES" / "django.po"
    with path.open("rb") as file:
        catalog = read_po(file, locale="it")
    wrong = [*faults(catalog, project_sentences()), *marked(catalog)]
    for fault in wrong:
        print(fault)
    print(f"{len(catalog)} sentences in Italian, {len(wrong)} faults", file=sys.stderr)
    return 1 if wrong else 0


def project_sentences() -> Iterator[Sentence]:
    """Yield every sentence of the apps and the templates."""
    for module in project_modules():
        if module.app in ORDER:
            yield from python_sentences(str(module.path), module.text)
    for path in sorted((ROOT / "templates").rglob("*")):
        if path.suffix in (".html", ".txt", ".svg"):
            yield from template_sentences(str(path.relative_to(ROOT)), path.read_text())


def python_sentences(name: str, text: str) -> Iterator[Sentence]:
    """Yield the sentences of a Python source."""
    found = extract("python", io.BytesIO(text.encode()), keywords=KEYWORDS, options={"encoding": "utf-8"})
    for line, sentence, _comments, context in found:
        yield f"{name}:{line}", context, sentence


def template_sentences(name: str, text: str) -> Iterator[Sentence]:
    """Yield the sentences of a template, as Django's own makemessages reads them."""
    lines = templatize(text, origin=name).splitlines()
    # The result is read as Python, to which the indentation of HTML means nothing.
    yield from python_sentences(name, "\n".join(line.lstrip() for line in lines))


def faults(catalog: Catalog, sentences: Iterator[Sentence]) -> Iterator[str]:
    """Yield one line for each sentence that is missing, empty, unsure, or has other placeholders."""
    for place, context, sentence in sentences:
        key = sentence if isinstance(sentence, str) else sentence[0]
        message = catalog.get(key, context)
        if message is None:
            yield f"{place} is missing: {key!r}"
        elif isinstance(sentence, tuple) != message.pluralizable:
            yield f"{place} has a plural on one side only: {key!r}"
        elif not all(forms_of(message)):
            yield f"{place} is empty: {key!r}"
        elif message.fuzzy:
            yield f"{place} is marked fuzzy: {key!r}"
        elif not same_placeholders(message):
            yield f"{place} has other placeholders in Italian: {key!r}"


def marked(catalog: Catalog) -> Iterator[str]:
    """Yield one line for each entry that is kept though nobody uses it."""
    for message in catalog.obsolete.values():
        yield f"the catalogue keeps an obsolete entry: {message.id!r}"


def forms_of(message: Message) -> tuple[str, ...]:
    """Return the translation, or its singular and plurals."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def same_placeholders(message: Message) -> bool:
    """Say whether the translation names the same values; a singular may leave some out."""
    originals = [message.id] if isinstance(message.id, str) else list(message.id)
    wanted = set(PLACEHOLDER.findall(originals[-1]))
    *others, last = [set(PLACEHOLDER.findall(form)) for form in forms_of(message)]
    return last == wanted and all(other <= wanted for other in others)


if __name__ == "__main__":
    raise SystemExit(main())
