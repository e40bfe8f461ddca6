"""Pages of donors and promoters about money, and Stripe's door."""

from donations.views.account import connect_account, connect_return
from donations.views.bank import bank_account
from donations.views.card import gift_card, gift_card_forget
from donations.views.dashboard import campaign_dashboard
from donations.views.donate import donate
from donations.views.donor import (
    donation_leave,
    donation_pay,
    donation_state,
    donation_status,
)
from donations.views.export import campaign_account, donor_export, organization_gifts
from donations.views.gift import gift_appearance, gift_tax_code, receipt
from donations.views.mine import find_gifts, gifts_of_address, my_donations
from donations.views.offline import (
    evidence,
    offline_gift_enter,
    offline_gift_withdraw,
    offline_gifts,
    offline_return,
)
from donations.views.webhook import stripe_webhook

__all__ = [
    "bank_account",
    "campaign_account",
    "campaign_dashboard",
    "connect_account",
    "connect_return",
    "donate",
    "donation_leave",
    "donation_pay",
    "donation_state",
    "donation_status",
    "donor_export",
    "evidence",
    "find_gifts",
    "gifts_of_address",
    "gift_appearance",
    "gift_card",
    "gift_card_forget",
    "gift_tax_code",
    "my_donations",
    "offline_gift_enter",
    "offline_gift_withdraw",
    "offline_gifts",
    "offline_return",
    "organization_gifts",
    "receipt",
    "stripe_webhook",
]
