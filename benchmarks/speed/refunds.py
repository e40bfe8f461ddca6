"""How long it takes until ten thousand donors of a failed campaign have their money back, on the running platform.

One gift is really given; the others are copies of its rows, in the platform's database and in the local Stripe's alike. Then
the platform is started again just after the campaign has closed, and does the rest by itself.
"""

import contextlib
import os
import shutil
import sqlite3
import time
import uuid
from datetime import datetime, timedelta
from typing import Any

import psutil
import psycopg2
from psycopg2.extras import execute_values

from benchmarks.speed.ground import FOLDER, Ground, keep
from tests.journeys.running import Running, running
from tests.journeys.waiting import until

GIFTS = int(os.environ.get("BENCH_REFUNDS", "10000"))
#: Far from the threshold of a campaign of 100,000 euro, however many give it.
GIFT_CENTS, COST_CENTS = 400, 10_000_000
WAIT_SECONDS, LOOK_SECONDS = 1800, 2.0
RECEIPTS = "SELECT count(*) FROM donations_receipt"
SEEN = "SELECT count(*) FILTER (WHERE status = 'refunded'), count(*) FROM donations_donation"
#: Everything that was written about the first gift, once more for each copy; the books' own triggers chain and add up.
COPIES = """
    INSERT INTO donations_donation SELECT (jsonb_populate_record(d, jsonb_build_object('id', d.id + c.n,
        'public_id', c.public_id, 'email', 'donor' || c.n || '@example.org', 'donor_id', NULL,
        'email_key', 'donor' || c.n || '@example.org', 'stripe_session_id', d.stripe_session_id || 'x' || c.n,
        'stripe_payment_intent_id', d.stripe_payment_intent_id || 'x' || c.n,
        'stripe_charge_id', d.stripe_charge_id || 'x' || c.n))).*
    FROM donations_donation d, copies c WHERE d.id = %(gift)s;
    INSERT INTO donations_receipt SELECT (jsonb_populate_record(r, jsonb_build_object('id', r.id + c.n,
        'donation_id', r.donation_id + c.n, 'number', r.number + c.n))).*
    FROM donations_receipt r, copies c WHERE r.donation_id = %(gift)s;
    CREATE TEMP TABLE written ON COMMIT DROP AS SELECT id, key, kind, created_at FROM ledger_entry e WHERE EXISTS (
        SELECT FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id
        WHERE p.entry_id = e.id AND a.kind IN ('donors', 'fees'));
    INSERT INTO ledger_entry (kind, key, reason, created_at, transaction_id)
    SELECT w.kind, w.key || 'x' || c.n, '', w.created_at, 0 FROM copies c, written w ORDER BY c.n, w.id;
    INSERT INTO ledger_posting (entry_id, account_id, amount_cents, position, chain)
    SELECT e.id, p.account_id, p.amount_cents, 0, '' FROM written w JOIN ledger_posting p ON p.entry_id = w.id
    CROSS JOIN copies c JOIN ledger_entry e ON e.key = w.key || 'x' || c.n ORDER BY e.id, p.id
"""
#: What one balance transaction has moved, so many times more.
MORE = """
    UPDATE balances SET amount = amount + ? * t.net FROM (
        SELECT account, json_extract(body, '$.net') AS net FROM objects WHERE id = ? AND kind = 'balance_transaction') t
    WHERE balances.account = t.account
"""


def measure(ground: Ground) -> None:
    """Let a campaign fail, and look every two seconds how many have their money back and how large the workers are."""
    shutil.rmtree(FOLDER / "run", ignore_errors=True)
    urls = (ground.engines.owner_database_url, ground.engines.redis_url)
    with running(FOLDER / "run", *urls, workers=2, is_silent=True) as platform:
        campaign = platform.stage("campaign", cost_cents=COST_CENTS, days=2, gifts=[GIFT_CENTS])
        until(lambda: platform.rows(RECEIPTS)[0][0] == 1, "the first gift has its receipt", 60)
        platform.stop()
        _copy(platform)
        platform.travel(datetime.fromisoformat(campaign["closes_at"]) + timedelta(seconds=1))
        looks = _watch(platform)
        print(platform.audit())
    keep("refunds", _figures(looks))


