"""Bring locale/it up to date with the sentences of the code: new ones come in empty, unused ones go."""

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from django.conf import settings

from checks.architecture import ROOT
from checks.translations import project_sentences

CATALOGUE = ROOT / "locale" / "it" / "LC_MESSAGES" / "django.po"

HEADER = {
    "project": "CivicFund",
    "version": "0.1",
    "copyright_holder": "the CivicFund authors",
    "msgid_bugs_address": "",
    "last_translator": "the CivicFund authors",
    "language_team": "Italian",
}


def main() -> None:
    """Rewrite the Italian catalogue, keeping every translation that is still used."""
    settings.configure(USE_I18N=True)
    template = Catalog(project="CivicFund", charset="utf-8")
    for place, context, sentence in project_sentences():
        template.add(sentence, context=context, locations=[(place.partition(":")[0], None)])
    catalog = Catalog(locale="it", charset="utf-8", fuzzy=False, **HEADER)
    if CATALOGUE.exists():
        with CATALOGUE.open("rb") as file:
            catalog = read_po(file, locale="it")
    catalog.update(template, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.open("wb") as file:
        write_po(file, catalog, width=110, include_lineno=False, ignore_obsolete=True)
    empty = sum(1 for message in catalog if message.id and not any(message.string or ()))
    print(f"{CATALOGUE.relative_to(ROOT)}: {len(catalog)} sentences, {empty} to translate")


if __name__ == "__main__":
    main()
