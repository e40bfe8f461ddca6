"""The officers' desk: gifts, refunds and what Stripe told; read-only but for two steps that call services."""

from donations.admin.dispute import DisputeAdmin, FraudWarningAdmin
from donations.admin.gift import DonationAdmin, ReceiptAdmin
from donations.admin.refund import ReversalAdmin
from donations.admin.stripe import ConnectedAccountAdmin, StripeEventAdmin

__all__ = [
    "ConnectedAccountAdmin",
    "DisputeAdmin",
    "FraudWarningAdmin",
    "DonationAdmin",
    "ReceiptAdmin",
    "ReversalAdmin",
    "StripeEventAdmin",
]