def _copy(platform: Running) -> None:
    """Write the copies on both sides."""
    names = {number: str(uuid.uuid4()) for number in range(1, GIFTS)}
    with contextlib.closing(psycopg2.connect(platform.owner_url)) as owner, owner, owner.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE copies (n bigint PRIMARY KEY, public_id uuid)")
        execute_values(cursor, "INSERT INTO copies VALUES %s", names.items())
        cursor.execute("SELECT id, public_id, stripe_payment_intent_id FROM donations_donation")
        gift, public_id, payment = cursor.fetchone()
        cursor.execute(COPIES, {"gift": gift})
        for table in ("donations_donation", "donations_receipt"):
            # Two names of this module's own.
            cursor.execute(f"SELECT setval('{table}_id_seq', max(id)) FROM {table}")  # noqa: S608
    with contextlib.closing(sqlite3.connect(platform.folder / "twin" / "twin.sqlite3")) as stripe, stripe:
        _copy_at_stripe(stripe, payment, str(public_id), names)


def _copy_at_stripe(stripe: sqlite3.Connection, payment: str, public_id: str, names: dict[int, str]) -> None:
    """Copy what the local Stripe knows about a payment, and put the money where it lies."""
    known = stripe.execute(
        "SELECT id, kind, account, created, body FROM objects WHERE kind NOT IN ('event', 'account')"
    ).fetchall()
    marks, found = {payment}, 0
    while found < len(marks):
        found = len(marks)
        marks |= {row[0] for row in known if any(mark in row[4] for mark in marks)}
    about = [row for row in known if row[0] in marks]
    for number, name in names.items():
        for mark, kind, account, created, body in about:
            text = body.replace(public_id, name)
            for one in marks:
                text = text.replace(f'"{one}"', f'"{one}x{number}"')
            stripe.execute(
                "INSERT INTO objects (id, kind, account, created, body) VALUES (?, ?, ?, ?, ?)",
                (f"{mark}x{number}", kind, account, created, text),
            )
    for mark in marks:
        stripe.execute(MORE, (len(names), mark))


def _watch(platform: Running) -> list[tuple[float, int, int]]:
    """Return when how many had their money back, and the megabytes of the largest process of a worker then."""
    began, looks = time.monotonic(), []
    while time.monotonic() - began < WAIT_SECONDS:
        back, gifts = platform.rows(SEEN)[0]
        looks.append((time.monotonic() - began, back, _largest(platform)))
        if back == gifts:
            return looks
        time.sleep(LOOK_SECONDS)
    raise SystemExit(f"{looks[-1][1]} of {GIFTS} have their money back after {WAIT_SECONDS} s")


def _largest(platform: Running) -> int:
    family = [psutil.Process(platform.pid(name)) for name in platform.workers]
    family += [child for one in family for child in one.children(recursive=True)]
    sizes = []
    for one in family:
        # A child may have just been replaced by another.
        with contextlib.suppress(psutil.NoSuchProcess):
            sizes.append(one.memory_info().rss)
    return max(sizes) // 2**20


def _figures(looks: list[tuple[float, int, int]]) -> dict[str, Any]:
    """Return seconds from the start of the platform on, and megabytes along the way."""
    sending = [look for look in looks if look[1]]
    tenths = [sending[len(sending) * tenth // 10] for tenth in range(1, 10)] + [sending[-1]]
    return {
        "gifts": GIFTS,
        "first_seconds": round(sending[0][0], 1),
        "all_seconds": round(sending[-1][0], 1),
        "megabytes": [size for _seconds, _back, size in tenths],
    }
