"""Keep the connected accounts and let them through onboarding."""

import copy
from typing import Any

from stripe_twin import events, lists, rules
from stripe_twin.call import Call
from stripe_twin.errors import StripeRefusal, bad_param, missing, refused
from stripe_twin.params import check_metadata
from stripe_twin.store import Json
from stripe_twin.twin import Twin

LINK_LASTS = 5 * 60
CREATE = ("business_profile", "business_type", "capabilities", "country", "default_currency", "email", "metadata",
          "settings", "type", "controller")  # fmt: skip
UPDATE = (
    "business_profile",
    "business_type",
    "capabilities",
    "default_currency",
    "email",
    "metadata",
    "settings",
)
WANTED = ("business_profile.url", "external_account", "representative.first_name", "representative.last_name",
          "tos_acceptance.date", "tos_acceptance.ip")  # fmt: skip
SETTINGS: Json = {
    "branding": {"icon": None, "logo": None, "primary_color": None, "secondary_color": None},
    "card_payments": {"decline_on": {"avs_failure": False, "cvc_failure": False}, "statement_descriptor_prefix": None},
    "dashboard": {"display_name": None, "timezone": "Europe/Rome"},
    "payments": {"statement_descriptor": None},
    "payouts": {"debit_negative_balances": True, "schedule": {"delay_days": 7, "interval": "daily"},
                "statement_descriptor": None},
}  # fmt: skip


def create(call: Call) -> Json:
    """Make a connected account that still has to be onboarded; `POST /v1/accounts`."""
    params, twin = call.params, call.twin
    rules.modelled(params, CREATE)
    if "type" in params and "controller" in params:
        raise bad_param("You may only specify one of these parameters: type, controller.", "type")
    if "email" in params:
        rules.check_email(params["email"], "email")
    profile: Json = {
        "mcc": None,
        "name": None,
        "product_description": None,
        "support_email": None,
        "url": None,
    }
    account: Json = {
        "id": twin.new_id("acct_1", 15),
        "object": "account",
        "business_profile": merged(profile, params.get("business_profile", {})),
        "business_type": params.get("business_type"),
        "capabilities": {},
        "charges_enabled": False,
        "controller": {"is_controller": True, "type": "application", **params.get("controller", {})},
        "country": params.get("country", "IT"),
        "created": twin.now(),
        "default_currency": params.get("default_currency", "eur"),
        "details_submitted": False,
        "email": params.get("email"),
        "external_accounts": {"object": "list", "data": [], "has_more": False, "total_count": 0, "url": ""},
        "metadata": check_metadata(params.get("metadata")),
        "payouts_enabled": False,
        "requirements": _requirements(list(WANTED), "requirements.past_due"),
        "settings": merged(copy.deepcopy(SETTINGS), params.get("settings", {})),
        "tos_acceptance": {"date": None, "ip": None, "user_agent": None},
        "type": params.get("type", "none" if "controller" in params else "standard"),
    }
    account["external_accounts"]["url"] = f"/v1/accounts/{account['id']}/external_accounts"
    _request(account, params.get("capabilities", {}))
    twin.store.add(account)
    return account


def merged(base: Json, changes: Json) -> Json:
    """Return the base with nested changes laid over it."""
    for name, value in changes.items():
        nested = isinstance(value, dict) and isinstance(base.get(name), dict)
        base[name] = merged(base[name], value) if nested else value
    return base


def _request(account: Json, capabilities: dict[str, Any]) -> None:
    for name, wish in capabilities.items():
        if wish.get("requested"):
            status = "active" if account["details_submitted"] else "inactive"
            account["capabilities"].setdefault(name, status)
        elif "requested" in wish:
            account["capabilities"].pop(name, None)


def _requirements(due: list[str], disabled: str | None) -> Json:
    return {"alternatives": [], "current_deadline": None, "currently_due": due, "disabled_reason": disabled,
            "errors": [], "eventually_due": due, "past_due": due, "pending_verification": []}  # fmt: skip


