"""Every movement on Stripe's accounts against the ledger, every night.

Movements are read from where the last run stopped and kept as rows. Then, for each payment, refund, dispute, transfer and
payout, what all accounts at Stripe gained or lost together is what the ledger posted on `stripe` and `platform`; every
fee has its own entry; and every account's balance is the sum of its movements. So each movement has exactly one posting
and each posting its movement, and the balances at Stripe are the ledger's.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from donations import stripe_gateway
from donations.models import ConnectedAccount, Difference, Reconciliation, StripeCursor, StripeTransaction
from donations.services.recent import heal_payment
from donations.services.reconciliation import Finding, What, begin_run, end_run

#: The platform's own account.
PLATFORM = ""
#: Movements of the platform's own money, on its own account: in no campaign's books.
OWN_TYPES = frozenset(
    {
        "contribution",
        "network_cost",
        "payout",
        "payout_cancel",
        "payout_failure",
        "reserve_transaction",
        "reserved_funds",
        "stripe_fee",
        "stripe_fx_fee",
        "tax_fee",
        "topup",
        "topup_reversal",
    }
)
#: Stripe may list a movement a little after its instant.
OVERLAP = timedelta(hours=1)
#: A movement or posting younger than this may still be on its way to the other side.
UNDER_WAY = timedelta(minutes=15)
#: How the ids of payments begin.
INTENT = "pi_"
BATCH = 1000
#: How often the balance of an account is asked again when money moved between the two questions.
TRIES = 3
MOST = 200

#: Per subject: what moved at Stripe, and what was posted. A refund that is still under way and an open dispute have left
#: Stripe and not yet the books; both are told apart by their own rows. A refund paid by bank never moved at Stripe. A
#: payment is as young as the latest that happened to it: of one that is going back at this moment only a part would be seen.
SUBJECTS = """
    WITH at_stripe AS (
        SELECT subject, sum(amount_cents) AS cents, min(type) AS type, max(payment_id) AS payment,
               max(max(created_at)) OVER (PARTITION BY COALESCE(NULLIF(max(payment_id), ''), subject)) AS newest
        FROM donations_stripetransaction WHERE NOT is_own GROUP BY subject),
    posted AS (
        SELECT split_part(e.key, ':', 2) AS subject, sum(p.amount_cents) AS cents, max(e.created_at) AS newest,
               string_agg(DISTINCT e.key, ', ') AS keys
        FROM ledger_entry e JOIN ledger_posting p ON p.entry_id = e.id
        JOIN ledger_account a ON a.id = p.account_id AND a.kind IN ('stripe', 'platform')
        WHERE e.kind NOT IN ('fee', 'bank_refund') GROUP BY 1)
    SELECT COALESCE(s.subject, b.subject), COALESCE(s.cents, 0), COALESCE(b.cents, 0), COALESCE(b.keys, ''),
           COALESCE(s.type, ''), COALESCE(s.newest, b.newest), COALESCE(NULLIF(s.payment, ''), s.subject, '')
    FROM at_stripe s FULL JOIN posted b ON b.subject = s.subject
    WHERE COALESCE(s.cents, 0) <> COALESCE(b.cents, 0)
      AND COALESCE(s.newest, %(cutoff)s) <= %(cutoff)s AND COALESCE(b.newest, %(cutoff)s) <= %(cutoff)s
      AND NOT EXISTS (SELECT 1 FROM donations_reversal r WHERE r.stripe_refund_id = s.subject AND r.status = 'sent')
      AND NOT EXISTS (SELECT 1 FROM donations_dispute d WHERE d.stripe_dispute_id = s.subject AND d.status = 'open')
    ORDER BY 6, 1 LIMIT %(most)s
"""
#: Fees of payments that are no gift's are part of that difference, not another one.
FEES = """
    WITH posted AS (
        SELECT split_part(e.key, ':', 2) AS id, sum(p.amount_cents) AS cents, max(e.created_at) AS newest
        FROM ledger_entry e JOIN ledger_posting p ON p.entry_id = e.id
        JOIN ledger_account a ON a.id = p.account_id AND a.kind = 'fees' WHERE e.kind = 'fee' GROUP BY 1),
    known AS (SELECT DISTINCT split_part(key, ':', 2) AS subject FROM ledger_entry)
    SELECT COALESCE(t.stripe_id, f.id), COALESCE(t.fee_cents, 0), COALESCE(f.cents, 0)
    FROM (SELECT * FROM donations_stripetransaction WHERE NOT is_own) t FULL JOIN posted f ON f.id = t.stripe_id
    WHERE COALESCE(t.fee_cents, 0) <> COALESCE(f.cents, 0)
      AND COALESCE(t.created_at, %(cutoff)s) <= %(cutoff)s AND COALESCE(f.newest, %(cutoff)s) <= %(cutoff)s
      AND (t.stripe_id IS NULL OR t.subject IN (SELECT subject FROM known))
    ORDER BY 1 LIMIT %(most)s
