import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from donations.stripe_answers import StripeRefused, StripeUnavailable
from matching.audit import CHECKS, STRIPE_CHECK, WAITING, compare_with_stripe, examine


class Command(BaseCommand):
    """Compute all money again from the bottom: exit 0 and say "balanced", or exit 1 and show the offending rows.

    What only waits too long is shown as "late" and does not change the exit code: no cent is in the wrong place.
    """

    help = "Check every promise about money, in the books and against Stripe; exit 1 when one is broken."

    def add_arguments(self, parser: Any) -> None:
        """Take whether Stripe is asked."""
        parser.add_argument(
            "--books-only", action="store_true", help="do not ask Stripe for its list of charges"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each check with how many rows it examined and how long it took, and what breaks it."""
        began = time.monotonic()
        broken = self._examine(CHECKS, "BROKEN")
        self._examine(WAITING, "late")
        if not options["books_only"]:
            broken += self._ask_stripe()
        self.stdout.write(f"looked for {_seconds(time.monotonic() - began)}")
        if broken:
            self.stderr.write(f"{broken} checks are broken")
            sys.exit(1)
        self.stdout.write("balanced")

    def _examine(self, checks: Any, word: str) -> int:
        """Run checks on the books, print their findings and return how many found something."""
        findings = 0
        for finding in examine(checks, now=timezone.now()):
            self._print(
                "ok" if finding.is_fine else word,
                f"{finding.check.invariant:4} {finding.check.name}",
                f"{finding.examined} rows, {_seconds(finding.milliseconds / 1000)}",
                finding.rows,
            )
            findings += not finding.is_fine
        return findings

    def _ask_stripe(self) -> int:
        """Compare the books with Stripe's own list and return 1 when they differ."""
        began = time.monotonic()
        try:
            rows = compare_with_stripe(now=timezone.now())[STRIPE_CHECK]
        except (StripeUnavailable, StripeRefused) as error:
            raise CommandError(f"Stripe was not asked: {error}") from error
        took = _seconds(time.monotonic() - began)
        self._print("BROKEN" if rows else "ok", f"     {STRIPE_CHECK}", took, rows)
        return bool(rows)

    def _print(self, word: str, what: str, figures: str, rows: Any) -> None:
        self.stdout.write(f"{word:7} {what} ({figures})")
        for row in rows:
            self.stdout.write("        " + " | ".join(str(value) for value in row))


def _seconds(seconds: float) -> str:
    return f"{seconds:.2f} s"
