"""What Stripe answers, in the words of this site: plain values without its library."""

from dataclasses import dataclass
from datetime import datetime


class StripeUnavailable(Exception):
    """Say that Stripe did not answer, or not now: the same call may be made again."""


class StripeBusy(StripeUnavailable):
    """Say that Stripe is answering the very same call at this moment, for a form that was sent twice."""


class StripeRefused(Exception):
    """Say that Stripe understood and refused: the same call will be refused again. Carries Stripe's code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class BadEvent(Exception):
    """Say that a webhook's body is not a signed event of this account and mode."""


@dataclass(frozen=True)
class Checkout:
    """An open payment page."""

    session_id: str
    url: str


@dataclass(frozen=True)
class RefundState:
    """A refund as Stripe has it; `reversal_id` is our row's id when the refund is ours.

    `takes_transfer_back` says whether the money came from the organization's account.
    """

    refund_id: str
    amount_cents: int
    status: str
    reversal_id: int | None
    takes_transfer_back: bool = False


@dataclass(frozen=True)
class FeeState:
    """What Stripe keeps in one balance transaction, in cents."""

    transaction_id: str
    cents: int


@dataclass(frozen=True)
class DisputeState:
    """A dispute as Stripe has it; `status` is "open", "won" or "lost", instants are Stripe's."""

    dispute_id: str
    amount_cents: int
    reason: str
    status: str
    opened_at: datetime
    answer_by: datetime | None
    fees: tuple[FeeState, ...]


@dataclass(frozen=True)
class WarningState:
    """A warning of fraud as Stripe has it."""

    warning_id: str
    fraud_type: str
    warned_at: datetime


@dataclass(frozen=True)
class OutgoingState:
    """A payout, transfer or reversal of a transfer as Stripe has it; `status` is "sent", "paid" or "failed"."""

    stripe_id: str
    status: str
    failure: str = ""


@dataclass(frozen=True)
class Payment:
    """A payment page and its payment as Stripe has them now.

    `charged_at` is Stripe's own time; `reversible_cents` is what of the gift still stands with the organization,
    `read_in_seconds` how long Stripe took to tell, and `card_fingerprint` the same for every gift of one card. `fee` is
    None until Stripe has taken it; `method` is Stripe's word for the means of payment.
    """

    is_over: bool
    paid: bool
    amount_cents: int
    currency: str
    livemode: bool
    reference: str
    destination: str
    payment_intent_id: str
    charge_id: str
    charged_at: datetime | None
    reversible_cents: int
    read_in_seconds: int
    card_fingerprint: str
    refunds: tuple[RefundState, ...]
    fee: FeeState | None = None
    disputes: tuple[DisputeState, ...] = ()
    method: str = ""
    transfer_id: str = ""


@dataclass(frozen=True)
class FoundPayment:
    """A payment that was looked for by its id, with the page it was made on and what that page names."""

    session_id: str
    campaign_id: int | None
    email: str
    language: str
    payment: Payment


@dataclass(frozen=True)
class EventHint:
    """What a webhook says about: ids only, its content is never believed.

    `account` is the connected account it comes from, or empty when it is the platform's own.
    """

    stripe_id: str
    type: str
    object_id: str
    reference: str
    payment_intent_id: str
    account: str = ""


@dataclass(frozen=True)
class IntentState:
    """A payment as Stripe lists it; `reference` is the public id of our gift when its metadata names one."""

    intent_id: str
    reference: str
    is_paid: bool
    amount_cents: int
    refunded_cents: int
    is_disputed: bool


@dataclass(frozen=True)
class ListedRefund:
    """A refund as Stripe lists it, with its payment."""

    refund_id: str
    intent_id: str
    status: str


@dataclass(frozen=True)
class TransactionState:
    """One movement on an account at Stripe, in signed cents; the fee is taken besides the amount."""

    transaction_id: str
    type: str
    subject: str
    payment_id: str
    amount_cents: int
    fee_cents: int
    created_at: datetime


@dataclass(frozen=True)
class ChargeState:
    """A charge as Stripe lists it; `refunded_cents` contains what is on its way back."""

    charge_id: str
    reference: str
    amount_cents: int
    refunded_cents: int
