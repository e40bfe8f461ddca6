"""Rows as the house's first migrations knew them: a published call, open campaigns, gifts, refunds, receipts, grants."""

from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

#: The first state of everything that moves money.
FIRST = [
    (app, "0001_initial") for app in ("accounts", "calls", "campaigns", "donations", "ledger", "matching")
]
CAMPAIGNS = 20
GIFT_CENTS = 2_000
#: As many gifts are written in one transaction.
BATCH = 1_000
#: Of ten gifts one has gone back; a gift has two postings, one that went back six.
POSTINGS_OF_TEN_GIFTS = 24

#: Written through the guards of that time: they move the balances and look at each entry when the transaction ends.
GIFTS = """
    INSERT INTO donations_donation (public_id, email, name, show_name, message, language, amount_cents, charged_cents,
        status, quarantine_reason, stripe_account_id, stripe_session_id, stripe_payment_intent_id, stripe_charge_id,
        checkout_url, created_at, session_expires_at, charged_at, settled_at, refund_due_at, refunded_at, campaign_id)
    SELECT gen_random_uuid(), 'Old+' || n || '@example.org', '', false, '', 'it', %(cents)s, %(cents)s,
        CASE WHEN n %% 10 = 0 THEN 'refunded' ELSE 'settled' END, '', 'acct_old', 'cs_test_' || n, 'pi_' || n, 'ch_' || n,
        '', %(now)s, %(now)s, %(now)s, %(now)s, CASE WHEN n %% 10 = 0 THEN %(now)s::timestamptz END,
        CASE WHEN n %% 10 = 0 THEN %(now)s::timestamptz END, (%(campaigns)s::bigint[])[1 + n %% %(most)s]
    FROM generate_series(%(first)s, %(last)s) n;
    INSERT INTO donations_reversal (donation_id, amount_cents, reason, note, status, stripe_refund_id, created_at,
        next_attempt_at, attempts, ended_at)
    SELECT id, %(cents)s, 'external', '', 'succeeded', 're_' || id, %(now)s, %(now)s, 1, %(now)s
    FROM donations_donation WHERE status = 'refunded' AND id >= %(first)s;
    INSERT INTO donations_receipt (year, number, issued_at, donation_id, payee_id)
    SELECT 2026, d.id - d.id / 10, %(now)s, d.id, %(payee)s
    FROM donations_donation d WHERE d.status = 'settled' AND d.id >= %(first)s;
    INSERT INTO ledger_entry (kind, key, reason, created_at, transaction_id)
    SELECT m.kind, CASE m.kind WHEN 'charge' THEN 'charge:' || d.stripe_payment_intent_id
        WHEN 'refund_owed' THEN 'owed:' || d.id ELSE 'refund:re_' || d.id END, '', %(now)s, 0
    FROM donations_donation d, (VALUES ('charge'), ('refund_owed'), ('refund')) AS m(kind)
    WHERE d.id >= %(first)s AND (m.kind = 'charge' OR d.status = 'refunded')
    ORDER BY m.kind <> 'charge', m.kind <> 'refund_owed', d.id;
    INSERT INTO ledger_posting (entry_id, account_id, amount_cents)
    SELECT e.id, a.id, s.sign * %(cents)s
    FROM ledger_entry e JOIN (VALUES ('charge', 'stripe', 1), ('charge', 'donors', -1), ('refund_owed', 'donors', 1),
        ('refund_owed', 'refunds_owed', -1), ('refund', 'refunds_owed', 1), ('refund', 'stripe', -1))
        AS s(entry, account, sign) ON s.entry = e.kind
    JOIN donations_donation d ON d.id = substring(e.key FROM '[0-9]+$')::bigint
    JOIN ledger_account a ON a.kind = s.account AND a.campaign_id = d.campaign_id
    WHERE d.id >= %(first)s
    ORDER BY e.id, s.sign DESC
"""


