"""Answer the reading questions that need nothing but the store."""

from typing import Any

from stripe_twin import lists, rules
from stripe_twin.call import Call, Handler
from stripe_twin.errors import bad_param, missing, refused
from stripe_twin.events import with_pending
from stripe_twin.store import Json

MOST_TYPES = 20
KEPT_FOR = 30 * 86400
ALL_DELIVERED = "not exists (select 1 from deliveries where event = objects.id and state <> 'delivered')"


def retriever(kind: str) -> Handler:
    """Return the handler that retrieves one of the caller's objects of a kind."""

    def retrieve(call: Call) -> Json:
        body = call.twin.store.get(call.args[0], kind, call.account)
        if body is None:
            raise missing(kind, call.args[0])
        return body

    return retrieve


def _page(call: Call, kind: str, path: str, *names: str) -> Json:
    rules.modelled(call.params, (*lists.NAMES, *names))
    return lists.page(call, kind, path, {name: call.params[name] for name in names if name in call.params})


def payment_intents(call: Call) -> Json:
    """List payment intents; `GET /v1/payment_intents`."""
    return _page(call, "payment_intent", "/v1/payment_intents")


def charges(call: Call) -> Json:
    """List charges; `GET /v1/charges`."""
    return _page(call, "charge", "/v1/charges", "payment_intent", "transfer_group")


def transfers(call: Call) -> Json:
    """List transfers; `GET /v1/transfers`."""
    return _page(call, "transfer", "/v1/transfers", "destination", "transfer_group")


def balance_transactions(call: Call) -> Json:
    """List balance transactions; `GET /v1/balance_transactions`."""
    return _page(call, "balance_transaction", "/v1/balance_transactions", "currency", "source", "type")


def cancel_intent(call: Call) -> Json:
    """Refuse to cancel: every intent here belongs to a Checkout Session; `POST /v1/payment_intents/:id/cancel`."""
    intent = retriever("payment_intent")(call)
    if intent["status"] in ("succeeded", "canceled"):
        raise refused(
            f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}.",
            "payment_intent_unexpected_state",
        )
    raise refused(
        "You cannot cancel the PaymentIntent of a Checkout Session. Expire the Checkout Session instead."
    )


def events(call: Call) -> Json:
    """List the events of the last 30 days; `GET /v1/events`."""
    params = call.params
    if len(params.get("types", [])) > MOST_TYPES:
        raise bad_param(f"You can filter by at most {MOST_TYPES} types.", "types")
    if "type" in params and "types" in params:
        raise bad_param("You may only specify one of these parameters: type, types.", "type")
    clauses, values = ["created > ?"], [call.twin.now() - KEPT_FOR]
    _add_types(params, clauses, values)
    if "delivery_success" in params:
        clauses.append(ALL_DELIVERED if params["delivery_success"] else f"not ({ALL_DELIVERED})")
    found = lists.page(call, "event", "/v1/events", None, (" and ".join(clauses), tuple(values)))
    found["data"] = [with_pending(call.twin, event) for event in found["data"]]
    return found


def _add_types(params: dict[str, Any], clauses: list[str], values: list[Any]) -> None:
    patterns = params.get("types") or ([params["type"]] if "type" in params else [])
    if patterns:
        clauses.append(
            "(" + " or ".join(["json_extract(body, '$.type') like ? escape '\\'"] * len(patterns)) + ")"
        )
        values.extend(pattern.replace("_", "\\_").replace("*", "%") for pattern in patterns)


def event(call: Call) -> Json:
    """Return an event; `GET /v1/events/:id`."""
    return with_pending(call.twin, retriever("event")(call))
