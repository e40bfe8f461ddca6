"""Say which function answers which path of the API, and which parameters it takes."""

import re
from dataclasses import dataclass

from stripe_twin import accounts, balances, disputes, listings, payouts, radar, refunds, sessions, transfers
from stripe_twin.call import Handler
from stripe_twin.schemas import Schema, schema_for

ID = r"([^/]+)"


@dataclass(frozen=True)
class Route:
    """Be one operation of the API."""

    method: str
    pattern: re.Pattern[str]
    handler: Handler
    params: str

    @property
    def schema(self) -> Schema:
        """Return the schema of its parameters."""
        return schema_for(self.params)


def _route(method: str, path: str, handler: Handler, params: str) -> Route:
    return Route(method, re.compile(path.replace(":id", ID)), handler, params)


def _noun(path: str, kind: str, name: str) -> list[Route]:
    """Return the route that retrieves an object by id."""
    return [_route("GET", f"/v1/{path}/:id", listings.retriever(kind), f"{name}RetrieveParams")]


ROUTES = (
    _route("POST", "/v1/checkout/sessions", sessions.create, "checkout.SessionCreateParams"),
    _route("GET", "/v1/checkout/sessions", sessions.list_all, "checkout.SessionListParams"),
    _route("GET", "/v1/checkout/sessions/:id", sessions.retrieve, "checkout.SessionRetrieveParams"),
    _route("POST", "/v1/checkout/sessions/:id/expire", sessions.expire, "checkout.SessionExpireParams"),
    _route("GET", "/v1/payment_intents", listings.payment_intents, "PaymentIntentListParams"),
    *_noun("payment_intents", "payment_intent", "PaymentIntent"),
    _route("POST", "/v1/payment_intents/:id/cancel", listings.cancel_intent, "PaymentIntentCancelParams"),
    _route("GET", "/v1/charges", listings.charges, "ChargeListParams"),
    *_noun("charges", "charge", "Charge"),
    _route("POST", "/v1/refunds", refunds.create, "RefundCreateParams"),
    _route("GET", "/v1/refunds", refunds.list_all, "RefundListParams"),
    *_noun("refunds", "refund", "Refund"),
    _route("POST", "/v1/refunds/:id/cancel", refunds.cancel, "RefundCancelParams"),
    _route("GET", "/v1/disputes", disputes.list_all, "DisputeListParams"),
    *_noun("disputes", "dispute", "Dispute"),
    _route("POST", "/v1/disputes/:id/close", disputes.accept, "DisputeCloseParams"),
    _route("GET", "/v1/transfers", listings.transfers, "TransferListParams"),
    *_noun("transfers", "transfer", "Transfer"),
    _route("POST", "/v1/transfers", transfers.create, "TransferCreateParams"),
    _route("POST", "/v1/transfers/:id/reversals", transfers.create_reversal, "TransferCreateReversalParams"),
    _route("GET", "/v1/transfers/:id/reversals", transfers.list_reversals, "TransferListReversalsParams"),
    _route("POST", "/v1/payouts", payouts.create, "PayoutCreateParams"),
    _route("GET", "/v1/payouts", payouts.list_all, "PayoutListParams"),
    *_noun("payouts", "payout", "Payout"),
    _route("GET", "/v1/radar/early_fraud_warnings", radar.list_all, "radar.EarlyFraudWarningListParams"),
    _route(
        "GET",
        "/v1/radar/early_fraud_warnings/:id",
        listings.retriever(radar.KIND),
        "radar.EarlyFraudWarningRetrieveParams",
    ),
    _route("POST", "/v1/accounts", accounts.create, "AccountCreateParams"),
    _route("GET", "/v1/accounts", accounts.list_all, "AccountListParams"),
    _route("GET", "/v1/accounts/:id", accounts.retrieve, "AccountRetrieveParams"),
    _route("POST", "/v1/accounts/:id", accounts.update, "AccountUpdateParams"),
    _route("POST", "/v1/account_links", accounts.create_link, "AccountLinkCreateParams"),
    _route("GET", "/v1/events", listings.events, "EventListParams"),
    _route("GET", "/v1/events/:id", listings.event, "EventRetrieveParams"),
    _route(
        "GET", "/v1/balance", lambda call: balances.balance(call.twin, call.account), "BalanceRetrieveParams"
    ),
    _route("GET", "/v1/balance_transactions", listings.balance_transactions, "BalanceTransactionListParams"),
    *_noun("balance_transactions", "balance_transaction", "BalanceTransaction"),
)


def find(method: str, path: str) -> tuple[Route, tuple[str, ...]] | None:
    """Return the route of a path and the ids in it, or None."""
    for route in ROUTES:
        match = route.pattern.fullmatch(path) if route.method == method else None
        if match:
            return route, match.groups()
    return None
