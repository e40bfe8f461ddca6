"""Promises about the municipality's money."""

from matching.audit.check import Check

CHECKS = [
    Check(
        "I7",
        "every fund is allocated as published, and its parts add up to it",
        "calls_fund",
        """WITH moved AS (
               SELECT fund_id, sum(CASE kind WHEN 'increase' THEN amount_cents ELSE -amount_cents END) AS total
               FROM matching_fundmovement GROUP BY fund_id),
           arrived AS (
               SELECT to_fund_id, sum(amount_cents) AS total FROM matching_fundmovement GROUP BY to_fund_id)
           SELECT f.id, f.name, f.allocation_cents, COALESCE(m.total, 0) + COALESCE(r.total, 0),
                  sum(a.balance_cents) FILTER (WHERE a.kind = 'allocated'), sum(a.balance_cents)
           FROM calls_fund f JOIN ledger_account a ON a.fund_id = f.id
           LEFT JOIN moved m ON m.fund_id = f.id LEFT JOIN arrived r ON r.to_fund_id = f.id
           GROUP BY f.id, m.total, r.total
           HAVING sum(a.balance_cents) <> 0
               OR sum(a.balance_cents) FILTER (WHERE a.kind = 'allocated')
                  <> -(f.allocation_cents + COALESCE(m.total, 0) + COALESCE(r.total, 0))""",
    ),
    Check(
        "I7",
        "every movement of a fund is an entry by its act",
        "matching_fundmovement",
        """SELECT m.id, m.kind, e.kind, e.key FROM matching_fundmovement m JOIN ledger_entry e ON e.id = m.entry_id
           WHERE e.kind <> m.kind OR e.actor_id IS DISTINCT FROM m.moved_by_id OR NOT EXISTS (
               SELECT 1 FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id
               WHERE p.entry_id = e.id AND a.fund_id = m.fund_id AND a.kind = 'available'
               AND p.amount_cents = CASE m.kind WHEN 'increase' THEN m.amount_cents ELSE -m.amount_cents END)""",
    ),
    Check(
        "I7",
        "every grant stands in the ledger as its state says",
        "matching_grant",
        """SELECT g.id, g.state, g.amount_cents, COALESCE(c.total, 0), COALESCE(a.reserved, 0), COALESCE(a.awarded, 0)
           FROM matching_grant g
           LEFT JOIN (SELECT grant_id, sum(amount_cents) AS total FROM matching_grantcompletion GROUP BY grant_id) c
           ON c.grant_id = g.id
           LEFT JOIN (SELECT campaign_id, sum(balance_cents) FILTER (WHERE kind = 'reserved') AS reserved,
                             sum(balance_cents) FILTER (WHERE kind IN ('awarded', 'paid')) AS awarded
                      FROM ledger_account GROUP BY campaign_id) a ON a.campaign_id = g.campaign_id
           WHERE COALESCE(a.reserved, 0) <> CASE WHEN g.state IN ('reserved', 'offered') THEN g.amount_cents ELSE 0 END
              OR COALESCE(a.awarded, 0)
                 <> CASE g.state WHEN 'awarded' THEN g.amount_cents + COALESCE(c.total, 0) ELSE 0 END""",
    ),
    Check(
        "I7",
        "every offered part is set aside, and every part set aside is offered",
        "matching_grantoffer",
        """SELECT g.id, g.state, g.amount_cents, o.id, o.amount_cents
           FROM (SELECT * FROM matching_grant WHERE state = 'offered') g
           FULL JOIN (SELECT * FROM matching_grantoffer WHERE status = 'open') o ON o.grant_id = g.id
           WHERE g.id IS NULL OR o.id IS NULL OR g.amount_cents <> o.amount_cents""",
    ),
    Check(
        "I8",
        "no completion carries a grant above what is due",
        "matching_grantcompletion",
        """SELECT g.id, g.due_cents, g.amount_cents, sum(c.amount_cents) FROM matching_grant g
           JOIN matching_grantcompletion c ON c.grant_id = g.id JOIN ledger_entry e ON e.id = c.entry_id
           GROUP BY g.id HAVING g.amount_cents + sum(c.amount_cents) > g.due_cents
               OR bool_or(e.kind <> 'completion' OR c.amount_cents > c.available_cents)""",
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