def give(apps: Any, postings: int) -> None:
    """Fill an empty database of the first state with so many postings, about, and with everything they point at."""
    now = timezone.now()
    with transaction.atomic():
        people = _people(apps, now)
        campaigns = [_campaign(apps, number, people, now) for number in range(CAMPAIGNS)]
    gifts = postings * 10 // POSTINGS_OF_TEN_GIFTS
    figures = {
        "now": now,
        "cents": GIFT_CENTS,
        "campaigns": [campaign.pk for campaign in campaigns],
        "most": CAMPAIGNS,
        "payee": people["body"].pk,
    }
    for first in range(1, gifts + 1, BATCH):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute(GIFTS, {**figures, "first": first, "last": min(first + BATCH - 1, gifts)})
        with connection.cursor() as cursor:
            # Each posting leaves an old version of its account's balance behind, and the next one has to step over all.
            cursor.execute("VACUUM ANALYZE ledger_account")
            cursor.execute("ANALYZE")


def _people(apps: Any, now: Any) -> dict[str, Any]:
    """Make an officer, a promoter with its body, and a published call with its window and fund."""
    make = {name: apps.get_model(name).objects.create for name in ("accounts.User", "accounts.Organization")}
    officer = make["accounts.User"](email="officer@example.org", password="!", is_staff=True)  # noqa: S106
    body = make["accounts.Organization"](
        legal_name="Cortile APS",
        kind="aps",
        tax_code="12345678903",
        address="Via Roma 1",
        email="cortile@example.org",
        created_at=now,
    )
    apps.get_model("accounts.Membership").objects.create(user=officer, organization=body, created_at=now)
    call = apps.get_model("calls.Call").objects.create(
        slug="bando",
        title="Bando",
        edition="2026",
        summary="Un bando.",
        text="Il testo.",
        contact_email="bando@example.org",
        fund_cents=60_000_000,
        eligible_kinds=["aps"],
        created_at=now,
    )
    fund = apps.get_model("calls.Fund").objects.create(call=call, name="Bando", allocation_cents=60_000_000)
    session = apps.get_model("calls.CallSession").objects.create(
        call=call, number=1, opens_at=now - timedelta(days=30), closes_at=now + timedelta(days=30), fund=fund
    )
    theme = apps.get_model("calls.Theme").objects.create(call=call, name="Beni comuni")
    # Its rules are frozen from here on.
    call.status, call.published_at, call.published_by = "published", now, officer
    call.save()
    return {"officer": officer, "body": body, "call": call, "fund": fund, "session": session, "theme": theme}


def _campaign(apps: Any, number: int, people: dict[str, Any], now: Any) -> Any:
    """Make one open campaign and the accounts of its money."""
    campaign = apps.get_model("campaigns.Campaign").objects.create(
        application=_application(apps, number, people, now),
        slug=f"cortile-{number}",
        title=f"Un cortile {number}",
        summary="Un cortile aperto.",
        story="La storia.",
        status="open",
        cost_cents=2_000_000_000,
        threshold_cents=1_000_000_000,
        grant_due_cents=1_000_000_000,
        own_cents=0,
        created_at=now,
        submitted_at=now,
        approved_at=now,
        approved_by=people["officer"],
        opens_at=now,
        closes_at=now + timedelta(days=60),
        opened_at=now,
    )
    for kind in ("stripe", "donors", "refunds_owed"):
        apps.get_model("ledger.Account").objects.create(kind=kind, campaign=campaign)
    return campaign


def _application(apps: Any, number: int, people: dict[str, Any], now: Any) -> Any:
    """Make one admitted application."""
    body = people["body"]
    if number:
        # A body applies once in a window.
        body = apps.get_model("accounts.Organization").objects.create(
            legal_name=f"Cortile {number} APS",
            kind="aps",
            tax_code=f"{number:011}",
            address="Via Roma 1",
            email="cortile@example.org",
            created_at=now,
        )
    return apps.get_model("calls.Application").objects.create(
        call=people["call"],
        session=people["session"],
        theme=people["theme"],
        organization=body,
        author=people["officer"],
        title=f"Un cortile {number}",
        summary="Un cortile aperto.",
        borough=1,
        cost_cents=2_000_000,
        duration_months=6,
        campaign_text="Il testo.",
        status="admitted",
        protocol_number=f"BANDO-{number + 1:05}",
        created_at=now,
        updated_at=now,
        submitted_at=now,
    )
