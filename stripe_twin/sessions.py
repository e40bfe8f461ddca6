"""Keep Checkout Sessions: open until they are paid, expired by the clock or by the merchant."""

from typing import Any

from stripe_twin import accounts, events, lists, payments, rules
from stripe_twin.call import Call
from stripe_twin.errors import bad_param, missing, refused
from stripe_twin.params import check_metadata
from stripe_twin.store import Json
from stripe_twin.twin import Twin

KIND = "checkout.session"
SHORTEST, LONGEST = 30 * 60, 24 * 3600
FIELDS = (
    "allowed_payment_method_types", "billing_address_collection", "cancel_url", "client_reference_id", "currency",
    "custom_text", "customer_creation", "customer_email", "excluded_payment_method_types", "expires_at", "line_items",
    "locale", "metadata", "mode", "payment_intent_data", "submit_type", "success_url", "ui_mode",
)  # fmt: skip
INTENT_FIELDS = (
    "capture_method", "description", "metadata", "on_behalf_of", "receipt_email", "statement_descriptor_suffix",
    "transfer_data", "transfer_group",
)  # fmt: skip
UNUSED = (
    "adaptive_pricing", "after_expiration", "allow_promotion_codes", "client_secret", "collected_information",
    "consent", "consent_collection", "currency_conversion", "customer", "customer_account", "discounts",
    "integration_identifier", "invoice", "invoice_creation", "name_collection", "origin_context", "payment_link",
    "payment_method_configuration_details", "permissions", "presentment_details", "recovered_from",
    "redirect_on_completion", "return_url", "saved_payment_method_options", "setup_intent",
    "shipping_address_collection", "shipping_cost", "subscription", "tax_id_collection", "wallet_options",
)  # fmt: skip


def create(call: Call) -> Json:
    """Open a hosted payment session; `POST /v1/checkout/sessions`."""
    params, twin = call.params, call.twin
    _check(call)
    items, currency = _line_items(twin, params["line_items"])
    total = sum(item["amount_total"] for item in items)
    rules.check_total(total, currency)
    if params.get("currency", currency) != currency:
        raise bad_param("The currency of the session and of its line items must be the same.", "currency")
    session = _new_session(twin, params, total, currency)
    session["_line_items"] = items
    twin.store.add(session)
    twin.later(session["expires_at"] - twin.clock.now(), "session.expire", session["id"])
    return session


def _check(call: Call) -> None:
    params, now = call.params, call.twin.now()
    rules.modelled(params, FIELDS)
    for name, only in (("mode", "payment"), ("ui_mode", "hosted_page"), ("customer_creation", "if_required")):
        if params.get(name, only) != only:
            raise bad_param(f"The local Stripe models only {name}={only}.", name, "not_modelled")
    if "mode" not in params:
        raise bad_param("Missing required param: mode.", "mode", "parameter_missing")
    for name in ("success_url", "line_items"):
        if not params.get(name):
            raise bad_param(f"Missing required param: {name}.", name, "parameter_missing")
    for name in ("success_url", "cancel_url"):
        if name in params:
            rules.check_url(params[name], name)
    if "customer_email" in params:
        rules.check_email(params["customer_email"], "customer_email")
    if len(params.get("client_reference_id", "")) > 200:
        raise bad_param("client_reference_id can be at most 200 characters long.", "client_reference_id")
    expires_at = params.get("expires_at", now + LONGEST)
    if not now + SHORTEST <= expires_at <= now + LONGEST:
        raise bad_param(
            "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.",
            "expires_at",
        )
    _check_intent_data(call.twin, params.get("payment_intent_data", {}))


def _check_intent_data(twin: Twin, data: dict[str, Any]) -> None:
    prefix = "payment_intent_data"
    rules.modelled(data, INTENT_FIELDS, prefix)
    check_metadata(data.get("metadata"), f"{prefix}[metadata]")
    if data.get("capture_method") == "manual":
        raise bad_param(
            "The local Stripe does not model manual capture.", f"{prefix}[capture_method]", "not_modelled"
        )
    if "statement_descriptor_suffix" in data:
        name = f"{prefix}[statement_descriptor_suffix]"
        rules.check_suffix(data["statement_descriptor_suffix"], name)
        first = accounts.descriptor_prefix(twin, data.get("on_behalf_of"))
        if len(f"{first}* {data['statement_descriptor_suffix']}") > 22:
            raise bad_param(f"The descriptor is longer than 22 characters with its prefix {first}.", name)
    if "transfer_data" in data:
        accounts.check_destination(
            twin, data["transfer_data"]["destination"], f"{prefix}[transfer_data][destination]", "transfers"
        )
    if "on_behalf_of" in data:
        accounts.check_destination(twin, data["on_behalf_of"], f"{prefix}[on_behalf_of]", "card_payments")


