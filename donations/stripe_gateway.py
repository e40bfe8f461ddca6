"""The one conversation with Stripe.

No other module imports its library. Nothing here writes a row or runs inside a transaction; idempotency keys are made
from our row ids, so a call that is made again is the same request. Payments are destination charges on behalf of the
promoter's organization: the municipality is never the payee.
"""

import functools
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import stripe
from django.conf import settings

from accounts.models import Organization
from donations import stripe_requests as ask
from donations.models import Donation, Outgoing, Reversal
from donations.stripe_answers import (
    BadEvent,
    ChargeState,
    Checkout,
    EventHint,
    FoundPayment,
    IntentState,
    ListedRefund,
    OutgoingState,
    Payment,
    RefundState,
    StripeBusy,
    StripeRefused,
    StripeUnavailable,
    TransactionState,
    WarningState,
)
from donations.stripe_readings import (
    is_disputed,
    read_charge,
    read_dispute,
    read_found,
    read_hint,
    read_intent,
    read_outgoing,
    read_payment,
    read_refund,
    read_transaction,
    read_warning,
)

TIMEOUT_SECONDS = 10
#: The library leaves this error's own `code` empty; it stands in the body only.
KEY_IN_USE = "idempotency_key_in_use"


def create_checkout(donation: Donation) -> Checkout:
    """Open the payment page of a gift; the same gift always gets the same page.

    Raise StripeUnavailable or StripeRefused.
    """
    with _errors():
        session = _client().v1.checkout.sessions.create(
            ask.checkout_params(donation), {"idempotency_key": f"checkout:{donation.public_id}"}
        )
    return Checkout(session.id, session.url or "")


def retrieve_payment(donation: Donation) -> Payment:
    """Read a gift's payment page, its payment, refunds and disputes from Stripe.

    Raise StripeUnavailable or StripeRefused.
    """
    began = time.monotonic()
    with _errors():
        session = _client().v1.checkout.sessions.retrieve(
            donation.stripe_session_id or "", {"expand": ask.EXPAND_PAYMENT}
        )
        found: list[Any] = []
        if is_disputed(session):
            intent: Any = session.payment_intent
            found = list(_client().v1.disputes.list({"payment_intent": intent.id}).data)
    disputes = tuple(one for one in map(read_dispute, found) if one)
    return read_payment(session, int(time.monotonic() - began), disputes)


def find_payment(intent_id: str) -> FoundPayment | None:
    """Return a payment by its id, with its page; None without one. Raise StripeUnavailable or StripeRefused."""
    with _errors():
        pages = _client().v1.checkout.sessions.list(ask.found_params(intent_id)).data
    return read_found(pages[0]) if pages else None


def list_fraud_warnings(donation: Donation) -> list[WarningState]:
    """Return what a card's bank has said about a gift before contesting it. Raise StripeUnavailable or StripeRefused."""
    with _errors():
        found = _client().v1.radar.early_fraud_warnings.list(
            {"payment_intent": donation.stripe_payment_intent_id or ""}
        )
    return [read_warning(one) for one in found.data]


def expire_checkout(donation: Donation) -> None:
    """Close a gift's payment page; one that is paid or closed already stays as it is. Raise StripeUnavailable."""
    try:
        with _errors():
            _client().v1.checkout.sessions.expire(donation.stripe_session_id or "")
    except StripeRefused:
        # Paid or expired in the meantime: reading it again tells which.
        return


def create_refund(reversal: Reversal, *, attempt: int, reverse_transfer: bool) -> RefundState:
    """Give a gift's money back to the card it came from.

    It leaves the organization's account, or the platform's when the organization gave it back before and the refund did
    not arrive. Calls with the same attempt are one request for a day. Raise StripeUnavailable or StripeRefused.
    """
    with _errors():
        refund = _client().v1.refunds.create(
            ask.refund_params(reversal, reverse_transfer=reverse_transfer),
            {"idempotency_key": f"refund:{reversal.pk}:{attempt}"},
        )
    return read_refund(refund)


