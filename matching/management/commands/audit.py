import sys
from typing import Any

from django.core.management.base import BaseCommand

from matching.audit import run_checks


class Command(BaseCommand):
    """Compute all money again from the bottom: exit 0 and say "balanced", or exit 1 and show the offending rows."""

    help = "Check every promise about money; exit 1 when one is broken."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each check and what breaks it."""
        broken = 0
        for name, rows in run_checks().items():
            self.stdout.write(f"{'ok' if not rows else 'BROKEN':7} {name}")
            for row in rows:
                self.stdout.write("        " + " | ".join(str(value) for value in row))
            broken += bool(rows)
        if broken:
            self.stderr.write(f"{broken} checks are broken")
            sys.exit(1)
        self.stdout.write("balanced")
