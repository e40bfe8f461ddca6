"""What every step of a campaign begins and ends with."""

from datetime import datetime
from typing import Any

from accounts.services import queue_mail_to_members
from campaigns.models import Campaign


class WrongState(Exception):
    """Say that a campaign is not in the state this step starts from."""


class RemarksMissing(Exception):
    """Say that returning or suspending a campaign needs a reason."""


def locked(campaign: Campaign, *states: Campaign.Status) -> Campaign:
    """Return the campaign's row, locked, or raise WrongState."""
    campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
    require(campaign, *states)
    return campaign


def require(campaign: Campaign, *states: Campaign.Status) -> None:
    """Raise WrongState unless the campaign is in one of the states."""
    if campaign.status not in states:
        raise WrongState(f"{campaign.slug} is {campaign.status}")


def tell(campaign: Campaign, template: str, now: datetime, suffix: str = "", **facts: Any) -> None:
    """Write to the members of the promoter."""
    queue_mail_to_members(
        organization=campaign.organization,
        key=f"{template}:{campaign.pk}:{now.timestamp():.0f}{suffix}",
        topic=campaign.call.mail_topic,
        template=template,
        context={"campaign": campaign, **facts},
        now=now,
    )
