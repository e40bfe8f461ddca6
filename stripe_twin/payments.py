"""Lead one payment intent from the first attempt to the money."""

from dataclasses import dataclass

from stripe_twin import charges, events
from stripe_twin.cards import KNOWN, MESSAGES, Card
from stripe_twin.charges import Payer
from stripe_twin.store import Json
from stripe_twin.twin import Twin

NOT_AUTHENTICATED = "payment_intent_authentication_failure"
NO_DETAILS = dict.fromkeys(("address", "business_name", "individual_name", "phone", "tax_ids")) | {
    "tax_exempt": "none"
}


@dataclass(frozen=True)
class Attempt:
    """Say how an attempt ended: "paid", "declined" or "action" (3-D Secure is asked for)."""

    outcome: str
    intent: Json
    code: str | None = None


def intent_of(twin: Twin, session: Json) -> Json:
    """Return the session's intent; it is made at the first attempt, as Checkout does."""
    if session["payment_intent"]:
        return twin.store.load(session["payment_intent"])
    intent = _new_intent(twin, session)
    twin.store.add(intent)
    session["payment_intent"] = intent["id"]
    twin.store.save(session)
    events.emit(twin, "payment_intent.created", intent)
    return intent


def _new_intent(twin: Twin, session: Json) -> Json:
    data = session["_payment_intent_data"]
    intent_id = twin.new_id("pi_")
    nothing = ("application", "application_fee_amount", "automatic_payment_methods", "canceled_at",
               "cancellation_reason", "customer", "customer_account", "last_payment_error", "latest_charge",
               "next_action", "payment_method", "processing", "review", "setup_future_usage", "shipping", "source",
               "statement_descriptor")  # fmt: skip
    named = ("description", "on_behalf_of", "receipt_email", "statement_descriptor_suffix", "transfer_data",
             "transfer_group")  # fmt: skip
    return {
        "id": intent_id,
        "object": "payment_intent",
        **dict.fromkeys(nothing),
        **{name: data.get(name) for name in named},
        "amount": session["amount_total"],
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "capture_method": "automatic_async",
        "client_secret": f"{intent_id}_secret_{twin.scramble(intent_id, 24)}",
        "confirmation_method": "automatic",
        "created": twin.now(),
        "currency": session["currency"],
        "excluded_payment_method_types": session["excluded_payment_method_types"],
        "livemode": False,
        "metadata": data.get("metadata", {}),
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"],
        "status": "requires_payment_method",
        "_session": session["id"],
    }


def attempt(twin: Twin, session: Json, card: Card, payer: Payer) -> Attempt:
    """Try to pay an open session with a card; the caller holds the transaction and has checked that it is open."""
    intent = intent_of(twin, session)
    if card.decline:
        charge = charges.fail(twin, intent, card, payer)
        intent["latest_charge"] = charge["id"]
        return _declined(twin, intent, card.error or "", card.decline, MESSAGES[card.decline], charge)
    if card.three_d_secure:
        url = f"{twin.config.public_url}/c/3ds/{session['id']}"
        intent.update(
            status="requires_action", last_payment_error=None, _card=card.number, _payer=payer.__dict__
        )
        intent["next_action"] = {
            "redirect_to_url": {"return_url": None, "url": url},
            "type": "redirect_to_url",
        }
        twin.store.save(intent)
        events.emit(twin, "payment_intent.requires_action", intent)
        return Attempt("action", intent)
    return _paid(twin, session, intent, card, payer)


def authenticate(twin: Twin, session: Json, passed: bool) -> Attempt:
    """Answer the 3-D Secure question of an attempt that asked for it."""
    intent = intent_of(twin, session)
    card, payer = KNOWN[intent["_card"]], Payer(**intent["_payer"])
    intent["next_action"] = None
    if not passed:
        message = (
            "The provided payment method has failed authentication. Please choose another and try again."
        )
        return _declined(twin, intent, NOT_AUTHENTICATED, None, message, None)
    return _paid(twin, session, intent, card, payer, authenticated=True)


def _declined(
    twin: Twin, intent: Json, code: str, decline: str | None, message: str, charge: Json | None
) -> Attempt:  # fmt: skip
    error: Json = {
        "code": code,
        "message": message,
        "type": "card_error" if charge else "invalid_request_error",
    }
    if charge:
        method = {"id": charge["payment_method"], "object": "payment_method", "type": "card",
                  "card": charge["payment_method_details"]["card"], "livemode": False, "metadata": {}}  # fmt: skip
        error.update(charge=charge["id"], decline_code=decline, payment_method=method)
    intent.update(
        last_payment_error=error, next_action=None, payment_method=None, status="requires_payment_method"
    )
    twin.store.save(intent)
    events.emit(twin, "payment_intent.payment_failed", intent)
    return Attempt("declined", intent, decline or code)


def _paid(
    twin: Twin, session: Json, intent: Json, card: Card, payer: Payer, authenticated: bool = False
) -> Attempt:  # fmt: skip
    charge = charges.succeed(twin, intent, card, payer, authenticated)
    intent.update(
        amount_received=intent["amount"],
        last_payment_error=None,
        latest_charge=charge["id"],
        payment_method=charge["payment_method"],
        status="succeeded",
    )
    twin.store.save(intent)
    events.emit(twin, "payment_intent.succeeded", intent)
    details = {
        **(session["customer_details"] or NO_DETAILS),
        "email": payer.email,
        "name": payer.name or None,
    }
    session.update(customer_details=details, payment_status="paid", status="complete", url=None)
    twin.store.save(session)
    events.emit(twin, "checkout.session.completed", session)
    return Attempt("paid", intent)


def cancel(twin: Twin, intent: Json, reason: str) -> None:
    """Close an intent that was never paid."""
    intent.update(canceled_at=twin.now(), cancellation_reason=reason, next_action=None, status="canceled")
    twin.store.save(intent)
    events.emit(twin, "payment_intent.canceled", intent)
