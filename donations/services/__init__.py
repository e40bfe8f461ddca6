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
from donations.services.counting import foretell, recount_campaign
from donations.services.event import (
    PaymentPageUnknown,
    apply_event,
    claim_events,
    fetch_events,
    postpone_event,
    record_event,
)
from donations.services.evidence import (
    LARGEST_EVIDENCE_BYTES,
    EvidenceUnusable,
    forget_evidence,
    keep_evidence,
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
from donations.services.offline import (
    MoreThanEntered,
    NotTaken,
    OwnEntry,
    ReceivedOutside,
    annul_offline_donation,
    enter_offline_donation,
    lapse_offline_donations,
    outcome_waits_for_offline,
    received_days,
    refuse_offline_donation,
    verify_offline_donation,
    withdraw_offline_donation,
)
from donations.services.offline_return import (
    ReturnedTooEarly,
    accept_return,
    give_return_proof,
    owe_offline_gifts,
    owe_offline_return,
    refuse_return,
    remind_of_returns,
)
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
from donations.services.party import FlagRefused, flag_party, party_of
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
    "EvidenceUnusable",
    "Export",
    "Finding",
    "FlagRefused",
    "FlowReasonMissing",
    "GiftTooSmall",
    "GiftsPaused",
    "LARGEST_EVIDENCE_BYTES",
    "LinkSpent",
    "MessageClosed",
    "MoreThanEntered",
    "MoreThanKept",
    "NoTaxRelief",
    "NotOpen",
    "NotPayable",
    "NotRefundable",
    "NotTaken",
    "NotWaiting",
    "NothingToPayOut",
    "OwnEntry",
    "PaymentPageUnknown",
    "PaymentsNotReady",
    "PayoutsStopped",
    "ReasonMissing",
    "ReceivedOutside",
    "RefundsStopped",
    "ReturnedTooEarly",
    "accept_return",
    "annul_offline_donation",
    "apply_event",
    "ask_again",
    "ask_for_bank_account",
    "at_account_cents",
    "balance_account",
    "bank_refund_of",
    "basis_cents",
    "begin_run",
    "choose_appearance",
    "choose_flow",
    "claim_events",
    "claim_gifts_to_check",
    "claim_outgoing",
    "claim_reversals",
    "clear_difference",
    "close_when_refunded",
    "correct_receipt",
    "count_donors",
    "end_run",
    "enter_offline_donation",
    "expire_checkout",
    "export_donors",
    "fetch_events",
    "flag_party",
    "foretell",
    "forget_evidence",
    "give_bank_account",
    "give_return_proof",
    "has_reached",
    "heed_fraud_warnings",
    "iban_of",
    "issue_receipt",
    "keep_evidence",
    "keep_warned_gift",
    "kept_cents",
    "lapse_offline_donations",
    "open_checkout",
    "outcome_waits_for_offline",
    "owe_offline_gifts",
    "owe_offline_return",
    "owe_payout",
    "owe_refund",
    "owe_refunds_of_campaign",
    "party_of",
    "payable_cents",
    "postpone_event",
    "postpone_outgoing",
    "postpone_refund",
    "received_days",
    "reconcile_balances",
    "reconcile_recent",
    "record_bank_transfer",
    "record_event",
    "recount_campaign",
    "recover_checkout",
    "refuse_offline_donation",
    "refuse_return",
    "remind_of_bank_account",
    "remind_of_returns",
    "retry_refund",
    "send_outgoing",
    "send_refund",
    "start_donation",
    "start_onboarding",
    "sync_account",
    "sync_outgoing",
    "sync_payment",
    "take_back_gift",
    "tell_tax_code",
    "update_reached",
    "verify_offline_donation",
    "warn_of_held_money",
    "withdraw_offline_donation",
]
