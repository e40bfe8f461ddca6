"""Promises about the municipality's money."""

from matching.audit.check import Check

CHECKS = [
    Check(
        "I7",
        "every fund is allocated as published, and its parts add up to it",
        "calls_fund",
        """SELECT f.id, f.name, f.allocation_cents, sum(a.balance_cents) FILTER (WHERE a.kind = 'allocated'),
                  sum(a.balance_cents)
           FROM calls_fund f JOIN ledger_account a ON a.fund_id = f.id GROUP BY f.id
           HAVING sum(a.balance_cents) <> 0
               OR sum(a.balance_cents) FILTER (WHERE a.kind = 'allocated') <> -f.allocation_cents""",
    ),
    Check(
        "I7",
        "every grant stands in the ledger as its state says",
        "matching_grant",
        """SELECT g.id, g.state, g.amount_cents, COALESCE(a.reserved, 0), COALESCE(a.awarded, 0) FROM matching_grant g
           LEFT JOIN (SELECT campaign_id, sum(balance_cents) FILTER (WHERE kind = 'reserved') AS reserved,
                             sum(balance_cents) FILTER (WHERE kind = 'awarded') AS awarded
                      FROM ledger_account GROUP BY campaign_id) a ON a.campaign_id = g.campaign_id
           WHERE COALESCE(a.reserved, 0) <> CASE g.state WHEN 'reserved' THEN g.amount_cents ELSE 0 END
              OR COALESCE(a.awarded, 0) <> CASE g.state WHEN 'awarded' THEN g.amount_cents ELSE 0 END""",
    ),
    Check(
        "I8",
        "every award follows its formula",
        "matching_grant",
        """SELECT id, amount_cents, due_cents, available_cents FROM matching_grant WHERE state = 'awarded'
           AND (amount_cents > least(due_cents, available_cents)
                OR due_cents <> least(cost_cents * grant_bp / 10000,
                                      cost_cents - (cost_cents * threshold_bp + 9999) / 10000, cap_cents))""",
    ),
    Check(
        "I8",
        "no campaign holds two grants",
        "matching_grant",
        """SELECT campaign_id, count(*) FROM matching_grant WHERE state NOT IN ('returned', 'refused', 'revoked')
           GROUP BY campaign_id HAVING count(*) > 1""",
    ),
    Check(
        "I9",
        "every award was earned: gifts up to its evidence reach the threshold",
        "matching_grant",
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
        "I8",
        "every grant taken back has the act of a second officer",
        "matching_grant",
        """SELECT g.id, g.state FROM matching_grant g WHERE g.state IN ('refused', 'revoked') AND NOT EXISTS (
               SELECT 1 FROM matching_revocation r JOIN matching_administrativeact a ON a.id = r.act_id
               WHERE r.grant_id = g.id AND r.state = 'confirmed' AND r.decided_by_id <> r.proposed_by_id)""",
    ),
    Check(
        "I9",
        "no campaign says that it reached its threshold without its gifts",
        "campaigns_campaign",
        """SELECT c.slug, c.threshold_cents, -COALESCE(sum(a.balance_cents), 0) FROM campaigns_campaign c
           LEFT JOIN ledger_account a ON a.campaign_id = c.id AND a.kind IN ('donors', 'promoter')
           WHERE c.reached_at IS NOT NULL AND c.status IN ('open', 'closing', 'cure')
           GROUP BY c.id HAVING -COALESCE(sum(a.balance_cents), 0) < c.threshold_cents""",
    ),
]
