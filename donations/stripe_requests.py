"""What Stripe is asked for: parameters built from our rows alone, so that a repetition asks for the same."""

from datetime import datetime
from typing import Any

from django.conf import settings

from accounts.models import Organization
from campaigns.models import Campaign
from donations import descriptor
from donations.models import Donation, Outgoing, Reversal

EXPAND_PAYMENT = [
    f"payment_intent.latest_charge.{part}" for part in ("refunds", "transfer", "balance_transaction")
]

#: What on the platform's own account may change a gift; Stripe takes at most twenty. Everything else it has to tell would
#: only be read, kept and put away.
EVENT_TYPES = [
    "checkout.session.async_payment_failed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.completed",
    "checkout.session.expired",
    "payment_intent.succeeded",
    "payment_intent.canceled",
    "payment_intent.payment_failed",
    "charge.updated",
    "charge.refunded",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "radar.early_fraud_warning.created",
    "radar.early_fraud_warning.updated",
]


def events_params(since: datetime) -> Any:
    """Ask for what has happened since an instant."""
    return {"created": {"gte": int(since.timestamp())}, "types": EVENT_TYPES, "limit": 100}


def found_params(intent_id: str) -> Any:
    """Ask for the page a payment was made on."""
    return {"payment_intent": intent_id, "limit": 1, "expand": [f"data.{one}" for one in EXPAND_PAYMENT]}


def checkout_params(donation: Donation) -> Any:
    """Ask for a gift's payment page: paid to the organization's account, or without one to the platform."""
    campaign = donation.campaign
    account = donation.stripe_account_id
    names = {"donation": str(donation.public_id), "campaign": str(campaign.pk)}
    base = settings.SITE_URL
    return {
        "mode": "payment",
        "ui_mode": "hosted_page",
        "submit_type": "donate",
        "locale": "en" if donation.language == "en" else "it",
        "client_reference_id": str(donation.public_id),
        "customer_email": donation.email,
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": "eur",
                    "unit_amount": donation.amount_cents,
                    "product_data": {"name": campaign.title},
                },
            }
        ],
        "excluded_payment_method_types": ["sepa_debit", "klarna", "scalapay", "billie", "customer_balance"],
        "metadata": names,
        "payment_intent_data": {
            "metadata": names,
            "transfer_group": transfer_group(campaign),
            "statement_descriptor_suffix": descriptor.suffix(
                campaign.title, settings.STRIPE_DESCRIPTOR_PREFIX
            ),
            **({"on_behalf_of": account, "transfer_data": {"destination": account}} if account else {}),
        },
        "success_url": f"{base}/donazioni/{donation.access_token}/?sid={{CHECKOUT_SESSION_ID}}",
        "cancel_url": f"{base}/progetti/{campaign.slug}/dona/?ripresa={donation.access_token}",
        "expires_at": int(donation.session_expires_at.timestamp()),
    }


def refund_params(reversal: Reversal, *, reverse_transfer: bool) -> Any:
    """Ask for a gift's money back, out of the organization's account when it still stands there."""
    return {
        "payment_intent": reversal.donation.stripe_payment_intent_id or "",
        "amount": reversal.amount_cents,
        "reverse_transfer": reverse_transfer,
        "metadata": {"reversal": str(reversal.pk), "donation": str(reversal.donation.public_id)},
    }


def account_params(organization: Organization) -> Any:
    """Ask for the account through which a body receives gifts, with payouts by hand."""
    return {
        "country": "IT",
        "email": organization.email,
        "business_type": "company" if organization.kind == "msme" else "non_profit",
        "business_profile": {"name": organization.legal_name},
        "controller": {
            "fees": {"payer": "application"},
            "losses": {"payments": "application"},
            "stripe_dashboard": {"type": "express"},
        },
        "capabilities": {"card_payments": {"requested": True}, "transfers": {"requested": True}},
        "settings": {
            "payouts": {"schedule": {"interval": "manual"}},
            # Payments on behalf of a body take the body's prefix, so it gets the platform's.
            "card_payments": {"statement_descriptor_prefix": settings.STRIPE_DESCRIPTOR_PREFIX},
        },
        "metadata": {"organization": str(organization.public_id)},
    }


def transfer_group(campaign: Campaign) -> str:
    """Return what ties the payments and transfers of a campaign together at Stripe."""
    return f"campaign_{campaign.pk}"


def outgoing_params(outgoing: Outgoing) -> Any:
    """Ask for a payout, a transfer or the reversal of a transfer, named by our row."""
    params: dict[str, Any] = {
        "amount": outgoing.amount_cents,
        "metadata": {"outgoing": str(outgoing.pk), "campaign": str(outgoing.campaign_id)},
    }
    if outgoing.kind != Outgoing.Kind.RECOVERY:
        params["currency"] = "eur"
    if outgoing.kind == Outgoing.Kind.TRANSFER:
        params |= {
            "destination": outgoing.stripe_account_id,
            "transfer_group": transfer_group(outgoing.campaign),
        }
    return params


def link_params(account_id: str, return_url: str, refresh_url: str) -> Any:
    """Ask for Stripe's page where a body proves who it is."""
    return {
        "account": account_id,
        "type": "account_onboarding",
        "return_url": return_url,
        "refresh_url": refresh_url,
    }


def since_params(outgoing: Outgoing) -> Any:
    """Ask for what Stripe made since a row was written; the two clocks may be some minutes apart."""
    return {"created": {"gte": int(outgoing.created_at.timestamp()) - 300}, "limit": 100}
