"""Hold the platform's books against Stripe's, the donors' notebook, the mails and the funds; each fault is a sentence."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.journeys.mailbox import letters
from tests.journeys.running import Running
from tests.storm.donors import Notebook
from tests.storm.reader import QUESTIONS

#: What still has to happen; each returns a number that comes down to zero.
WAITING = {
    "gifts without an end": "SELECT count(*) FROM donations_donation WHERE status IN ('created', 'open')",
    "events not applied": "SELECT count(*) FROM donations_stripeevent WHERE processed_at IS NULL",
    "refunds not made": "SELECT count(*) FROM donations_donation WHERE status = 'refund_due'",
    "gifts without receipt": """SELECT count(*) FROM donations_donation d LEFT JOIN donations_receipt r
        ON r.donation_id = d.id WHERE d.status = 'settled' AND r.id IS NULL""",
    "mails not sent": "SELECT count(*) FROM accounts_mail WHERE status = 'queued'",
    "campaigns without outcome": "SELECT count(*) FROM campaigns_campaign WHERE status = 'closing'",
    "grants not decided": """SELECT count(*) FROM campaigns_campaign c LEFT JOIN matching_grant g ON g.campaign_id = c.id
        WHERE c.reached_at IS NOT NULL AND c.status IN ('open', 'succeeded')
        AND (g.id IS NULL OR g.state = 'reserved')""",
}


def waiting(platform: Running) -> dict[str, int]:
    """Return what still has to happen, with its number."""
    found = {name: platform.rows(question)[0][0] for name, question in WAITING.items()}
    return {name: count for name, count in found.items() if count}


def faults(platform: Running, notebook: Notebook, truth: dict[str, Any], stuck_allowed: int) -> list[str]:
    """Return everything that is wrong, one sentence each."""
    found = [f"{what}: {count}" for what, count in waiting(platform).items()]
    try:
        platform.audit()
    except AssertionError as error:
        found.append(f"the audit does not balance: {error}")
    if not truth["adds_up"]:
        found.append("Stripe's own sums do not add up")
    found += _against_stripe(platform, truth)
    found += _against_notebook(platform, notebook)
    found += _mails(platform, stuck_allowed)
    found += _grants(platform)
    for promise, question in QUESTIONS.items():
        if rows := platform.rows(question):
            found.append(f"{promise}: {rows[:3]}")
    return found


def _against_stripe(platform: Running, truth: dict[str, Any]) -> Iterator[str]:
    """Compare payment by payment which gifts were paid, and campaign by campaign what Stripe holds, in cents."""
    paid = {name: one for name, one in truth["payment_intents"].items() if one["received"]}
    rows = platform.rows(
        "SELECT stripe_payment_intent_id, campaign_id, charged_cents FROM donations_donation"
        " WHERE charged_at IS NOT NULL"
    )
    ours = {name: (campaign, cents) for name, campaign, cents in rows}
    yield from (f"{name} is paid at Stripe and not in the books" for name in sorted(set(paid) - set(ours)))
    yield from (f"{name} is in the books and not paid at Stripe" for name in sorted(set(ours) - set(paid)))
    held: Counter[int] = Counter()
    for name, one in paid.items():
        if name in ours:
            held[ours[name][0]] += one["received"] - one["refunded"]
            if ours[name][1] != one["received"]:
                yield f"{name}: {ours[name][1]} in the books, {one['received']} at Stripe"
    balances = dict(
        platform.rows("SELECT campaign_id, balance_cents FROM ledger_account WHERE kind = 'stripe'")
    )
    for campaign in set(held) | set(balances):
        if held[campaign] != balances.get(campaign, 0):
            yield f"campaign {campaign}: {balances.get(campaign, 0)} in the ledger, {held[campaign]} at Stripe"


def _against_notebook(platform: Running, notebook: Notebook) -> Iterator[str]:
    """Find donors who paid and whose gift is not there, or is another's."""
    rows = platform.rows(
        "SELECT stripe_payment_intent_id, email FROM donations_donation WHERE charged_at IS NOT NULL"
    )
    ours = dict(rows)
    for payment, email in notebook.paid.items():
        if ours.get(payment) != email:
            yield f"{email} paid {payment}, and the books say {ours.get(payment)}"


def _mails(platform: Running, stuck_allowed: int) -> Iterator[str]:
    """Find mails that left twice, and more stuck ones than blows can explain."""
    copies = Counter(letters(platform.mail))
    for letter, count in copies.items():
        if count > 1:
            yield f"{letter.to} got {count} times: {letter.subject}"
    [(stuck,)] = platform.rows("SELECT count(*) FROM accounts_mail WHERE status = 'sending'")
    if stuck > stuck_allowed:
        yield f"{stuck} mails are stuck, and only {stuck_allowed} blows fell"


def _grants(platform: Running) -> Iterator[str]:
    """Find campaigns over their threshold without exactly one grant, and grants that were awarded twice."""
    rows = platform.rows("""
        SELECT c.slug, c.status, g.state,
            (SELECT count(*) FROM ledger_entry e WHERE e.key = 'grant:' || c.id) AS awards
        FROM campaigns_campaign c LEFT JOIN matching_grant g ON g.campaign_id = c.id
        WHERE c.reached_at IS NOT NULL""")
    for slug, status, state, awards in rows:
        if state not in ("awarded", "waitlisted") or awards != (state == "awarded"):
            yield f"{slug} ({status}) has reached its threshold: grant {state}, {awards} awards"
