"""Promises about citizens' money."""

from matching.audit.check import Check

CHECKS = [
    Check(
        "I4",
        "every paid gift has exactly one posting of its amount at Stripe, and every such posting a gift",
        "donations_donation",
        """WITH charged AS (
               SELECT e.key, p.amount_cents FROM ledger_entry e
               JOIN ledger_posting p ON p.entry_id = e.id JOIN ledger_account a ON a.id = p.account_id
               WHERE e.kind IN ('charge', 'late_charge', 'extra_charge', 'quarantine') AND a.kind = 'stripe')
           SELECT d.public_id, d.status, d.charged_cents, c.key, c.amount_cents
           FROM (SELECT * FROM donations_donation WHERE settled_at IS NOT NULL) d
           FULL JOIN charged c ON c.key = 'charge:' || d.stripe_payment_intent_id
           WHERE d.id IS NULL OR c.key IS NULL OR d.charged_cents <> c.amount_cents""",
    ),
    Check(
        "I4",
        "what is kept of every gift either counts or does not",
        "donations_donation",
        """SELECT d.public_id, d.charged_cents, d.counted_cents, d.uncounted_cents, COALESCE(r.total, 0)
           FROM donations_donation d
           LEFT JOIN (SELECT donation_id, sum(amount_cents) AS total FROM donations_reversal
                      WHERE status NOT IN ('failed', 'superseded') GROUP BY donation_id) r ON r.donation_id = d.id
           LEFT JOIN (SELECT donation_id, sum(least(amount_cents, held_cents)) AS total FROM donations_dispute
                      WHERE status = 'lost' GROUP BY donation_id) l ON l.donation_id = d.id
           WHERE d.counted_cents + d.uncounted_cents <> CASE d.status WHEN 'settled'
                 THEN d.charged_cents - COALESCE(r.total, 0) - COALESCE(l.total, 0) ELSE 0 END""",
    ),
    Check(
        "I4",
        "what counts for a campaign is what counts of its gifts, and so is what does not",
        "campaigns_campaign",
        """WITH gifts AS (
               SELECT campaign_id, sum(counted_cents) AS counted, sum(uncounted_cents) AS uncounted
               FROM (SELECT campaign_id, counted_cents, uncounted_cents FROM donations_donation
                     WHERE status = 'settled'
                     UNION ALL SELECT campaign_id, counted_cents, uncounted_cents FROM donations_offlinedonation
                     WHERE status = 'verified') both_ways
               GROUP BY campaign_id),
           paid_in AS (
               SELECT u.campaign_id, sum(p.amount_cents) AS total FROM matching_curepayment p
               JOIN matching_cure u ON u.id = p.cure_id AND u.state <> 'lapsed' GROUP BY u.campaign_id),
           books AS (
               SELECT campaign_id, -sum(balance_cents) FILTER (WHERE kind <> 'uncounted') AS counted,
                      -sum(balance_cents) FILTER (WHERE kind = 'uncounted') AS uncounted
               FROM ledger_account WHERE kind IN ('donors', 'promoter', 'uncounted') GROUP BY campaign_id)
           SELECT c.slug, g.counted, p.total, b.counted, g.uncounted, b.uncounted FROM campaigns_campaign c
           LEFT JOIN gifts g ON g.campaign_id = c.id LEFT JOIN books b ON b.campaign_id = c.id
           LEFT JOIN paid_in p ON p.campaign_id = c.id
           WHERE COALESCE(g.counted, 0) + COALESCE(p.total, 0) <> COALESCE(b.counted, 0)
              OR COALESCE(g.uncounted, 0) <> COALESCE(b.uncounted, 0)""",
    ),
    Check(
        "I4",
        "nothing counts that the call excludes",
        "donations_donation",
        """SELECT d.public_id, d.party, d.counted_cents
           FROM (SELECT public_id, campaign_id, party, counted_cents FROM donations_donation
                 UNION ALL SELECT public_id, campaign_id, party, counted_cents FROM donations_offlinedonation) d
           JOIN campaigns_campaign c ON c.id = d.campaign_id
           JOIN calls_application a ON a.id = c.application_id JOIN calls_call k ON k.id = a.call_id
           WHERE d.counted_cents > 0 AND (d.party = 'public_body'
                 OR d.party = 'related' AND k.excludes_related_parties)""",
    ),
    Check(
        "I4",
        "no address counts for more than the call's limit for one donor",
        "donations_donation",
        """SELECT c.slug, d.email_key, sum(d.counted_cents)
           FROM (SELECT campaign_id, status, email_key, counted_cents FROM donations_donation
                 UNION ALL SELECT campaign_id, 'settled', email_key, counted_cents FROM donations_offlinedonation
                 WHERE status = 'verified' AND email_key <> '') d
           JOIN campaigns_campaign c ON c.id = d.campaign_id
           JOIN calls_application a ON a.id = c.application_id JOIN calls_call k ON k.id = a.call_id
           WHERE d.status = 'settled'
             AND (k.donor_limit_cents IS NOT NULL OR k.donor_limit_bp IS NOT NULL)
           GROUP BY c.id, d.email_key, k.donor_limit_cents, k.donor_limit_bp
           HAVING sum(d.counted_cents) > least(k.donor_limit_cents, c.threshold_cents * k.donor_limit_bp / 10000)""",
    ),
    Check(
        "I5",
        "no gift is given back more than once",
        "donations_reversal",
        """WITH gone AS (
               SELECT donation_id, amount_cents FROM donations_reversal WHERE status NOT IN ('failed', 'superseded')
               UNION ALL SELECT donation_id, least(amount_cents, held_cents) FROM donations_dispute WHERE status = 'lost')
           SELECT d.public_id, d.charged_cents, sum(g.amount_cents) FROM donations_donation d
           JOIN gone g ON g.donation_id = d.id
           GROUP BY d.id HAVING sum(g.amount_cents) > d.charged_cents""",
    ),
    Check(
        "I6",
        "every gift given back went back in full",
        "donations_donation",
        """SELECT d.public_id, d.charged_cents, COALESCE(back.total, 0) FROM donations_donation d
           LEFT JOIN (SELECT r.donation_id, sum(r.amount_cents) AS total FROM donations_reversal r
                      WHERE r.status = 'succeeded'
                      AND EXISTS (SELECT 1 FROM ledger_entry e WHERE e.key = CASE r.method
                                  WHEN 'bank' THEN 'bank_refund:' || r.id ELSE 'refund:' || r.stripe_refund_id END)
                      GROUP BY r.donation_id) back ON back.donation_id = d.id
           LEFT JOIN (SELECT donation_id, sum(least(amount_cents, held_cents)) AS total FROM donations_dispute
                      WHERE status = 'lost' GROUP BY donation_id) l ON l.donation_id = d.id
           WHERE d.status = 'refunded' AND d.charged_cents <> COALESCE(back.total, 0) + COALESCE(l.total, 0)""",
    ),
    Check(
        "I6",
        "what a campaign owes back is what its donors wait for",
        "campaigns_campaign",
        """WITH back AS (
               SELECT donation_id, sum(amount_cents) FILTER (WHERE status = 'succeeded') AS done,
                      sum(amount_cents) FILTER (WHERE status IN ('due', 'sent', 'asked', 'ready')) AS waiting
               FROM donations_reversal GROUP BY donation_id),
           apart AS (
               SELECT donation_id, sum(CASE status WHEN 'open' THEN held_cents
                                                   ELSE least(amount_cents, held_cents) END) AS total
               FROM donations_dispute WHERE status IN ('open', 'lost') GROUP BY donation_id),
           owed AS (
               SELECT d.campaign_id,
                      sum(CASE WHEN d.status IN ('refund_due', 'disputed', 'lost')
                               THEN d.charged_cents - COALESCE(b.done, 0) - COALESCE(a.total, 0)
                               ELSE COALESCE(b.waiting, 0) END) AS total
               FROM donations_donation d LEFT JOIN back b ON b.donation_id = d.id
               LEFT JOIN apart a ON a.donation_id = d.id
               WHERE d.status IN ('refund_due', 'settled', 'quarantined', 'disputed', 'lost')
               GROUP BY d.campaign_id),
           books AS (
               SELECT campaign_id, -sum(balance_cents) AS total FROM ledger_account
               WHERE kind = 'refunds_owed' GROUP BY campaign_id)
           SELECT c.slug, COALESCE(o.total, 0), COALESCE(b.total, 0) FROM campaigns_campaign c
           LEFT JOIN owed o ON o.campaign_id = c.id LEFT JOIN books b ON b.campaign_id = c.id
           WHERE COALESCE(o.total, 0) <> COALESCE(b.total, 0)""",
    ),
    Check(
        "I10",
        "no failed campaign keeps a gift, and no refunded one owes",
        "campaigns_campaign",
        """SELECT c.slug, c.status, d.public_id, d.status FROM campaigns_campaign c
           JOIN donations_donation d ON d.campaign_id = c.id
           WHERE (c.status IN ('failed', 'refunded', 'withdrawn') AND d.status = 'settled')
              OR (c.status = 'refunded' AND d.status IN ('refund_due', 'disputed'))""",
    ),
    Check(
        "I14",
        "every gift is a positive amount, all of them in one mode",
        "donations_donation",
        """SELECT public_id, amount_cents, charged_cents, stripe_session_id FROM donations_donation
           WHERE amount_cents <= 0 OR charged_cents <= 0
              OR left(stripe_session_id, 8) = 'cs_test_'
                 AND EXISTS (SELECT 1 FROM donations_donation o WHERE left(o.stripe_session_id, 8) = 'cs_live_')""",
    ),
]
