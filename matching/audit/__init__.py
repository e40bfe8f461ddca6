"""Everything about money, computed again from the bottom; each check returns the rows that break it.

The checks are plain SQL, so that they do not lean on the code they check. They are numbered I1 to I14: what always holds
(I1 to I11, I13, I14) and what may be late but not for ever (I12).
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

from django.db import connection

from donations.audit import differences
from matching.audit import books, contested, gifts, outside, shares, waiting
from matching.audit.check import Check, Finding
from matching.audit.lanes import MOST_ROWS_SHOWN, run_in_turn, run_side_by_side

#: A payment younger than this may still be on its way into the books.
UNDER_WAY = timedelta(minutes=15)
STRIPE_CHECK = "Stripe's charges and refunds are those of the books"

CHECKS = [*books.CHECKS, *gifts.CHECKS, *contested.CHECKS, *outside.CHECKS, *shares.CHECKS]
WAITING = waiting.CHECKS


def examine(checks: Sequence[Check], *, now: datetime) -> Iterator[Finding]:
    """Run checks on one snapshot, side by side; in the caller's transaction, one after the other, when there is one."""
    return run_in_turn(checks, now) if connection.in_atomic_block else run_side_by_side(checks, now)


def run_checks(*, now: datetime) -> dict[str, list[tuple[object, ...]]]:
    """Return the offending rows of every check, by its name; all empty when the money is right."""
    return {finding.check.name: finding.rows for finding in examine(CHECKS, now=now)}


def compare_with_stripe(*, now: datetime) -> dict[str, list[tuple[object, ...]]]:
    """Return where Stripe's own list of charges differs from the books, in the shape of `run_checks`.

    Raise the gateway's StripeUnavailable or StripeRefused.
    """
    return {STRIPE_CHECK: list(islice(differences(until=now - UNDER_WAY), MOST_ROWS_SHOWN))}
