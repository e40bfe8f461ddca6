"""Everything about money, computed again from the bottom; each check returns the rows that break it.

The checks are plain SQL, so that they do not lean on the code they check.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from django.db import connection

from donations.audit import differences

MOST_ROWS_SHOWN = 20
#: A payment younger than this may still be on its way into the books.
UNDER_WAY = timedelta(minutes=15)
STRIPE_CHECK = "Stripe's charges and refunds are those of the books"


@dataclass(frozen=True)
class Check:
    """One promise about money and the statement that finds the rows that break it."""

    name: str
    sql: str


CHECKS = [
    Check(
        "every entry's postings sum to zero",
        """SELECT e.id, e.key, COALESCE(sum(p.amount_cents), 0) FROM ledger_entry e
           LEFT JOIN ledger_posting p ON p.entry_id = e.id
           GROUP BY e.id HAVING count(p.id) < 2 OR sum(p.amount_cents) <> 0""",
    ),
    Check(
        "every balance is the sum of its postings",
        """SELECT a.id, a.kind, a.balance_cents, COALESCE(s.total, 0) FROM ledger_account a
           LEFT JOIN (SELECT account_id, sum(amount_cents) AS total FROM ledger_posting GROUP BY account_id) s
           ON s.account_id = a.id WHERE a.balance_cents <> COALESCE(s.total, 0)""",
    ),
    Check(
        "every paid gift has exactly one posting of its amount at Stripe, and every such posting a gift",
        """WITH charged AS (
               SELECT e.key, p.amount_cents FROM ledger_entry e
               JOIN ledger_posting p ON p.entry_id = e.id JOIN ledger_account a ON a.id = p.account_id
               WHERE e.kind IN ('charge', 'late_charge', 'quarantine') AND a.kind = 'stripe')
           SELECT d.public_id, d.status, d.charged_cents, c.key, c.amount_cents
           FROM (SELECT * FROM donations_donation WHERE settled_at IS NOT NULL) d
           FULL JOIN charged c ON c.key = 'charge:' || d.stripe_payment_intent_id
           WHERE d.id IS NULL OR c.key IS NULL OR d.charged_cents <> c.amount_cents""",
    ),
    Check(
        "what counts for a campaign is what its donors gave and did not get back",
        """WITH gifts AS (
               SELECT d.campaign_id, sum(d.amount_cents - COALESCE(r.total, 0)) AS total FROM donations_donation d
               LEFT JOIN (SELECT donation_id, sum(amount_cents) AS total FROM donations_reversal
                          WHERE status NOT IN ('failed', 'superseded') GROUP BY donation_id) r ON r.donation_id = d.id
               WHERE d.status = 'settled' GROUP BY d.campaign_id),
           books AS (
               SELECT campaign_id, -sum(balance_cents) AS total FROM ledger_account
               WHERE kind IN ('donors', 'promoter') GROUP BY campaign_id)
           SELECT c.slug, COALESCE(g.total, 0), COALESCE(b.total, 0) FROM campaigns_campaign c
           LEFT JOIN gifts g ON g.campaign_id = c.id LEFT JOIN books b ON b.campaign_id = c.id
           WHERE COALESCE(g.total, 0) <> COALESCE(b.total, 0)""",
    ),
    Check(
        "what a campaign owes back is what its donors wait for",
        """WITH back AS (
               SELECT donation_id, sum(amount_cents) FILTER (WHERE status = 'succeeded') AS done,
                      sum(amount_cents) FILTER (WHERE status IN ('due', 'sent')) AS waiting
               FROM donations_reversal GROUP BY donation_id),
           owed AS (
               SELECT d.campaign_id, sum(CASE d.status WHEN 'refund_due' THEN d.charged_cents - COALESCE(b.done, 0)
                                                       ELSE COALESCE(b.waiting, 0) END) AS total
               FROM donations_donation d LEFT JOIN back b ON b.donation_id = d.id
               WHERE d.status IN ('refund_due', 'settled', 'quarantined') GROUP BY d.campaign_id),
           books AS (
               SELECT campaign_id, -sum(balance_cents) AS total FROM ledger_account
               WHERE kind = 'refunds_owed' GROUP BY campaign_id)
           SELECT c.slug, COALESCE(o.total, 0), COALESCE(b.total, 0) FROM campaigns_campaign c
           LEFT JOIN owed o ON o.campaign_id = c.id LEFT JOIN books b ON b.campaign_id = c.id
           WHERE COALESCE(o.total, 0) <> COALESCE(b.total, 0)""",
    ),
    Check(
        "no gift is given back more than once",
        """SELECT d.public_id, d.charged_cents, sum(r.amount_cents) FROM donations_donation d
           JOIN donations_reversal r ON r.donation_id = d.id WHERE r.status NOT IN ('failed', 'superseded')
           GROUP BY d.id HAVING sum(r.amount_cents) > d.charged_cents""",
    ),
    Check(
        "every fund is allocated as published, and its parts add up to it",
        """SELECT f.id, f.name, f.allocation_cents, sum(a.balance_cents) FILTER (WHERE a.kind = 'allocated'),
                  sum(a.balance_cents)
           FROM calls_fund f JOIN ledger_account a ON a.fund_id = f.id GROUP BY f.id
           HAVING sum(a.balance_cents) <> 0
               OR sum(a.balance_cents) FILTER (WHERE a.kind = 'allocated') <> -f.allocation_cents""",
    ),
    Check(
        "every grant stands in the ledger as its state says",
        """SELECT g.id, g.state, g.amount_cents, COALESCE(a.reserved, 0), COALESCE(a.awarded, 0) FROM matching_grant g
           LEFT JOIN (SELECT campaign_id, sum(balance_cents) FILTER (WHERE kind = 'reserved') AS reserved,
                             sum(balance_cents) FILTER (WHERE kind = 'awarded') AS awarded
                      FROM ledger_account GROUP BY campaign_id) a ON a.campaign_id = g.campaign_id
           WHERE COALESCE(a.reserved, 0) <> CASE g.state WHEN 'reserved' THEN g.amount_cents ELSE 0 END
              OR COALESCE(a.awarded, 0) <> CASE g.state WHEN 'awarded' THEN g.amount_cents ELSE 0 END""",
    ),
    Check(
        "every award was earned: gifts up to its evidence reach the threshold",
        """SELECT * FROM (
               SELECT g.id, g.threshold_cents, COALESCE((
                   SELECT -sum(p.amount_cents) FROM ledger_posting p
                   JOIN ledger_account a ON a.id = p.account_id AND a.kind = 'donors'
                   JOIN ledger_entry e ON e.id = p.entry_id AND e.kind <> 'success'
                   WHERE a.campaign_id = g.campaign_id AND p.entry_id <= g.evidence_id), 0) AS proven
               FROM matching_grant g WHERE g.state = 'awarded') awards
           WHERE proven < threshold_cents""",
    ),
    Check(
        "every award follows its formula",
        """SELECT id, amount_cents, due_cents, available_cents FROM matching_grant WHERE state = 'awarded'
           AND (amount_cents > least(due_cents, available_cents)
                OR due_cents <> least(cost_cents * grant_bp / 10000,
                                      cost_cents - (cost_cents * threshold_bp + 9999) / 10000, cap_cents))""",
    ),
    Check(
        "no failed campaign keeps a gift, and no refunded one owes",
        """SELECT c.slug, c.status, d.public_id, d.status FROM campaigns_campaign c
           JOIN donations_donation d ON d.campaign_id = c.id
           WHERE (c.status IN ('failed', 'refunded') AND d.status = 'settled')
              OR (c.status = 'refunded' AND d.status = 'refund_due')""",
    ),
    Check(
        "no campaign says that it reached its threshold without its gifts",
        """SELECT c.slug, c.threshold_cents, -COALESCE(sum(a.balance_cents), 0) FROM campaigns_campaign c
           LEFT JOIN ledger_account a ON a.campaign_id = c.id AND a.kind IN ('donors', 'promoter')
           WHERE c.reached_at IS NOT NULL AND c.status IN ('open', 'closing')
           GROUP BY c.id HAVING -COALESCE(sum(a.balance_cents), 0) < c.threshold_cents""",
    ),
]


def run_checks() -> dict[str, list[tuple[object, ...]]]:
    """Return the offending rows of every check, by its name; all empty when the money is right."""
    found = {}
    with connection.cursor() as cursor:
        for check in CHECKS:
            cursor.execute(check.sql)
            found[check.name] = cursor.fetchmany(MOST_ROWS_SHOWN)
    return found


def compare_with_stripe(*, now: datetime) -> dict[str, list[tuple[object, ...]]]:
    """Return where Stripe's own list of charges differs from the books, in the shape of `run_checks`.

    Raise the gateway's StripeUnavailable or StripeRefused.
    """
    return {STRIPE_CHECK: list(islice(differences(until=now - UNDER_WAY), MOST_ROWS_SHOWN))}