def _line_items(twin: Twin, lines: list[dict[str, Any]]) -> tuple[list[Json], str]:
    items = []
    for index, line in enumerate(lines):
        prefix = f"line_items[{index}]"
        rules.modelled(line, ("price_data", "quantity", "metadata"), prefix)
        price = line.get("price_data")
        if not price:
            raise bad_param(f"Missing required param: {prefix}[price_data].", f"{prefix}[price_data]")
        rules.modelled(price, ("currency", "product_data", "unit_amount"), f"{prefix}[price_data]")
        for name in ("unit_amount", "product_data"):
            if name not in price:
                raise bad_param(
                    f"Missing required param: {prefix}[price_data][{name}].", f"{prefix}[price_data][{name}]"
                )
        rules.check_currency(price["currency"], f"{prefix}[price_data][currency]")
        if price["unit_amount"] < 0:
            raise bad_param("Invalid non-negative integer", f"{prefix}[price_data][unit_amount]")
        quantity = line.get("quantity", 1)
        if quantity < 1:
            raise bad_param("Invalid positive integer", f"{prefix}[quantity]")
        items.append(_line_item(twin, price, quantity))
    if len({item["currency"] for item in items}) > 1:
        raise bad_param("All line items must have the same currency.", "line_items")
    return items, items[0]["currency"]


def _line_item(twin: Twin, price: dict[str, Any], quantity: int) -> Json:
    total, product = price["unit_amount"] * quantity, price["product_data"]
    return {
        "id": twin.new_id("li_"),
        "object": "item",
        "amount_discount": 0,
        "amount_subtotal": total,
        "amount_tax": 0,
        "amount_total": total,
        "currency": price["currency"],
        "description": product["name"],
        "price": {"id": twin.new_id("price_"), "object": "price", "currency": price["currency"], "type": "one_time",
                  "unit_amount": price["unit_amount"]},
        "quantity": quantity,
        "_note": product.get("description", ""),
    }  # fmt: skip


def _new_session(twin: Twin, params: dict[str, Any], total: int, currency: str) -> Json:
    session_id = twin.new_id("cs_test_a1", 56)
    email = params.get("customer_email")
    optional = ("allowed_payment_method_types", "billing_address_collection", "cancel_url", "client_reference_id",
                "customer_email", "excluded_payment_method_types", "locale", "submit_type")  # fmt: skip
    return {
        "id": session_id,
        "object": KIND,
        **dict.fromkeys(UNUSED),
        **{name: params.get(name) for name in optional},
        "amount_subtotal": total,
        "amount_total": total,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "created": twin.now(),
        "currency": currency,
        "custom_fields": [],
        "custom_text": {"after_submit": None, "shipping_address": None, "submit": None,
                        "terms_of_service_acceptance": None, **params.get("custom_text", {})},
        "customer_creation": "if_required",
        "customer_details": {"address": None, "business_name": None, "email": email, "individual_name": None,
                             "name": None, "phone": None, "tax_exempt": "none", "tax_ids": None} if email else None,
        "expires_at": params.get("expires_at", twin.now() + LONGEST),
        "livemode": False,
        "metadata": check_metadata(params.get("metadata")),
        "mode": "payment",
        "optional_items": [],
        "payment_intent": None,
        "payment_method_collection": "if_required",
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"],
        "payment_status": "unpaid",
        "phone_number_collection": {"enabled": False},
        "shipping_options": [],
        "status": "open",
        "success_url": params["success_url"],
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
        "url": f"{twin.config.public_url}/c/pay/{session_id}",
        "_payment_intent_data": params.get("payment_intent_data", {}),
    }  # fmt: skip


def retrieve(call: Call) -> Json:
    """Return a session; `GET /v1/checkout/sessions/:id`."""
    return find(call.twin, call.args[0])


def find(twin: Twin, session_id: str) -> Json:
    """Return a session by id, or raise the 404 refusal."""
    session = twin.store.get(session_id, KIND)
    if session is None:
        raise missing("checkout.session", session_id)
    return session


def list_all(call: Call) -> Json:
    """List sessions; `GET /v1/checkout/sessions`."""
    filters: Json = {name: call.params[name] for name in ("payment_intent", "status") if name in call.params}
    if "customer_details" in call.params:
        filters["customer_details.email"] = call.params["customer_details"]["email"]
    rules.modelled(call.params, (*lists.NAMES, "payment_intent", "status", "customer_details"))
    return lists.page(call, KIND, "/v1/checkout/sessions", filters)


def expire(call: Call) -> Json:
    """Close an open session for good; `POST /v1/checkout/sessions/:id/expire`."""
    session = find(call.twin, call.args[0])
    if session["status"] != "open":
        raise refused(
            'Only Checkout Sessions with a status in ["open"] can be expired.'
            f" This Checkout Session has a status of {session['status']}."
        )
    _close(call.twin, session)
    return session


def expire_due(twin: Twin, session_id: str) -> None:
    """Close a session whose time is over, unless it was paid."""
    session = twin.store.load(session_id)
    if session["status"] == "open":
        _close(twin, session)


def _close(twin: Twin, session: Json) -> None:
    session.update(status="expired", url=None)
    twin.store.save(session)
    if session["payment_intent"]:
        payments.cancel(twin, twin.store.load(session["payment_intent"]), "expired")
    events.emit(twin, "checkout.session.expired", session)
