"""How Stripe's objects are read: its words turned into the plain values of `stripe_answers`."""

from datetime import UTC, datetime
from typing import Any

from donations.stripe_answers import (
    ChargeState,
    DisputeState,
    EventHint,
    FeeState,
    FoundPayment,
    IntentState,
    OutgoingState,
    Payment,
    RefundState,
    TransactionState,
    WarningState,
)


def read_hint(event: Any) -> EventHint:
    """Return the ids an event names; what is missing or no id is left empty."""
    kind = _text(getattr(event, "type", None), 64)
    thing = getattr(getattr(event, "data", None), "object", None)
    reference = getattr(thing, "client_reference_id", None) or getattr(
        getattr(thing, "metadata", None), "donation", None
    )
    intent = getattr(thing, "id" if kind.startswith("payment_intent.") else "payment_intent", None)
    return EventHint(
        stripe_id=_text(getattr(event, "id", None), 64),
        type=kind,
        object_id=_text(getattr(thing, "account" if kind.startswith("capability.") else "id", None), 128),
        reference=_text(reference, 64),
        payment_intent_id=_text(intent, 64),
        account=str(getattr(event, "account", None) or ""),
    )


def read_signing_time(signature: str) -> int:
    """Return when a webhook was signed, in seconds since 1970; its signature has been checked and is a right one."""
    return int(next(part for part in signature.split(",") if part.startswith("t=")).split("=")[1])


def _text(value: object, longest: int) -> str:
    """Return a text that fits its column, or nothing."""
    return value if isinstance(value, str) and len(value) <= longest and value.isprintable() else ""


def read_payment(session: Any, read_in_seconds: int, disputes: tuple[DisputeState, ...] = ()) -> Payment:
    """Turn Stripe's objects into what the ledger has to know."""
    intent = session.payment_intent
    charge: Any = intent.latest_charge if intent else None
    paid = bool(intent and intent.status == "succeeded" and charge)
    # A page may be complete and its payment dead: a method that takes days can still fail.
    dead = bool(intent and intent.status in ("canceled", "requires_payment_method"))
    payee = getattr(charge, "transfer_data", None)
    transfer = getattr(charge, "transfer", None)
    return Payment(
        is_over=session.status == "expired" or (session.status == "complete" and dead),
        paid=paid,
        amount_cents=charge.amount_captured if paid else 0,
        currency=charge.currency if paid else "",
        livemode=session.livemode,
        reference=session.client_reference_id or "",
        destination=payee.destination if payee else "",
        payment_intent_id=intent.id if intent else "",
        charge_id=charge.id if paid else "",
        charged_at=datetime.fromtimestamp(charge.created, UTC) if paid else None,
        reversible_cents=transfer.amount - transfer.amount_reversed if transfer else 0,
        read_in_seconds=read_in_seconds,
        card_fingerprint=_fingerprint(charge) if paid else "",
        method=_method(charge) if paid else "",
        refunds=tuple(read_refund(refund) for refund in charge.refunds.data) if paid else (),
        fee=_fee(charge.balance_transaction) if paid else None,
        disputes=disputes,
        transfer_id=transfer.id if transfer else "",
    )


def read_found(session: Any) -> FoundPayment:
    """Turn the page a payment was made on into what has to be known to take it in."""
    campaign = _text(getattr(session.metadata, "campaign", None), 18)
    typed = getattr(session.customer_details, "email", None) or session.customer_email
    return FoundPayment(
        session_id=session.id,
        campaign_id=int(campaign) if campaign.isdecimal() else None,
        email=_text(typed, 254),
        language="en" if session.locale == "en" else "it",
        payment=read_payment(session, 0),
    )


def is_disputed(session: Any) -> bool:
    """Say whether the payment of a page is or was contested."""
    charge = session.payment_intent.latest_charge if session.payment_intent else None
    return bool(charge and charge.disputed)


def _fee(transaction: Any) -> FeeState | None:
    """Return what Stripe keeps of a charge; a charge may wait a moment for its balance transaction."""
    return FeeState(transaction.id, transaction.fee) if transaction else None


