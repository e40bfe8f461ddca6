"""Promises about contested gifts and about what Stripe keeps."""

from matching.audit.check import Check

CHECKS = [
    Check(
        "I5",
        "what stands contested is what open disputes have set apart",
        "donations_dispute",
        """WITH apart AS (
               SELECT d.campaign_id, sum(p.held_cents) AS total FROM donations_dispute p
               JOIN donations_donation d ON d.id = p.donation_id WHERE p.status = 'open' GROUP BY d.campaign_id),
           books AS (
               SELECT campaign_id, -sum(balance_cents) AS total FROM ledger_account
               WHERE kind = 'disputes' GROUP BY campaign_id)
           SELECT COALESCE(a.campaign_id, b.campaign_id), a.total, b.total
           FROM apart a FULL JOIN books b ON b.campaign_id = a.campaign_id
           WHERE COALESCE(a.total, 0) <> COALESCE(b.total, 0)""",
    ),
    Check(
        "I5",
        "every lost dispute is booked, and every booked loss is a lost dispute",
        "donations_dispute",
        """SELECT p.stripe_dispute_id, p.status, p.recovered_cents FROM donations_dispute p
           WHERE p.status = 'lost' AND p.held_cents > 0
           AND NOT EXISTS (SELECT 1 FROM ledger_entry e WHERE e.key = 'dispute_lost:' || p.stripe_dispute_id)""",
    ),
    Check(
        "I5",
        "a gift is contested exactly while a dispute holds it",
        "donations_donation",
        """SELECT d.public_id, d.status FROM donations_donation d
           WHERE (d.status = 'disputed') <> EXISTS (
               SELECT 1 FROM donations_dispute p
               WHERE p.donation_id = d.id AND p.status = 'open' AND p.held_cents > 0)""",
    ),
    Check(
        "I5",
        "what is paid out is what payouts have taken, and only of campaigns that succeeded",
        "donations_outgoing",
        """WITH paid AS (
               SELECT campaign_id, sum(amount_cents) AS total FROM donations_outgoing
               WHERE kind = 'payout' AND status IN ('sent', 'paid') GROUP BY campaign_id),
           books AS (
               SELECT campaign_id, sum(balance_cents) AS total FROM ledger_account
               WHERE kind = 'paid_out' GROUP BY campaign_id)
           SELECT c.slug, c.status, p.total, b.total FROM campaigns_campaign c
           LEFT JOIN paid p ON p.campaign_id = c.id LEFT JOIN books b ON b.campaign_id = c.id
           WHERE COALESCE(p.total, 0) <> COALESCE(b.total, 0)
              OR p.total > 0 AND c.status NOT IN ('succeeded', 'withdrawn')""",
    ),
    Check(
        "I4",
        "every fee the gifts name is in the books, and the platform has paid it",
        "donations_donation",
        """WITH named AS (
               SELECT campaign_id, sum(fee_cents) AS total FROM donations_donation GROUP BY campaign_id),
           books AS (
               SELECT campaign_id, sum(balance_cents) FILTER (WHERE kind = 'fees') AS fees,
                      -sum(balance_cents) FILTER (WHERE kind = 'platform') AS platform
               FROM ledger_account WHERE kind IN ('fees', 'platform') GROUP BY campaign_id)
           SELECT n.campaign_id, n.total, b.fees, b.platform FROM named n
           LEFT JOIN books b ON b.campaign_id = n.campaign_id
           WHERE COALESCE(n.total, 0) > COALESCE(b.fees, 0) OR COALESCE(b.fees, 0) > COALESCE(b.platform, 0)""",
    ),
]
