import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from donations.stripe_answers import StripeRefused, StripeUnavailable
from matching.audit import compare_with_stripe, run_checks


class Command(BaseCommand):
    """Compute all money again from the bottom: exit 0 and say "balanced", or exit 1 and show the offending rows."""

    help = "Check every promise about money, in the books and against Stripe; exit 1 when one is broken."

    def add_arguments(self, parser: Any) -> None:
        """Take whether Stripe is asked."""
        parser.add_argument(
            "--books-only", action="store_true", help="do not ask Stripe for its list of charges"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each check and what breaks it."""
        found = run_checks()
        if not options["books_only"]:
            try:
                found |= compare_with_stripe(now=timezone.now())
            except (StripeUnavailable, StripeRefused) as error:
                raise CommandError(f"Stripe was not asked: {error}") from error
        broken = 0
        for name, rows in found.items():
            self.stdout.write(f"{'ok' if not rows else 'BROKEN':7} {name}")
            for row in rows:
                self.stdout.write("        " + " | ".join(str(value) for value in row))
            broken += bool(rows)
        if broken:
            self.stderr.write(f"{broken} checks are broken")
            sys.exit(1)
        self.stdout.write("balanced")