def read_dispute(dispute: Any) -> DisputeState | None:
    """Turn Stripe's dispute into what the ledger has to know; a mere inquiry has moved no money and is none."""
    if dispute.status.startswith("warning_") or dispute.status == "prevented":
        return None
    due = getattr(dispute.evidence_details, "due_by", None)
    return DisputeState(
        dispute_id=dispute.id,
        amount_cents=dispute.amount,
        reason=_text(dispute.reason, 64),
        status=dispute.status if dispute.status in ("won", "lost") else "open",
        opened_at=datetime.fromtimestamp(dispute.created, UTC),
        answer_by=datetime.fromtimestamp(due, UTC) if due else None,
        fees=tuple(FeeState(one.id, one.fee) for one in dispute.balance_transactions if one.fee),
    )


def read_outgoing(thing: Any) -> OutgoingState:
    """Turn a payout, a transfer or a reversal into what became of it; only a payout takes its time."""
    if thing.object != "payout":
        return OutgoingState(thing.id, "paid")
    status = {"paid": "paid", "failed": "failed", "canceled": "failed"}.get(thing.status, "sent")
    return OutgoingState(thing.id, status, _text(thing.failure_message or thing.failure_code or "", 200))


def read_warning(warning: Any) -> WarningState:
    """Turn Stripe's warning of fraud into what an officer has to know."""
    kind = _text(warning.fraud_type, 64)
    return WarningState(warning.id, kind, datetime.fromtimestamp(warning.created, UTC))


def _method(charge: Any) -> str:
    """Return what Stripe calls the means of payment: "card", "paypal"; nothing when it does not say."""
    return _text(getattr(getattr(charge, "payment_method_details", None), "type", None), 32)


def _fingerprint(charge: Any) -> str:
    """Return what Stripe calls the card, the same for every gift made with it; nothing for other methods."""
    card = getattr(getattr(charge, "payment_method_details", None), "card", None)
    return _text(getattr(card, "fingerprint", None), 64)


def read_refund(refund: Any) -> RefundState:
    """Turn Stripe's refund into what the ledger has to know."""
    own = getattr(refund.metadata, "reversal", None)
    return RefundState(
        refund_id=refund.id,
        amount_cents=refund.amount,
        status=refund.status,
        reversal_id=int(own) if own and own.isdigit() else None,
        takes_transfer_back=bool(getattr(refund, "transfer_reversal", None)),
    )


def read_charge(charge: Any) -> ChargeState:
    """Turn a listed charge into what the audit has to know."""
    reference = getattr(charge.metadata, "donation", None) or ""
    return ChargeState(charge.id, reference, charge.amount_captured, charge.amount_refunded)


def read_intent(intent: Any) -> IntentState:
    """Turn a listed payment into what the comparison has to know."""
    charge = intent.latest_charge
    return IntentState(
        intent_id=intent.id,
        reference=_text(getattr(intent.metadata, "donation", None), 64),
        is_paid=intent.status == "succeeded",
        amount_cents=intent.amount_received,
        refunded_cents=charge.amount_refunded if charge else 0,
        is_disputed=bool(charge and charge.disputed),
    )


def read_transaction(transaction: Any) -> TransactionState:
    """Turn a movement on an account into what the comparison has to know."""
    return TransactionState(
        transaction_id=transaction.id,
        type=transaction.type,
        subject=_subject(transaction.source),
        payment_id=_text(getattr(transaction.source, "payment_intent", None), 64),
        amount_cents=transaction.amount,
        fee_cents=transaction.fee,
        created_at=datetime.fromtimestamp(transaction.created, UTC),
    )


def _subject(source: Any) -> str:
    """Return what a movement belongs to: both ends of a transfer, and a refund and its return, have one subject."""
    for name in ("source_transfer", "source_transfer_reversal"):
        if getattr(source, name, None):
            return _text(getattr(source, name), 64)
    if getattr(source, "object", "") == "charge":
        return _text(source.payment_intent, 64) or _text(source.id, 64)
    return _text(getattr(source, "id", source), 64)
