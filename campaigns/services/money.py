"""What the apps that know money write into a campaign they hold locked."""

from datetime import datetime

from campaigns.models import Campaign
from campaigns.services.row import require, tell

Status = Campaign.Status


def mark_open(*, campaign: Campaign, now: datetime) -> None:
    """Open a scheduled campaign the caller has locked."""
    require(campaign, Status.SCHEDULED)
    campaign.status = Status.OPEN
    campaign.opened_at = now
    campaign.opening_refusal = Campaign.OpeningRefusal.NONE
    campaign.save(update_fields=["status", "opened_at", "opening_refusal"])
    tell(campaign, "campaign_opened", now)


def mark_opening_refused(*, campaign: Campaign, refusal: str, now: datetime) -> None:
    """Keep why a scheduled campaign, locked by the caller, could not open; the promoter is told once per reason."""
    require(campaign, Status.SCHEDULED)
    if campaign.opening_refusal == refusal:
        return
    campaign.opening_refusal = refusal
    campaign.save(update_fields=["opening_refusal"])
    tell(campaign, "campaign_not_opened", now, suffix=f":{refusal}")


def mark_reached(*, campaign: Campaign, now: datetime | None) -> None:
    """Write when a campaign, locked by the caller, reached its threshold; None when it has fallen below again."""
    campaign.reached_at = now
    campaign.save(update_fields=["reached_at"])


def mark_closing(*, campaign: Campaign) -> None:
    """End the giving on an open or suspended campaign the caller has locked; a suspension keeps its reason."""
    require(campaign, Status.OPEN, Status.SUSPENDED)
    campaign.status = Status.CLOSING
    campaign.save(update_fields=["status"])


def mark_settled(*, campaign: Campaign, status: Campaign.Status, raised_cents: int, now: datetime) -> None:
    """Write the outcome of a closing campaign the caller has locked, with what had been raised in cents."""
    require(campaign, Status.CLOSING)
    campaign.status = status
    campaign.settled_at = now
    campaign.outcome_raised_cents = raised_cents
    campaign.save(update_fields=["status", "settled_at", "outcome_raised_cents"])


def mark_refunded(*, campaign: Campaign) -> None:
    """Write that every donor of a failed campaign, locked by the caller, has the money back."""
    require(campaign, Status.FAILED)
    campaign.status = Status.REFUNDED
    campaign.save(update_fields=["status"])


def mark_refund_returned(*, campaign: Campaign) -> None:
    """Write that a donor of a refunded campaign, locked by the caller, is owed money again."""
    require(campaign, Status.REFUNDED)
    campaign.status = Status.FAILED
    campaign.save(update_fields=["status"])
