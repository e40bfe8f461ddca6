"""Make the charge of an attempt, good or bad."""

from dataclasses import dataclass

from stripe_twin import accounts, balances, events, transfers
from stripe_twin.cards import MESSAGES, Card
from stripe_twin.store import Json
from stripe_twin.twin import Twin

DISPUTE_AFTER = 2


@dataclass(frozen=True)
class Payer:
    """Say who pays, and until when the card is good (month, year)."""

    email: str
    name: str = ""
    expiry: tuple[int, int] = (12, 2040)


def succeed(twin: Twin, intent: Json, card: Card, payer: Payer, authenticated: bool) -> Json:
    """Take the money of an intent: gross to the platform, fee off, and the transfer out to its destination."""
    charge = _charge(twin, intent, card, payer)
    outcome = {"network_decline_code": None, "reason": None, "seller_message": "Payment complete."}
    charge.update(amount_captured=intent["amount"], captured=True, paid=True, status="succeeded")
    charge["outcome"] = {**charge["outcome"], **outcome, "network_status": "approved_by_network",
                         "type": "authorized"}  # fmt: skip
    if authenticated:
        charge["payment_method_details"]["card"]["three_d_secure"] = {
            "authentication_flow": "challenge", "result": "authenticated", "result_reason": None, "version": "2.2.0",
        }  # fmt: skip
    amount, currency = intent["amount"], intent["currency"]
    taken = balances.post(
        twin, "charge", amount, currency, source=charge["id"], fee=balances.card_fee(amount)
    )
    charge["balance_transaction"] = taken["id"]
    if intent["transfer_data"]:
        data = intent["transfer_data"]
        transfer = transfers.pay_out_charge(twin, charge, data["destination"], data.get("amount") or amount)
        charge.update(transfer=transfer["id"], transfer_group=transfer["transfer_group"])
    twin.store.add(charge)
    events.emit(twin, "charge.succeeded", charge)
    if card.disputed:
        twin.later(DISPUTE_AFTER, "dispute.open", charge["id"])
    return charge


def fail(twin: Twin, intent: Json, card: Card, payer: Payer) -> Json:
    """Write down a charge that the bank declined."""
    charge = _charge(twin, intent, card, payer)
    message = MESSAGES[card.decline or ""]
    charge.update(failure_code=card.error, failure_message=message, status="failed")
    charge["outcome"] = {
        **charge["outcome"], "network_decline_code": "05", "network_status": "declined_by_network",
        "reason": card.decline, "seller_message": "The bank did not return any further details with this decline.",
        "type": "issuer_declined",
    }  # fmt: skip
    twin.store.add(charge)
    events.emit(twin, "charge.failed", charge)
    return charge


def _charge(twin: Twin, intent: Json, card: Card, payer: Payer) -> Json:
    copied = ("amount", "currency", "customer", "description", "on_behalf_of", "receipt_email",
              "statement_descriptor_suffix", "transfer_data", "transfer_group")  # fmt: skip
    nothing = ("application", "application_fee", "application_fee_amount", "balance_transaction", "failure_code",
               "failure_balance_transaction", "failure_message", "receipt_number", "review", "shipping", "source",
               "source_transfer", "statement_descriptor", "transfer")  # fmt: skip
    charge_id = twin.new_id("ch_")
    return {
        "id": charge_id,
        "object": "charge",
        **{name: intent[name] for name in copied},
        **dict.fromkeys(nothing),
        "amount_captured": 0,
        "amount_refunded": 0,
        "billing_details": {"address": _no_address(), "email": payer.email, "name": payer.name or None, "phone": None,
                            "tax_id": None},
        "calculated_statement_descriptor": _descriptor(twin, intent),
        "captured": False,
        "created": twin.now(),
        "disputed": False,
        "fraud_details": {},
        "livemode": False,
        "metadata": dict(intent["metadata"]),
        "outcome": {"advice_code": None, "network_advice_code": None, "risk_level": "normal", "risk_score": 20},
        "paid": False,
        "payment_intent": intent["id"],
        "payment_method": twin.new_id("pm_"),
        "payment_method_details": {"card": _card(twin, card, payer), "type": "card"},
        "radar_options": {},
        "receipt_url": None,
        "refunded": False,
        "status": "pending",
        "_card": card.number,
    }  # fmt: skip


def _card(twin: Twin, card: Card, payer: Payer) -> Json:
    checks = {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"}
    return {
        "amount_authorized": None,
        "authorization_code": None,
        "brand": card.brand,
        "checks": checks,
        "country": "IT",
        "exp_month": payer.expiry[0],
        "exp_year": payer.expiry[1],
        "fingerprint": twin.scramble(f"card:{card.number}:{_holder(payer)}", 16),
        "funding": "credit",
        "installments": None,
        "last4": card.last4,
        "mandate": None,
        "network": card.brand,
        "three_d_secure": None,
        "wallet": None,
    }


def _holder(payer: Payer) -> str:
    """Return whose card it is: everybody types the same test numbers, but a real card is one person's."""
    return " ".join((payer.name or payer.email).casefold().split())


def _no_address() -> Json:
    return dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))


def _descriptor(twin: Twin, intent: Json) -> str:
    prefix = accounts.descriptor_prefix(twin, intent["on_behalf_of"])
    suffix = intent["statement_descriptor_suffix"]
    return f"{prefix}* {suffix}" if suffix else prefix
