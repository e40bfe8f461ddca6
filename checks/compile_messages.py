"""Compile every .po file to the .mo file that Django reads, without gettext's programs."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Write locale/<language>/LC_MESSAGES/<domain>.mo beside each .po file."""
    for source in sorted(ROOT.glob("locale/*/LC_MESSAGES/*.po")):
        with source.open("rb") as file:
            catalog = read_po(file, locale=source.parts[-3])
        with source.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalog)


if __name__ == "__main__":
    main()