def update(call: Call) -> Json:
    """Change an account; `POST /v1/accounts/:id`."""
    account = find(call.twin, call.args[0])
    params = dict(call.params)
    rules.modelled(params, UPDATE)
    _request(account, params.pop("capabilities", {}))
    changed = params.pop("metadata", {})
    account["metadata"] = {} if changed == "" else check_metadata({**account["metadata"], **changed})
    merged(account, params)
    call.twin.store.save(account)
    events.emit(call.twin, "account.updated", account, account=account["id"])
    return account


def find(twin: Twin, account_id: str, param: str = "account", status: int = 404) -> Json:
    """Return a connected account by id, or raise the refusal."""
    account = twin.store.get(account_id, "account")
    if account is None:
        raise missing("account", account_id, param, status)
    return account


def retrieve(call: Call) -> Json:
    """Return an account; `GET /v1/accounts/:id`."""
    return find(call.twin, call.args[0])


def list_all(call: Call) -> Json:
    """List the connected accounts; `GET /v1/accounts`."""
    return lists.page(call, "account", "/v1/accounts")


def check_destination(twin: Twin, account_id: str, param: str, capability: str) -> None:
    """Refuse an account that is unknown or may not take part in a charge yet."""
    account = twin.store.get(account_id, "account")
    if account is None:
        raise missing("destination", account_id, param, status=400)
    if account["capabilities"].get(capability) == "active":
        return
    if capability == "transfers":
        raise refused(
            "Your destination account needs to have at least one of the following capabilities enabled: transfers,"
            " crypto_transfers, legacy_payments",
            "insufficient_capabilities_for_transfer", param,
        )  # fmt: skip
    raise refused(
        f"The account {account_id} must have the {capability} capability to be used here.", None, param
    )


def descriptor_prefix(twin: Twin, account_id: str | None) -> str:
    """Return what the statement of a payment on behalf of an account begins with."""
    account = twin.store.get(account_id, "account") if account_id else None
    prefix = account["settings"]["card_payments"]["statement_descriptor_prefix"] if account else None
    return prefix or twin.config.descriptor_prefix


def create_link(call: Call) -> Json:
    """Make a link to the onboarding page that is good for five minutes and once; `POST /v1/account_links`."""
    params, twin = call.params, call.twin
    rules.modelled(params, ("account", "collect", "collection_options", "refresh_url", "return_url", "type"))
    find(twin, params["account"], status=400)
    if params["type"] != "account_onboarding":
        raise bad_param("The local Stripe models only type=account_onboarding.", "type", "not_modelled")
    for name in ("refresh_url", "return_url"):
        if name not in params:
            raise bad_param(f"Missing required param: {name}.", name, "parameter_missing")
        rules.check_url(params[name], name)
    token = twin.new_id("", 32)
    link: Json = {
        "id": f"link_{token}",
        "object": "account_link",
        "created": twin.now(),
        "expires_at": twin.now() + LINK_LASTS,
        "url": f"{twin.config.public_url}/setup/{params['account']}/{token}",
        "_account": params["account"],
        "_refresh_url": params["refresh_url"],
        "_return_url": params["return_url"],
        "_opened": False,
        "_used": False,
    }
    twin.store.add(link)
    return {name: value for name, value in link.items() if name != "id"}


def complete(twin: Twin, account_id: str) -> Json:
    """Finish onboarding: every requested capability becomes active."""
    account = find(twin, account_id)
    requested = account["capabilities"] or {"card_payments": "", "transfers": ""}
    account.update(
        capabilities=dict.fromkeys(requested, "active"),
        charges_enabled=True,
        details_submitted=True,
        payouts_enabled=True,
        requirements=_requirements([], None),
    )
    account["tos_acceptance"]["date"] = twin.now()
    twin.store.save(account)
    events.emit(twin, "account.updated", account, account=account_id)
    return account


def check_access(twin: Twin, account_id: str, key: str) -> None:
    """Refuse a Stripe-Account header that names no connected account of this platform."""
    if twin.store.get(account_id, "account") is None:
        raise StripeRefusal(
            f"The provided key '{key[:8]}***' does not have access to account '{account_id}' (or that account does not"
            " exist). Application access may have been revoked.",
            status=403, code="account_invalid",
        )  # fmt: skip
