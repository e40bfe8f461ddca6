"""Compare the platform's books with what Stripe knows."""

from datetime import datetime
from typing import Any

from tests.journeys.running import Running


def check_books(platform: Running) -> None:
    """Have the platform audit itself, and hold its ledger against the local Stripe's own sums, in cents."""
    assert platform.audit().rstrip().endswith("balanced")
    truth = platform.twin("truth")
    assert truth["adds_up"]
    received = sum(one["received"] - one["refunded"] for one in truth["payment_intents"].values())
    held = platform.rows("SELECT COALESCE(sum(balance_cents), 0) FROM ledger_account WHERE kind = 'stripe'")
    assert held == [(received,)]
    gifts = platform.rows(
        "SELECT stripe_payment_intent_id, amount_cents FROM donations_donation WHERE settled_at IS NOT NULL"
    )
    paid = [(name, one["received"]) for name, one in truth["payment_intents"].items() if one["received"]]
    assert sorted(gifts) == sorted(paid)


def fund_cents(platform: Running, fund: int) -> dict[str, int]:
    """Return what of a fund is available, reserved and awarded, in cents."""
    return dict(
        platform.rows(
            "SELECT kind, sum(balance_cents)::int FROM ledger_account WHERE fund_id = %s AND kind <> 'allocated'"
            " GROUP BY kind",
            fund,
        )
    )


def intent_of(platform: Running, email: str) -> dict[str, Any]:
    """Return what Stripe knows of the one payment of a donor."""
    [(name,)] = platform.rows(
        "SELECT stripe_payment_intent_id FROM donations_donation WHERE email = %s AND settled_at IS NOT NULL",
        email,
    )
    return platform.twin("truth")["payment_intents"][name]


def campaign_of(platform: Running, title: str) -> tuple[str, datetime, datetime]:
    """Return address, opening and deadline of the campaign with a title."""
    [found] = platform.rows(
        "SELECT slug, opens_at, closes_at FROM campaigns_campaign WHERE title = %s", title
    )
    return found


def status_of(platform: Running, slug: str) -> str:
    """Return a campaign's state."""
    [(status,)] = platform.rows("SELECT status FROM campaigns_campaign WHERE slug = %s", slug)
    return status


def mails_sent(platform: Running, recipient: str) -> list[str]:
    """Return the names of the mails that the outbox has sent to an address, one for each time."""
    rows = platform.rows("SELECT key FROM accounts_mail WHERE status = 'sent' AND recipient = %s", recipient)
    return sorted(key.partition(":")[0] for (key,) in rows)
