"""Which languages the site speaks: the city's own, the English of its sentences, and whatever folder stands in locale/."""

from pathlib import Path

from django.conf.locale import LANG_INFO
from django.utils.translation import to_language

FIRST = [("it", "Italiano"), ("en", "English")]


def languages_in(folder: Path) -> list[tuple[str, str]]:
    """Return code and own name of each language: a new one is added by its file `locale/CODE/LC_MESSAGES/django.po`."""
    known = dict(FIRST)
    found = sorted(to_language(path.parts[-3]) for path in folder.glob("*/LC_MESSAGES/django.po"))
    more = [(code, LANG_INFO[code]["name_local"].capitalize()) for code in found if code not in known]
    return [*FIRST, *more]
