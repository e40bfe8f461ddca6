"""How long the audit of the books takes: `python -m demo.engines -m benchmarks.audit 100000 1000000`.

Invented gifts, each with its entry, its postings and its fee, are spread over a thousand campaigns; a tenth of them have
gone back. They are written past the services, in plain SQL. The books' own triggers would take an hour for a million gifts,
so the postings are numbered, chained and added up here in their stead; that this is what they would have written is one of
the audit's checks.
"""

import os
import sys
import time
from datetime import datetime
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civicfund.settings")
os.environ.setdefault("SITE_URL", "http://127.0.0.1")
os.environ.setdefault("ALLOWED_HOSTS", "127.0.0.1")
django.setup()

# The models can be imported only now.
from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from campaigns.models import Campaign  # noqa: E402
from donations.models import Donation, Reversal  # noqa: E402
from matching.audit import CHECKS, WAITING, examine  # noqa: E402
from tests import factories  # noqa: E402
from tests.migrated import migrated  # noqa: E402

CAMPAIGNS = 1000
BATCH = 20_000

CLONE_CAMPAIGNS = """
    INSERT INTO accounts_organization SELECT (jsonb_populate_record(o, jsonb_build_object('id', o.id + n,
        'public_id', gen_random_uuid(), 'tax_code', lpad(n::text, 11, '0')))).*
    FROM accounts_organization o, generate_series(1, %(most)s) n WHERE o.id = %(body)s;
    INSERT INTO calls_application SELECT (jsonb_populate_record(a, jsonb_build_object('id', a.id + n,
        'public_id', gen_random_uuid(), 'protocol_number', 'B' || n, 'organization_id', %(body)s + n))).*
    FROM calls_application a, generate_series(1, %(most)s) n WHERE a.id = %(application)s;
    INSERT INTO campaigns_campaign ({written}) SELECT {written} FROM (
        SELECT (jsonb_populate_record(c, jsonb_build_object('id', c.id + n,
            'slug', 'prova-' || n, 'application_id', %(application)s + n))).*
        FROM campaigns_campaign c, generate_series(1, %(most)s) n WHERE c.id = %(campaign)s) clones;
    INSERT INTO ledger_account (kind, campaign_id, balance_cents, length, head)
    SELECT kind, c.id, 0, 0, '' FROM campaigns_campaign c,
        unnest(ARRAY['stripe', 'donors', 'refunds_owed', 'fees', 'platform']) kind;
"""

GIVE = """
    INSERT INTO donations_donation SELECT (made.gift).* FROM (
        SELECT jsonb_populate_record(NULL::donations_donation, %(gift)s::jsonb || jsonb_build_object(
        'id', n, 'public_id', gen_random_uuid(), 'campaign_id', %(campaign)s + n %% (%(most)s + 1),
        'stripe_session_id', 'cs_test_' || n, 'stripe_payment_intent_id', 'pi_' || n, 'stripe_charge_id', 'ch_' || n,
        'status', CASE WHEN n %% 10 = 0 THEN 'refunded' ELSE 'settled' END,
        'counted_cents', CASE WHEN n %% 10 = 0 THEN 0 ELSE %(cents)s END,
        'refund_due_at', CASE WHEN n %% 10 = 0 THEN now() END,
        'refunded_at', CASE WHEN n %% 10 = 0 THEN now() END)) AS gift
    FROM generate_series(%(first)s, %(last)s) n OFFSET 0) made;
    INSERT INTO donations_reversal SELECT (made.refund).* FROM (
        SELECT jsonb_populate_record(NULL::donations_reversal, %(refund)s::jsonb || jsonb_build_object(
        'id', n, 'donation_id', n, 'stripe_refund_id', 're_' || n)) AS refund
    FROM generate_series(%(first)s, %(last)s) n WHERE n %% 10 = 0 OFFSET 0) made;
    INSERT INTO ledger_entry (kind, key, reason, created_at, transaction_id)
    SELECT m.kind, m.key || n, '', now(), pg_current_xact_id()::text::bigint
    FROM generate_series(%(first)s, %(last)s) n,
        (VALUES ('charge', 'charge:pi_'), ('fee', 'fee:txn_'), ('refund_owed', 'owed:b'), ('refund', 'refund:re_'))
        AS m(kind, key) WHERE m.kind IN ('charge', 'fee') OR n %% 10 = 0;
    CREATE TEMP TABLE moved ON COMMIT DROP AS
    SELECT e.id AS entry, a.id AS account, s.sign * CASE e.kind WHEN 'fee' THEN 55 ELSE %(cents)s END AS cents,
        concat_ws('|', e.key, e.kind, e.reason, e.actor_id, extract(epoch FROM e.created_at)) AS words
    FROM ledger_entry e JOIN (VALUES ('charge', 'stripe', 1), ('charge', 'donors', -1), ('fee', 'fees', 1),
        ('fee', 'platform', -1), ('refund_owed', 'donors', 1), ('refund_owed', 'refunds_owed', -1),
        ('refund', 'refunds_owed', 1), ('refund', 'stripe', -1)) AS s(entry, account, sign) ON s.entry = e.kind
    JOIN ledger_account a ON a.kind = s.account
        AND a.campaign_id = %(campaign)s + substring(e.key FROM '[0-9]+$')::bigint %% (%(most)s + 1)
    WHERE e.id > %(written)s;
    INSERT INTO ledger_posting (entry_id, account_id, amount_cents, position, chain) SELECT * FROM chained();
"""

