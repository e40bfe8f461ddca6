"""The officers' desk: gifts, refunds and what Stripe told; read-only but for two steps that call services."""

from donations.admin.dispute import DisputeAdmin, FraudWarningAdmin
from donations.admin.gift import DonationAdmin
from donations.admin.money import CampaignMoneyAdmin
from donations.admin.offline import OfflineDonationAdmin
from donations.admin.organization import ReportingOrganizationAdmin
from donations.admin.outgoing import OutgoingAdmin
from donations.admin.pause import GiftPauseAdmin
from donations.admin.receipt import DonorExportAdmin, ReceiptAdmin
from donations.admin.reconciliation import DifferenceAdmin, ReconciliationAdmin, StripeTransactionAdmin
from donations.admin.refund import ReversalAdmin
from donations.admin.stripe import ConnectedAccountAdmin, StripeEventAdmin

__all__ = [
    "CampaignMoneyAdmin",
    "ConnectedAccountAdmin",
    "DifferenceAdmin",
    "OfflineDonationAdmin",
    "OutgoingAdmin",
    "DisputeAdmin",
    "DonationAdmin",
    "DonorExportAdmin",
    "FraudWarningAdmin",
    "GiftPauseAdmin",
    "ReceiptAdmin",
    "ReconciliationAdmin",
    "ReportingOrganizationAdmin",
    "ReversalAdmin",
    "StripeEventAdmin",
    "StripeTransactionAdmin",
]