def create_outgoing(outgoing: Outgoing, *, attempt: int) -> OutgoingState:
    """Move money out, one request a day per attempt. Raise StripeUnavailable or StripeRefused."""
    params = ask.outgoing_params(outgoing)
    options: Any = {"idempotency_key": f"outgoing:{outgoing.pk}:{attempt}"}
    with _errors():
        made: Any
        if outgoing.kind == Outgoing.Kind.PAYOUT:
            made = _client().v1.payouts.create(params, options | _of(outgoing.stripe_account_id))
        elif outgoing.kind == Outgoing.Kind.TRANSFER:
            made = _client().v1.transfers.create(params, options)
        else:
            made = _client().v1.transfers.reversals.create(outgoing.stripe_transfer_id, params, options)
    return read_outgoing(made)


def find_outgoing(outgoing: Outgoing) -> OutgoingState | None:
    """Look for what an earlier try made, by the name our row gave it. Raise StripeUnavailable or StripeRefused."""
    since = ask.since_params(outgoing)
    with _errors():
        if outgoing.kind == Outgoing.Kind.PAYOUT:
            pages: Any = _client().v1.payouts.list(since, _of(outgoing.stripe_account_id))
        elif outgoing.kind == Outgoing.Kind.TRANSFER:
            pages = _client().v1.transfers.list({**since, "destination": outgoing.stripe_account_id})
        else:
            pages = _client().v1.transfers.reversals.list(outgoing.stripe_transfer_id, {"limit": 100})
        for made in pages.auto_paging_iter():
            if getattr(made.metadata, "outgoing", None) == str(outgoing.pk):
                return read_outgoing(made)
    return None


def retrieve_payout(outgoing: Outgoing) -> OutgoingState:
    """Read what became of a payout. Raise StripeUnavailable or StripeRefused."""
    with _errors():
        return read_outgoing(
            _client().v1.payouts.retrieve(outgoing.stripe_id or "", None, _of(outgoing.stripe_account_id))
        )


def create_account(organization: Organization) -> str:
    """Make the account through which a body receives gifts, with payouts by hand; return its id."""
    with _errors():
        account = _client().v1.accounts.create(
            ask.account_params(organization), {"idempotency_key": f"account:{organization.public_id}"}
        )
    return account.id


def create_onboarding_link(account_id: str, *, return_url: str, refresh_url: str) -> str:
    """Return the address of Stripe's page where the body proves who it is."""
    with _errors():
        link = _client().v1.account_links.create(ask.link_params(account_id, return_url, refresh_url))
    return link.url


def account_is_ready(account_id: str) -> bool:
    """Say whether gifts can be made on behalf of an account and transferred to it, and whether it pays out by hand."""
    with _errors():
        account: Any = _client().v1.accounts.retrieve(account_id)
    able = [getattr(account.capabilities, name, "") for name in ("transfers", "card_payments")]
    return able == ["active", "active"] and account.settings.payouts.schedule.interval == "manual"


def read_event(body: bytes, signature: str) -> EventHint:
    """Check a webhook's signature against each of our secrets and return what it is about. Raise BadEvent."""
    event = None
    for secret in settings.STRIPE_WEBHOOK_SECRETS:
        try:
            event = stripe.Webhook.construct_event(body, signature, secret)
        except (stripe.StripeError, ValueError, AttributeError, KeyError, TypeError, RecursionError):
            continue
        break
    if event is None or getattr(event, "livemode", None) is not _is_live():
        raise BadEvent
    hint = read_hint(event)
    if not (hint.stripe_id and hint.type):
        raise BadEvent
    return hint


