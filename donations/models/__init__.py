"""Citizens give, and get their money back if the campaign fails."""

from donations.models.account import ConnectedAccount
from donations.models.attempt import Decline, GiftCounter, GiftInvitation, GiftPause
from donations.models.bank import BankRefund
from donations.models.dedication import Dedication
from donations.models.dispute import Dispute, FraudWarning
from donations.models.donation import Donation
from donations.models.event import StripeEvent
from donations.models.evidence import Evidence
from donations.models.export import DonorExport
from donations.models.forgotten import ForgottenDonor
from donations.models.offline import OfflineDonation
from donations.models.offline_return import OfflineReturn
from donations.models.outgoing import CampaignMoney, FlowChoice, Outgoing
from donations.models.party import Party, PartyFlag
from donations.models.receipt import Receipt
from donations.models.reconciliation import Difference, Reconciliation, StripeCursor, StripeTransaction
from donations.models.reversal import Reversal
from donations.models.thanks import Thanks

__all__ = [
    "BankRefund",
    "CampaignMoney",
    "ConnectedAccount",
    "Decline",
    "Dedication",
    "Difference",
    "Dispute",
    "Donation",
    "DonorExport",
    "Evidence",
    "FlowChoice",
    "ForgottenDonor",
    "FraudWarning",
    "OfflineDonation",
    "OfflineReturn",
    "GiftCounter",
    "GiftInvitation",
    "GiftPause",
    "Outgoing",
    "Party",
    "PartyFlag",
    "Receipt",
    "Reconciliation",
    "Reversal",
    "StripeCursor",
    "StripeEvent",
    "StripeTransaction",
    "Thanks",
]
