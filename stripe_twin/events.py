"""Write down what happened, as Stripe's events, and hand each to the webhook deliveries."""

from stripe_twin import webhooks
from stripe_twin.schemas import API_VERSION
from stripe_twin.store import Json
from stripe_twin.twin import Twin, public


def emit(twin: Twin, kind: str, subject: Json, *, account: str = "", previous: Json | None = None) -> Json:
    """Store an event whose payload is the subject as it is now, and queue one delivery per endpoint.

    `account` is the connected account the event is about; `previous` holds the old values of changed fields.
    """
    data: Json = {"object": public(subject)}
    if previous is not None:
        data["previous_attributes"] = previous
    event: Json = {
        "id": twin.new_id("evt_"),
        "object": "event",
        "api_version": API_VERSION,
        "created": twin.now(),
        "data": data,
        "livemode": False,
        "pending_webhooks": len(twin.config.webhook_urls),
        "request": {"id": twin.cause.request, "idempotency_key": twin.cause.idempotency_key},
        "type": kind,
    }
    if account:
        event["account"] = account
    twin.store.add(event, account)
    webhooks.enqueue(twin, event["id"], kind)
    return event


def with_pending(twin: Twin, event: Json) -> Json:
    """Return the event with the number of its deliveries that have not succeeded yet."""
    counted = twin.store.rows(
        "select count(distinct endpoint) from deliveries where event = ? and state in ('pending', 'held')",
        event["id"],
    )
    return {**event, "pending_webhooks": counted[0][0]}
