from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from vetting.contenders import DrawNeeded, Unscored
from vetting.ranking_csv import InputUnreadable, digest_of_input, read_input, write_places
from vetting.ranking_rules import rank


class Command(BaseCommand):
    """Compute a ranking again from the file that was published with it: the file is all it needs.

    Nothing is read from the database. It ends with an error when the places are not those that were published, or the
    file is not the one with the published fingerprint.
    """

    help = "Compute a ranking from its published input alone, and compare it with what was published."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: Any) -> None:
        """Take the input, and what was published with it."""
        parser.add_argument("file", type=Path, help="the published input (dati.csv)")
        parser.add_argument("--published", type=Path, help="the published ranking (graduatoria.csv)")
        parser.add_argument("--sha256", help="the published fingerprint of the input")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the fingerprint and the places."""
        text = _text_of(options["file"])
        digest = digest_of_input(text)
        self.stdout.write(f"SHA-256 {digest}")
        try:
            contenders, criteria, rules = read_input(text)
            places = write_places(contenders, rank(contenders, criteria, rules))
        except InputUnreadable as error:
            raise CommandError(f"This is not the input of a ranking: {error}.") from error
        except (DrawNeeded, Unscored) as error:
            raise CommandError(f"This input gives no ranking: {type(error).__name__} {error}.") from error
        self.stdout.write(places.removeprefix("\ufeff").replace("\r\n", "\n"), ending="")
        if options["sha256"] and options["sha256"].lower() != digest:
            raise CommandError("The file is not the one that was published: its fingerprint differs.")
        if options["published"]:
            _compare(places, _text_of(options["published"]))
            self.stdout.write("The same as published.")


def _text_of(path: Path) -> str:
    """Return a file as it is, line ends included."""
    try:
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read: {error}") from error


def _compare(computed: str, published: str) -> None:
    """Say which lines differ, whatever the line ends are."""
    ours, theirs = (text.removeprefix("\ufeff").splitlines() for text in (computed, published))
    differing = [
        number for number, pair in enumerate(zip(ours, theirs, strict=False), 1) if pair[0] != pair[1]
    ]
    if len(ours) != len(theirs):
        differing.append(min(len(ours), len(theirs)) + 1)
    if differing:
        lines = ", ".join(map(str, differing[:20]))
        raise CommandError(f"The published ranking differs from its input in line {lines}.")
