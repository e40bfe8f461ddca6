"""What every step about a campaign's public money begins and ends with."""

from datetime import datetime

from accounts.services import queue_mail_to_members
from calls.models import Fund
from campaigns.models import Campaign


def lock_campaign(campaign: Campaign) -> tuple[Fund, Campaign]:
    """Lock a campaign's fund, then the campaign, and return both as they are now."""
    fund = Fund.objects.select_for_update(no_key=True).get(pk=campaign.fund.pk)
    locked = Campaign.objects.select_for_update(no_key=True, of=("self",)).select_related(
        "application__call", "application__session__fund", "application__organization"
    )
    return fund, locked.get(pk=campaign.pk)


def tell_promoter(campaign: Campaign, template: str, facts: dict[str, object], now: datetime) -> None:
    """Write to the members of the promoter, once per campaign."""
    queue_mail_to_members(
        organization=campaign.organization,
        key=f"{template}:{campaign.pk}",
        topic=campaign.call.mail_topic,
        template=template,
        context={"campaign": campaign, **facts},
        now=now,
    )