#: What the triggers do posting by posting, done account by account.
CHAINED = """
    CREATE OR REPLACE FUNCTION chained()
    RETURNS TABLE (entry bigint, account bigint, cents bigint, place bigint, digest bytea) LANGUAGE plpgsql AS $$
    DECLARE one record; held ledger_account%ROWTYPE;
    BEGIN
        FOR one IN SELECT * FROM moved m ORDER BY m.account, m.entry LOOP
            IF held.id IS DISTINCT FROM one.account THEN
                UPDATE ledger_account a SET balance_cents = held.balance_cents, length = held.length, head = held.head
                WHERE a.id = held.id;
                SELECT * INTO held FROM ledger_account a WHERE a.id = one.account;
            END IF;
            held.balance_cents := held.balance_cents + one.cents;
            held.length := held.length + 1;
            held.head := sha256(held.head || convert_to(concat_ws('|', one.words, one.cents), 'UTF8'));
            entry := one.entry; account := held.id; cents := one.cents; place := held.length; digest := held.head;
            RETURN NEXT;
        END LOOP;
        UPDATE ledger_account a SET balance_cents = held.balance_cents, length = held.length, head = held.head
        WHERE a.id = held.id;
    END $$
"""
#: The tables whose own triggers stay silent while gifts are written.
BOOKS = ("ledger_account", "ledger_entry", "ledger_posting")


def main() -> None:
    """Fill an empty database up to each number of gifts and print how long each check takes."""
    # A database of its own, copied from a migrated one and dropped by the next run.
    connection.settings_dict["TEST"]["TEMPLATE"] = migrated(os.environ["DATABASE_URL"], dict(os.environ))
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    template = first_gift(CAMPAIGNS)
    given = 0
    for target in map(int, sys.argv[1:] or ("100000",)):
        began = time.monotonic()
        write_gifts(template, given, target)
        given = target
        print(
            f"\n{target} gifts, {_count('ledger_posting')} postings, written in {time.monotonic() - began:.0f} s"
        )
        began = time.monotonic()
        for finding in examine([*CHECKS, *WAITING], now=timezone.now()):
            word = "ok" if finding.is_fine else f"BROKEN {finding.rows[:2]}"
            print(f"{finding.milliseconds:7} ms  {finding.check.invariant:4} {finding.check.name}  {word}")
        took = round((time.monotonic() - began) * 1000)
        print(
            f"{took:7} ms  in all, with a load of {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors",
            flush=True,
        )


def write_gifts(template: dict[str, Any], given: int, target: int) -> None:
    """Write the gifts that are missing to a number, and their books, from what `first_gift` has returned."""
    execute(CHAINED)
    _triggers("DISABLE")
    while given < target:
        # The first batch is small: PostgreSQL plans well only when it knows how large the tables are.
        last = min(given + (BATCH if given else CAMPAIGNS), target)
        execute(GIVE, first=given + 1, last=last, written=_count("ledger_entry"), **template)
        execute("ANALYZE")
        given = last
    _triggers("ENABLE")


def first_gift(campaigns: int) -> dict[str, Any]:
    """Make one campaign through the services, clone it, and return what the next gifts are made from."""
    now = timezone.now()
    officer = factories.make_user("officer", is_staff=True, is_superuser=True)
    body = factories.make_organization(user=factories.make_user("promoter"))
    application = factories.make_application(call=factories.make_call(officer=officer), organization=body)
    campaign = factories.make_scheduled_campaign(application=application, officer=officer)
    Campaign.objects.filter(pk=campaign.pk).update(status="open", opened_at=now)
    figures = {"campaign": campaign.pk, "most": campaigns - 1}
    # PostgreSQL itself fills the columns that are made from others.
    written = ", ".join(field.column for field in Campaign._meta.concrete_fields if not field.generated)
    execute(CLONE_CAMPAIGNS.format(written=written), application=application.pk, body=body.pk, **figures)
    return {**figures, "cents": 2000, **_moulds(campaign, now)}


def _moulds(campaign: Campaign, now: datetime) -> dict[str, str]:
    """Return a settled gift and its refund as JSON, with every column they have today; no row of them stays."""
    with transaction.atomic(), connection.cursor() as cursor:
        donation = Donation.objects.create(
            campaign=campaign,
            email="donor@example.org",
            amount_cents=2000,
            stripe_account_id="acct_b",
            stripe_session_id="cs_test_0",
            stripe_payment_intent_id="pi_0",
            stripe_charge_id="ch_0",
            status="settled",
            created_at=now,
            session_expires_at=now,
            charged_at=now,
            settled_at=now,
            charged_cents=2000,
        )
        Reversal.objects.create(
            donation=donation,
            amount_cents=2000,
            reason="external",
            status="succeeded",
            stripe_refund_id="re_0",
            created_at=now,
            next_attempt_at=now,
            ended_at=now,
        )
        cursor.execute(
            "SELECT to_jsonb(d)::text, to_jsonb(r)::text FROM donations_donation d, donations_reversal r"
        )
        gift, refund = cursor.fetchone()
        transaction.set_rollback(True)
    return {"gift": gift, "refund": refund}


def execute(statement: str, **values: Any) -> None:
    """Run statements in one transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        # Nobody has counted the rows these statements make as they go.
        cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL enable_nestloop = off")
        cursor.execute(statement, values or None)


def _triggers(what: str) -> None:
    """Silence the books' triggers, or let them speak again."""
    for table in BOOKS:
        execute(f"ALTER TABLE {table} {what} TRIGGER USER")


def _count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608
        return cursor.fetchone()[0]


if __name__ == "__main__":
    main()