def list_events(*, since: datetime) -> list[EventHint]:
    """Return what Stripe has told about gifts since an instant, oldest first. Raise StripeUnavailable or StripeRefused."""
    with _errors():
        pages = _client().v1.events.list(ask.events_params(since))
        hints = [read_hint(event) for event in pages.auto_paging_iter()]
    return hints[::-1]


def list_charges(*, until: datetime) -> Iterator[ChargeState]:
    """Yield every successful charge made up to an instant. Raise StripeUnavailable or StripeRefused."""
    with _errors():
        pages = _client().v1.charges.list({"created": {"lte": int(until.timestamp())}, "limit": 100})
        for charge in pages.auto_paging_iter():
            if charge.status == "succeeded":
                yield read_charge(charge)


def list_intents(*, since: datetime) -> Iterator[IntentState]:
    """Yield every payment begun since an instant, paid or not. Raise StripeUnavailable or StripeRefused."""
    query: Any = {"created": {"gte": int(since.timestamp())}, "limit": 100, "expand": ["data.latest_charge"]}
    with _errors():
        yield from map(read_intent, _client().v1.payment_intents.list(query).auto_paging_iter())


def retrieve_intent(intent_id: str) -> IntentState:
    """Read one payment. Raise StripeUnavailable or StripeRefused."""
    with _errors():
        return read_intent(_client().v1.payment_intents.retrieve(intent_id, {"expand": ["latest_charge"]}))


def list_refunds(*, since: datetime) -> Iterator[ListedRefund]:
    """Yield every refund made since an instant. Raise StripeUnavailable or StripeRefused."""
    with _errors():
        pages = _client().v1.refunds.list({"created": {"gte": int(since.timestamp())}, "limit": 100})
        for refund in pages.auto_paging_iter():
            yield ListedRefund(refund.id, str(refund.payment_intent or ""), refund.status or "")


def list_transactions(account_id: str, *, since: datetime | None) -> Iterator[TransactionState]:
    """Yield the movements on an account since an instant, or all; the empty id is the platform's own account.

    Raise StripeUnavailable or StripeRefused.
    """
    query: Any = {"limit": 100, "expand": ["data.source"]}
    if since:
        query["created"] = {"gte": int(since.timestamp())}
    with _errors():
        pages = _client().v1.balance_transactions.list(query, _of(account_id))
        yield from map(read_transaction, pages.auto_paging_iter())


def retrieve_balance(account_id: str) -> int:
    """Return what an account holds in euro cents, available or not yet. Raise StripeUnavailable or StripeRefused."""
    with _errors():
        balance: Any = _client().v1.balance.retrieve({}, _of(account_id))
    parts = [*balance.available, *balance.pending, *(balance.connect_reserved or [])]
    return sum(part.amount for part in parts if part.currency == "eur")


def _of(account_id: str) -> Any:
    """Return the options that let a call speak for a connected account."""
    return {"stripe_account": account_id} if account_id else {}


def _is_live() -> bool:
    """Say whether our key moves real money."""
    return "_live_" in settings.STRIPE_SECRET_KEY


@functools.cache
def _client() -> stripe.StripeClient:
    """Return the client, made once per process so that connections are kept."""
    addresses: Any = {"api": settings.STRIPE_API_BASE} if settings.STRIPE_API_BASE else {}
    return stripe.StripeClient(
        settings.STRIPE_SECRET_KEY,
        base_addresses=addresses,
        max_network_retries=2,
        http_client=stripe.RequestsClient(timeout=TIMEOUT_SECONDS),
    )


class _errors:
    """Turn the library's exceptions into the two that matter: try again, or do not."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, stripe.StripeError) and getattr(error.error, "code", "") == KEY_IN_USE:
            raise StripeBusy(str(error)) from error
        if isinstance(error, stripe.InvalidRequestError | stripe.CardError | stripe.PermissionError):
            raise StripeRefused(error.code or "", str(error.user_message or error)) from error
        if isinstance(error, stripe.StripeError):
            raise StripeUnavailable(str(error)) from error
