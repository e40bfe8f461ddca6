"""Warn of a payment that its card's bank believes to be fraud, before anybody contests it."""

from stripe_twin import events, lists, rules
from stripe_twin.call import Call
from stripe_twin.errors import missing, refused
from stripe_twin.store import Json
from stripe_twin.twin import Twin

KIND = "radar.early_fraud_warning"


def warn(twin: Twin, charge_id: str, fraud_type: str = "made_with_stolen_card") -> Json:
    """Warn of a charge; the warning asks for nothing when the money went back or is contested already."""
    charge = twin.store.get(charge_id, "charge", "")
    if charge is None:
        raise missing("charge", charge_id, "charge")
    if charge["status"] != "succeeded":
        raise refused(f"Charge {charge_id} did not succeed.")
    warning: Json = {
        "id": twin.new_id("issfr_"),
        "object": KIND,
        "actionable": not (charge["refunded"] or charge["disputed"]),
        "charge": charge_id,
        "created": twin.now(),
        "fraud_type": fraud_type,
        "livemode": False,
        "payment_intent": charge["payment_intent"],
    }
    twin.store.add(warning)
    events.emit(twin, f"{KIND}.created", warning)
    return warning


def list_all(call: Call) -> Json:
    """List warnings; `GET /v1/radar/early_fraud_warnings`."""
    names = ("charge", "payment_intent")
    rules.modelled(call.params, (*lists.NAMES, *names))
    filters: Json = {name: call.params[name] for name in names if name in call.params}
    return lists.page(call, KIND, "/v1/radar/early_fraud_warnings", filters)
