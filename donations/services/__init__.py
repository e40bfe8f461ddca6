"""Every change to gifts, refunds, receipts and Stripe's events happens in a function of this package.

Each function is one sentence of the business: keyword-only arguments, `now` passed in, one transaction, an exception if
it cannot be done. Stripe is read before a transaction begins, never inside one; locks are taken in the order fund,
campaign, donation.
"""

from donations.services.account import start_onboarding, sync_account
from donations.services.balances import reconcile_balances
from donations.services.bank import (
    LinkSpent,
    NotPayable,
    ask_again,
    ask_for_bank_account,
    give_bank_account,
    iban_of,
    record_bank_transfer,
    remind_of_bank_account,
)
from donations.services.bank_link import bank_refund_of
from donations.services.event import (
    PaymentPageUnknown,
    apply_event,
    claim_events,
    fetch_events,
    postpone_event,
    record_event,
)
from donations.services.export import Export, export_donors
from donations.services.flow import FlowReasonMissing, choose_flow
from donations.services.gift import (
    CampaignNotOpen,
    GiftsPaused,
    GiftTooSmall,
    PaymentsNotReady,
    claim_gifts_to_check,
    expire_checkout,
    open_checkout,
    recover_checkout,
    start_donation,
)
from donations.services.leave import take_back_gift
from donations.services.outgoing import (
    NothingToPayOut,
    PayoutsStopped,
    at_account_cents,
    balance_account,
    claim_outgoing,
    owe_payout,
    payable_cents,
    postpone_outgoing,
    send_outgoing,
    sync_outgoing,
    warn_of_held_money,
)
from donations.services.party import FlagRefused, flag_party
from donations.services.payment import sync_payment
from donations.services.receipt import correct_receipt, issue_receipt
from donations.services.recent import reconcile_recent
from donations.services.reconciliation import (
    Finding,
    NotOpen,
    ReasonMissing,
    begin_run,
    clear_difference,
    end_run,
)
from donations.services.refund import (
    MoreThanKept,
    NotRefundable,
    RefundsStopped,
    claim_reversals,
    owe_refund,
    owe_refunds_of_campaign,
    postpone_refund,
    retry_refund,
    send_refund,
)
from donations.services.reversal import update_reached
from donations.services.standing import close_when_refunded, kept_cents
from donations.services.threshold import basis_cents, count_donors, has_reached
from donations.services.warning import NotWaiting, heed_fraud_warnings, keep_warned_gift
from donations.services.wishes import MessageClosed, NoTaxRelief, choose_appearance, tell_tax_code

__all__ = [
    "CampaignNotOpen",
    "Export",
    "Finding",
    "FlagRefused",
    "GiftTooSmall",
    "GiftsPaused",
    "LinkSpent",
    "MessageClosed",
    "MoreThanKept",
    "NoTaxRelief",
    "NotOpen",
    "NotPayable",
    "FlowReasonMissing",
    "NotRefundable",
    "NotWaiting",
    "NothingToPayOut",
    "PaymentPageUnknown",
    "PaymentsNotReady",
    "ReasonMissing",
    "RefundsStopped",
    "PayoutsStopped",
    "apply_event",
    "ask_again",
    "ask_for_bank_account",
    "bank_refund_of",
    "basis_cents",
    "begin_run",
    "choose_appearance",
    "at_account_cents",
    "balance_account",
    "choose_flow",
    "claim_events",
    "claim_gifts_to_check",
    "claim_outgoing",
    "claim_reversals",
    "clear_difference",
    "owe_payout",
    "payable_cents",
    "postpone_outgoing",
    "send_outgoing",
    "sync_outgoing",
    "warn_of_held_money",
    "close_when_refunded",
    "correct_receipt",
    "count_donors",
    "end_run",
    "expire_checkout",
    "export_donors",
    "fetch_events",
    "flag_party",
    "give_bank_account",
    "has_reached",
    "heed_fraud_warnings",
    "iban_of",
    "issue_receipt",
    "keep_warned_gift",
    "kept_cents",
    "open_checkout",
    "owe_refund",
    "owe_refunds_of_campaign",
    "postpone_event",
    "postpone_refund",
    "reconcile_balances",
    "reconcile_recent",
    "record_bank_transfer",
    "record_event",
    "recover_checkout",
    "remind_of_bank_account",
    "retry_refund",
    "send_refund",
    "start_donation",
    "start_onboarding",
    "sync_account",
    "sync_payment",
    "take_back_gift",
    "tell_tax_code",
    "update_reached",
]
