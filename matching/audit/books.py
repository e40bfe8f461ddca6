"""Promises of the ledger itself."""

from matching.audit.check import Check

CHECKS = [
    Check(
        "I1",
        "every entry's postings sum to zero",
        "ledger_entry",
        # In parts: summing first and looking up names only of what is wrong takes half the time of a join, and two
        # halves, which any split that keeps an entry together makes, are summed by two cores.
        """SELECT s.entry_id, (SELECT e.key FROM ledger_entry e WHERE e.id = s.entry_id), s.total
           FROM (SELECT entry_id, sum(amount_cents) AS total FROM ledger_posting WHERE entry_id %% 2 = 0
                 GROUP BY entry_id HAVING count(*) < 2 OR sum(amount_cents) <> 0
                 UNION ALL
                 SELECT entry_id, sum(amount_cents) AS total FROM ledger_posting WHERE entry_id %% 2 <> 0
                 GROUP BY entry_id HAVING count(*) < 2 OR sum(amount_cents) <> 0) s
           UNION ALL
           SELECT e.id, e.key, 0 FROM ledger_entry e
           WHERE NOT EXISTS (SELECT FROM ledger_posting p WHERE p.entry_id = e.id)""",
    ),
    Check(
        "I2",
        "all postings together sum to zero",
        "ledger_posting",
        """SELECT sum(amount_cents) FROM ledger_posting HAVING sum(amount_cents) <> 0""",
    ),
    Check(
        "I3",
        "every movement has a key of its own and the transaction that wrote it",
        "ledger_entry",
        """SELECT key, count(*), min(transaction_id) FROM ledger_entry
           GROUP BY key HAVING count(*) > 1 OR min(transaction_id) = 0""",
    ),
    Check(
        "I3",
        "every guard of the ledger stands",
        "pg_trigger",
        """SELECT t.tgrelid::regclass, t.tgname FROM pg_trigger t
           WHERE t.tgrelid IN ('ledger_entry'::regclass, 'ledger_posting'::regclass, 'ledger_account'::regclass)
           AND NOT t.tgisinternal AND t.tgenabled = 'D'""",
    ),
    Check(
        "I7",
        "no fund has given more than it has, and no account is overdrawn",
        "ledger_account",
        """SELECT a.id, a.kind, a.balance_cents FROM ledger_account a
           WHERE a.balance_cents <> 0 AND (a.balance_cents > 0) <> (a.kind IN (
               'stripe', 'offline', 'fees', 'paid_out', 'available', 'reserved', 'awarded', 'paid'))""",
    ),
    Check(
        "I11",
        "every balance is the sum of its postings",
        "ledger_account",
        """SELECT a.id, a.kind, a.balance_cents, COALESCE(s.total, 0) FROM ledger_account a
           LEFT JOIN (SELECT account_id, sum(amount_cents) AS total, count(*) AS number
                      FROM ledger_posting GROUP BY account_id) s ON s.account_id = a.id
           WHERE a.balance_cents <> COALESCE(s.total, 0) OR a.length <> COALESCE(s.number, 0)""",
    ),
    Check(
        "I11",
        "every outcome is what counted when it was decided",
        "campaigns_campaign",
        """SELECT c.slug, c.outcome_raised_cents, s.moved FROM campaigns_campaign c
           JOIN (SELECT a.campaign_id, sum(p.amount_cents) AS moved FROM ledger_entry e
                 JOIN ledger_posting p ON p.entry_id = e.id
                 JOIN ledger_account a ON a.id = p.account_id AND a.kind = 'donors'
                 WHERE e.kind IN ('success', 'failure') GROUP BY a.campaign_id) s ON s.campaign_id = c.id
           WHERE c.outcome_raised_cents <> s.moved""",
    ),
    Check(
        "I13",
        "every posting carries the digest of the one before it",
        "ledger_posting",
        # Joined with itself rather than read in order: this way every core of the database server takes a part.
        """SELECT p.id, e.key, p.position FROM ledger_posting p JOIN ledger_entry e ON e.id = p.entry_id
           LEFT JOIN ledger_posting b ON b.account_id = p.account_id AND b.position = p.position - 1
           WHERE (b.id IS NULL AND p.position <> 1)
              OR p.chain <> sha256(COALESCE(b.chain, '') || convert_to(concat_ws('|', e.key, e.kind, e.reason,
                                   e.actor_id, extract(epoch FROM e.created_at), p.amount_cents), 'UTF8'))""",
    ),
    Check(
        "I13",
        "every account ends with its last posting",
        "ledger_account",
        """SELECT a.id, a.kind, a.length FROM ledger_account a
           LEFT JOIN ledger_posting p ON p.account_id = a.id AND p.position = a.length
           WHERE a.head <> COALESCE(p.chain, '') OR (a.length > 0 AND p.id IS NULL)
              OR EXISTS (SELECT 1 FROM ledger_posting q WHERE q.account_id = a.id AND q.position > a.length)""",
    ),
]