"""


def reconcile_balances(*, not_after: datetime, now: datetime) -> Reconciliation | None:
    """Read every movement since the last run and compare them all with the ledger; None when it ran since `not_after`.

    Raise the gateway's StripeUnavailable or StripeRefused: the run is begun again.
    """
    last = StripeCursor.objects.order_by("read_until").first()
    since = last.read_until if last else now
    run = begin_run(kind=Reconciliation.Kind.BALANCES, since=since, not_after=not_after, now=now)
    if run is None:
        return None
    accounts = [
        PLATFORM,
        *ConnectedAccount.objects.order_by("pk").values_list("stripe_account_id", flat=True),
    ]
    before = StripeTransaction.objects.count()
    findings = [finding for account_id in accounts if (finding := _read_account(account_id, now))]
    cutoff = now - UNDER_WAY
    healed = _catch_up(cutoff, now)
    findings += [*_subject_findings(cutoff), *_fee_findings(cutoff)]
    end_run(
        run=run,
        looked_at=StripeTransaction.objects.count() - before,
        healed=healed,
        findings=findings,
        now=now,
    )
    return run


def _catch_up(cutoff: datetime, now: datetime) -> int:
    """Bring the gifts of payments that moved and were not posted up to date, however old, and return how many were behind.

    After days of silence their messages are lost and the hourly comparison no longer looks at them: what is about to be
    put right, or is put right at this moment, is no difference.
    """
    payments = {payment for *_parts, keys, _kind, _newest, payment in _rows(SUBJECTS, cutoff) if not keys}
    return sum(heal_payment(intent_id=one, now=now) for one in sorted(payments) if one.startswith(INTENT))


def _read_account(account_id: str, now: datetime) -> Finding | None:
    """Keep the new movements of an account; return what its balance differs in from the sum of all of them."""
    for _turn in range(TRIES):
        _read_movements(account_id, now)
        have = stripe_gateway.retrieve_balance(account_id)
        want = _sum_of(account_id)
        if have == want:
            return None
    return Finding(What.BALANCE, account_id or "platform", f"{now:%Y-%m-%d}", have, want)


def _read_movements(account_id: str, now: datetime) -> None:
    """Keep the movements of an account since the last reading, each once; a reading that breaks off is made again."""
    cursor = StripeCursor.objects.filter(account_id=account_id).first()
    since = cursor.read_until - OVERLAP if cursor else None
    rows: list[StripeTransaction] = []
    for state in stripe_gateway.list_transactions(account_id, since=since):
        rows.append(
            StripeTransaction(
                stripe_id=state.transaction_id,
                account_id=account_id,
                type=state.type,
                subject=state.subject,
                payment_id=state.payment_id,
                is_own=account_id == PLATFORM and state.type in OWN_TYPES,
                amount_cents=state.amount_cents,
                fee_cents=state.fee_cents,
                created_at=state.created_at,
            )
        )
        if len(rows) == BATCH:
            StripeTransaction.objects.bulk_create(rows, ignore_conflicts=True)
            rows = []
    StripeTransaction.objects.bulk_create(rows, ignore_conflicts=True)
    StripeCursor.objects.update_or_create(account_id=account_id, defaults={"read_until": now})


def _sum_of(account_id: str) -> int:
    """Return what the movements of an account leave on it, in cents."""
    sql = "SELECT COALESCE(sum(amount_cents - fee_cents), 0) FROM donations_stripetransaction WHERE account_id = %s"
    with connection.cursor() as cursor:
        cursor.execute(sql, [account_id])
        return int(cursor.fetchone()[0])


def _subject_findings(cutoff: datetime) -> Iterator[Finding]:
    """Yield what moved at Stripe otherwise than in the books, older than an instant.

    What is no gift's is one finding per payment, its refunds included: nothing once all of it has gone back, and nothing
    when the hourly comparison has told the same payment and amount already.
    """
    strangers: Counter[str] = Counter()
    for subject, stripe_cents, our_cents, keys, kind, newest, payment in _rows(SUBJECTS, cutoff):
        if payment and not keys:
            strangers[payment] += int(stripe_cents)
            continue
        note = f"{newest:%Y-%m-%d} {kind}".strip()
        yield Finding(What.MOVEMENT, subject, keys, int(stripe_cents), int(our_cents), note)
    told = Difference.objects.known().filter(run__kind=Reconciliation.Kind.RECENT, stripe_id__in=strangers)
    amounts = set(told.values_list("stripe_id", "stripe_cents"))
    for payment, cents in strangers.items():
        if cents and (payment, cents) not in amounts:
            yield Finding(What.MOVEMENT, payment, "", cents, 0)


def _fee_findings(cutoff: datetime) -> Iterator[Finding]:
    """Yield the fees that stand otherwise in the books."""
    for transaction_id, stripe_cents, our_cents in _rows(FEES, cutoff):
        yield Finding(What.FEE, transaction_id, "", int(stripe_cents), int(our_cents))


def _rows(sql: str, cutoff: datetime) -> list[tuple[Any, ...]]:
    """Return the rows of a comparison, all of the same snapshot."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, {"cutoff": cutoff, "most": MOST})
        return cursor.fetchall()
