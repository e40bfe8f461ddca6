"""What the apps that know money write into a campaign they hold locked."""

from datetime import datetime

from accounts.models import User
from campaigns.models import Campaign, CostVariation
from campaigns.services.row import require, tell

Status = Campaign.Status

#: A promoter may withdraw at any time before everything has gone back, or has been withdrawn already.
WITHDRAWABLE = (
    Status.DRAFT,
    Status.IN_REVIEW,
    Status.SCHEDULED,
    Status.OPEN,
    Status.SUSPENDED,
    Status.CLOSING,
    Status.CURE,
    Status.KEEPING,
    Status.SUCCEEDED,
)
#: The cost may be lowered until the deadline.
VARIABLE = (Status.DRAFT, Status.IN_REVIEW, Status.SCHEDULED, Status.OPEN, Status.SUSPENDED)


def mark_flow(*, campaign: Campaign, flow: Campaign.PaymentFlow) -> None:
    """Write which way the gifts of a campaign take that has not opened and that the caller has locked."""
    campaign.payment_flow = flow
    campaign.opening_refusal = Campaign.OpeningRefusal.NONE
    campaign.save(update_fields=["payment_flow", "opening_refusal"])


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
    """Write when a campaign, locked by the caller, reached its threshold; None when it has fallen below again.

    The first time stays written: it says that a threshold now missing was undone by refunds or disputes.
    """
    campaign.reached_at = now
    campaign.first_reached_at = campaign.first_reached_at or now
    campaign.save(update_fields=["reached_at", "first_reached_at"])


def mark_closing(*, campaign: Campaign, covered_at: datetime | None = None) -> None:
    """End the giving on a campaign the caller has locked; a suspension keeps its reason.

    `covered_at` is the instant at which the whole cost was covered, where the call ends campaigns with that.
    """
    require(campaign, Status.OPEN, Status.SUSPENDED, Status.CURE)
    campaign.status = Status.CLOSING
    campaign.covered_at = covered_at or campaign.covered_at
    campaign.save(update_fields=["status", "covered_at"])


def mark_cure(*, campaign: Campaign, until: datetime, now: datetime) -> None:
    """Give a closing campaign the caller has locked some days to restore a threshold it had reached.

    A campaign that falls below once more has the days that are left of the first time.
    """
    require(campaign, Status.CLOSING)
    campaign.status = Status.CURE
    campaign.cure_until = campaign.cure_until or until
    campaign.save(update_fields=["status", "cure_until"])
    tell(campaign, "campaign_cure", now)


def mark_keeping(*, campaign: Campaign, until: datetime, now: datetime) -> None:
    """Ask the promoter of a closing campaign below its threshold, locked by the caller, for a reduced project."""
    require(campaign, Status.CLOSING)
    campaign.status = Status.KEEPING
    campaign.keep_until = until
    campaign.save(update_fields=["status", "keep_until"])
    tell(campaign, "campaign_keeping", now)


def mark_answered(*, campaign: Campaign, by: User) -> None:
    """Write who answered, for the promoter, whether a reduced project will be done."""
    require(campaign, Status.KEEPING)
    campaign.keep_answered_by = by
    campaign.save(update_fields=["keep_answered_by"])


def mark_kept(*, campaign: Campaign, project: str, now: datetime) -> None:
    """Write the reduced project the promoter of a campaign, locked by the caller, has confirmed."""
    require(campaign, Status.KEEPING)
    campaign.kept_at = now
    campaign.kept_project = project
    campaign.save(update_fields=["kept_at", "kept_project"])


def mark_leaving(*, campaign: Campaign, until: datetime, reason: str, by: User) -> None:
    """Write until when, why and by whose word donors of a campaign the caller has locked may take their gift back."""
    campaign.leave_until = until
    campaign.leave_reason = reason
    campaign.leave_opened_by = by
    campaign.save(update_fields=["leave_until", "leave_reason", "leave_opened_by"])


def mark_waiver(*, campaign: Campaign, asked_at: datetime | None) -> None:
    """Write since when the promoter of a campaign the caller has locked waits to give it up; None when it is answered."""
    campaign.waiver_asked_at = asked_at
    campaign.save(update_fields=["waiver_asked_at"])


def mark_withdrawn(*, campaign: Campaign, reason: str, raised_cents: int, now: datetime) -> None:
    """Write that a campaign the caller has locked is withdrawn, with what it had raised in cents; it never reopens."""
    require(campaign, *WITHDRAWABLE)
    campaign.status = Status.WITHDRAWN
    campaign.withdrawn_at = now
    campaign.withdrawal_reason = reason
    if campaign.opened_at and campaign.settled_at is None:
        campaign.settled_at = now
        campaign.outcome_raised_cents = raised_cents
    campaign.save(
        update_fields=["status", "withdrawn_at", "withdrawal_reason", "settled_at", "outcome_raised_cents"]
    )


def mark_varied(*, campaign: Campaign, variation: CostVariation, own_cents: int) -> None:
    """Write the lower shares of a variation into a campaign the caller has locked; PostgreSQL asks for the row."""
    require(campaign, *VARIABLE)
    campaign.cost_cents = variation.cost_cents
    campaign.threshold_cents = variation.threshold_cents
    campaign.grant_due_cents = variation.grant_due_cents
    campaign.own_cents = own_cents
    campaign.save(update_fields=["cost_cents", "threshold_cents", "grant_due_cents", "own_cents"])


def mark_settled(*, campaign: Campaign, status: Campaign.Status, raised_cents: int, now: datetime) -> None:
    """Write the outcome of a campaign the caller has locked, with what had been raised in cents."""
    require(campaign, Status.CLOSING, Status.KEEPING)
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
