"""Move money between the platform and its connected accounts, one balance transaction at a time.

Money is available at once; the local Stripe has no pending days.
"""

from stripe_twin.store import Json
from stripe_twin.twin import Twin

DISPUTE_FEE = 2000
CATEGORIES = {
    "adjustment": "dispute",
    "payment": "charge",
    "payment_refund": "refund",
    "transfer_refund": "transfer_reversal",
}


def card_fee(amount: int) -> int:
    """Return Stripe's fee in cents on a card charge: 1.5 % rounded half up, plus 25 cents (EEA consumer cards)."""
    return (amount * 15 + 500) // 1000 + 25


def post(
    twin: Twin, kind: str, amount: int, currency: str, *, source: str | None, account: str = "", fee: int = 0,
    description: str | None = None, category: str | None = None,
) -> Json:  # fmt: skip
    """Store a balance transaction and change the balance by its net; amounts in cents, signed."""
    fees = [{"amount": fee, "application": None, "currency": currency, "description": "Stripe processing fees",
             "type": "stripe_fee"}]  # fmt: skip
    body: Json = {
        "id": twin.new_id("txn_"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": twin.now(),
        "balance_type": "payments",
        "created": twin.now(),
        "currency": currency,
        "description": description,
        "exchange_rate": None,
        "fee": fee,
        "fee_details": fees if fee else [],
        "net": amount - fee,
        "reporting_category": category or CATEGORIES.get(kind, kind),
        "source": source,
        "status": "available",
        "type": kind,
    }
    twin.store.add(body, account)
    twin.store.run(
        "insert into balances values (?, ?, ?) on conflict(account, currency) do update set amount = amount + ?",
        account, currency, body["net"], body["net"],
    )  # fmt: skip
    return body


def available(twin: Twin, currency: str, account: str = "") -> int:
    """Return what an account has, in cents; the empty name is the platform."""
    found = twin.store.rows(
        "select amount from balances where account = ? and currency = ?", account, currency
    )
    return int(found[0][0]) if found else 0


def balance(twin: Twin, account: str = "") -> Json:
    """Return the Balance object of an account."""
    found = twin.store.rows(
        "select currency, amount from balances where account = ? order by currency", account
    )
    rows = found or [("eur", 0)]
    empty = [{"amount": 0, "currency": currency, "source_types": {"card": 0}} for currency, _ in rows]
    return {
        "object": "balance",
        "available": [
            {"amount": amount, "currency": currency, "source_types": {"card": amount}}
            for currency, amount in rows
        ],
        "connect_reserved": [{"amount": 0, "currency": currency} for currency, _ in rows]
        if not account
        else None,
        "livemode": False,
        "pending": empty,
        "refund_and_dispute_prefunding": {"available": empty, "pending": empty},
    }


def top_up(twin: Twin, amount: int, currency: str = "eur") -> Json:
    """Put money of its own on the platform's balance; a negative amount in cents takes it away."""
    kind = "topup" if amount >= 0 else "payout"
    return post(twin, kind, amount, currency, source=None, description="Platform float")


def open_account(twin: Twin) -> None:
    """Give a new platform the float that fees and refunds are paid from, once."""
    with twin.store.transaction():
        if twin.store.setting("float_given") is None:
            twin.store.set_setting("float_given", True)
            if twin.config.platform_float:
                top_up(twin, twin.config.platform_float)
