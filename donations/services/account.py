from datetime import datetime

from accounts.models import Organization
from donations import stripe_gateway
from donations.models import ConnectedAccount


class NoBodyYet(Exception):
    """Say that a group of citizens has no account: citizens' money never stands with a person in its place."""


def start_onboarding(*, organization: Organization, return_url: str, refresh_url: str, now: datetime) -> str:
    """Return the address of Stripe's page where a body proves who it is, making its account the first time.

    Raise NoBodyYet for an informal group, the gateway's StripeUnavailable or StripeRefused.
    """
    if organization.is_informal:
        raise NoBodyYet(organization.pk)
    account = ConnectedAccount.objects.filter(organization=organization).first()
    if account is None:
        account_id = stripe_gateway.create_account(organization)
        account, _created = ConnectedAccount.objects.get_or_create(
            organization=organization, defaults={"stripe_account_id": account_id, "created_at": now}
        )
    return stripe_gateway.create_onboarding_link(
        account.stripe_account_id, return_url=return_url, refresh_url=refresh_url
    )


def sync_account(*, account: ConnectedAccount, now: datetime) -> ConnectedAccount:
    """Read from Stripe whether a body may receive gifts, and keep the answer."""
    ready = stripe_gateway.account_is_ready(account.stripe_account_id)
    if ready != account.is_ready:
        account.ready_at = now if ready else None
        account.save(update_fields=["ready_at"])
    return account
