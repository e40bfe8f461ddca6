"""What every step about a campaign's public money begins and ends with."""

from collections.abc import Mapping
from datetime import datetime

from accounts.services import queue_mail_to_members
from calls.models import Fund
from campaigns.models import Campaign
from ledger.models import Account, Entry
from ledger.services import account, post
from matching.models import Grant, GrantOffer
from matching.rules import order_key

Kind = Account.Kind


class OtherSum(Exception):
    """Say that a sum is another by now than the officer has read; carries it, in cents."""


def lock_campaign(campaign: Campaign) -> tuple[Fund, Campaign]:
    """Lock a campaign's fund, then the campaign, and return both as they are now."""
    fund = Fund.objects.select_for_update(no_key=True).get(pk=campaign.fund.pk)
    locked = Campaign.objects.select_for_update(no_key=True, of=("self",)).select_related(
        "application__call", "application__session__fund", "application__organization"
    )
    return fund, locked.get(pk=campaign.pk)


def awaits_body(campaign: Campaign) -> bool:
    """Say whether a campaign's promoter is a group of citizens that is no body yet: nothing can be awarded to it."""
    return campaign.organization.is_informal


def refuse_other_sum(seen_cents: int, true_cents: int) -> None:
    """Raise OtherSum unless the sum an officer has read, in cents, is what it is now."""
    if seen_cents != true_cents:
        raise OtherSum(true_cents)


def order_of(campaign: Campaign, reached_at: datetime | None) -> tuple[datetime, bool, int, str]:
    """Return a campaign's place in the line: no ranking is kept yet, so the protocol number decides within a second."""
    if reached_at is None:
        raise ValueError(f"campaign {campaign.slug} has not reached its threshold")
    return order_key(reached_at, None, campaign.application.protocol_number or "")


def tell_promoter(
    campaign: Campaign, template: str, facts: Mapping[str, object], now: datetime, suffix: str = ""
) -> None:
    """Write to the members of the promoter, once per campaign and suffix."""
    queue_mail_to_members(
        organization=campaign.organization,
        key=f"{template}:{campaign.pk}{suffix}",
        topic=campaign.call.mail_topic,
        template=template,
        context={"campaign": campaign, **facts},
        now=now,
    )


def return_grant(grant: Grant | None, campaign: Campaign, fund: Fund, now: datetime) -> None:
    """Return what is set aside for a campaign, locked by the caller, to its fund; a grant that is over stays as it is."""
    if grant is None or grant.state in Grant.OVER:
        return
    if grant.state in (Grant.State.RESERVED, Grant.State.OFFERED):
        grant.offers.open().update(status=GrantOffer.Status.LAPSED, ended_at=now)
        post(
            key=f"return:{campaign.pk}",
            kind=Entry.Kind.RETURN,
            postings=[
                (account(Kind.AVAILABLE, fund=fund), grant.amount_cents),
                (account(Kind.RESERVED, fund=fund, campaign=campaign), -grant.amount_cents),
            ],
            now=now,
        )
    grant.state = Grant.State.RETURNED
    grant.returned_at = now
    grant.save(update_fields=["state", "returned_at"])
