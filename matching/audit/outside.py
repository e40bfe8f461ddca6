"""Promises about gifts that went straight to the promoter's bank."""

from matching.audit.check import Check

CHECKS = [
    Check(
        "I4",
        "every verified gift outside the site has exactly one posting of its amount, and every such posting a gift",
        "donations_offlinedonation",
        """WITH posted AS (
               SELECT e.key, sum(p.amount_cents) AS amount FROM ledger_entry e
               JOIN ledger_posting p ON p.entry_id = e.id JOIN ledger_account a ON a.id = p.account_id
               WHERE a.kind = 'offline' AND p.amount_cents > 0 GROUP BY e.key),
           proved AS (
               SELECT 'offline:' || id AS key, verified_cents AS amount FROM donations_offlinedonation
               WHERE verified_at IS NOT NULL
               UNION ALL SELECT 'cure:' || id, amount_cents FROM matching_curepayment)
           SELECT COALESCE(d.key, p.key), d.amount, p.amount FROM proved d FULL JOIN posted p ON p.key = d.key
           WHERE d.amount IS DISTINCT FROM p.amount""",
    ),
    Check(
        "I4",
        "every gift outside the site that counts was verified by somebody else than who entered it",
        "donations_offlinedonation",
        """SELECT d.public_id, d.status, d.verified_by_id FROM donations_offlinedonation d
           WHERE d.verified_by_id = d.entered_by_id
              OR d.verified_at IS NOT NULL AND NOT EXISTS (
                  SELECT 1 FROM ledger_entry e WHERE e.key = 'offline:' || d.id AND e.actor_id = d.verified_by_id)""",
    ),
    Check(
        "I4",
        "gifts outside the site count for no more than the call's share of the threshold",
        "donations_offlinedonation",
        """SELECT c.slug, sum(d.counted_cents), c.threshold_cents * k.offline_share_bp / 10000
           FROM donations_offlinedonation d JOIN campaigns_campaign c ON c.id = d.campaign_id
           JOIN calls_application a ON a.id = c.application_id JOIN calls_call k ON k.id = a.call_id
           GROUP BY c.id, k.offline_share_bp
           HAVING sum(d.counted_cents) > c.threshold_cents * k.offline_share_bp / 10000""",
    ),
    Check(
        "I5",
        "what stands at promoters' banks is what was verified and is neither annulled nor given back",
        "campaigns_campaign",
        """WITH gifts AS (
               SELECT campaign_id, sum(verified_cents) AS total FROM donations_offlinedonation
               WHERE status IN ('verified', 'return_due') GROUP BY campaign_id),
           paid_in AS (
               SELECT u.campaign_id, sum(p.amount_cents) AS total FROM matching_curepayment p
               JOIN matching_cure u ON u.id = p.cure_id AND u.state <> 'lapsed' GROUP BY u.campaign_id),
           books AS (
               SELECT campaign_id, sum(balance_cents) AS total FROM ledger_account
               WHERE kind = 'offline' GROUP BY campaign_id)
           SELECT c.slug, g.total, p.total, b.total FROM campaigns_campaign c
           LEFT JOIN gifts g ON g.campaign_id = c.id LEFT JOIN paid_in p ON p.campaign_id = c.id
           LEFT JOIN books b ON b.campaign_id = c.id
           WHERE COALESCE(g.total, 0) + COALESCE(p.total, 0) <> COALESCE(b.total, 0)""",
    ),
    Check(
        "I6",
        "what promoters owe back is what their donors wait for",
        "campaigns_campaign",
        """WITH owed AS (
               SELECT campaign_id, sum(verified_cents) AS total FROM donations_offlinedonation
               WHERE status = 'return_due' GROUP BY campaign_id),
           books AS (
               SELECT campaign_id, -sum(balance_cents) AS total FROM ledger_account
               WHERE kind = 'offline_owed' GROUP BY campaign_id)
           SELECT c.slug, o.total, b.total FROM campaigns_campaign c
           LEFT JOIN owed o ON o.campaign_id = c.id LEFT JOIN books b ON b.campaign_id = c.id
           WHERE COALESCE(o.total, 0) <> COALESCE(b.total, 0)""",
    ),
    Check(
        "I6",
        "every gift outside the site that is given back has a proof an officer has accepted",
        "donations_offlinedonation",
        """SELECT d.public_id, d.status FROM donations_offlinedonation d
           WHERE (d.status = 'returned') <> EXISTS (
               SELECT 1 FROM donations_offlinereturn r WHERE r.donation_id = d.id AND r.status = 'accepted')""",
    ),
    Check(
        "I10",
        "no decided campaign waits for a gift outside the site, keeps one it has to give back, or is refunded while it owes one",
        "campaigns_campaign",
        """SELECT c.slug, c.status, d.public_id, d.status FROM campaigns_campaign c
           JOIN donations_offlinedonation d ON d.campaign_id = c.id
           WHERE c.status IN ('failed', 'refunded', 'withdrawn', 'succeeded') AND d.status = 'entered'
              OR c.status IN ('failed', 'refunded', 'withdrawn') AND d.status = 'verified'
              OR c.status = 'refunded' AND d.status = 'return_due'""",
    ),
]
