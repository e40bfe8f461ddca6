from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from accounts.models import Organization, User
from accounts.services import refuse_own_body
from campaigns.models import Campaign
from campaigns.pictures import keep_variants, prepared
from campaigns.services.remark import refuse_open_remarks, tick_off, write_remarks
from campaigns.services.row import RemarksMissing, WrongState, locked, tell
from vetting.models import Decision

Status = Campaign.Status


class CampaignIncomplete(Exception):
    """Say that a campaign's page lacks something the public needs."""


@transaction.atomic
def draft_campaign(*, decision: Decision, now: datetime) -> Campaign:
    """Make the page of an admitted project, with threshold, grant and own share frozen; a repetition changes nothing."""
    application, cost_cents = decision.application, decision.admitted_cost_cents
    if decision.outcome != Decision.Outcome.ADMITTED or application is None or cost_cents is None:
        raise WrongState(decision.outcome)
    promise = application.call.promise(cost_cents)
    campaign, _created = Campaign.objects.get_or_create(
        application=application,
        defaults={
            "slug": _free_slug(application.title),
            "title": application.title,
            "summary": application.summary,
            "story": application.campaign_text,
            "cost_cents": promise.cost_cents,
            "threshold_cents": promise.threshold_cents,
            "grant_due_cents": promise.grant_cents,
            "own_cents": promise.own_cents,
            "created_at": now,
            "payment_flow": _flow_for(application.organization),
        },
    )
    return campaign


@transaction.atomic
def edit_campaign(*, campaign: Campaign, now: datetime, **fields: Any) -> Campaign:
    """Change the page of a draft, with a new picture in every size; what is changed counts as answered.

    Raise WrongState once it is with the officers.
    """
    campaign = locked(campaign, *Campaign.EDITABLE)
    variants = prepared(fields.get("image"))
    for name, value in fields.items():
        setattr(campaign, name, value)
    campaign.save(update_fields=list(fields))
    keep_variants(campaign.image.storage, campaign.image.name or "", variants)
    tick_off(campaign, fields, now)
    return campaign


@transaction.atomic
def submit_campaign(*, campaign: Campaign, now: datetime) -> Campaign:
    """Hand the page to the officers.

    Raise CampaignIncomplete when picture, its description or story is missing, RemarksOpen when a remark is not answered.
    """
    campaign = locked(campaign, Status.DRAFT)
    if not (campaign.image and campaign.image_alt and campaign.story.strip()):
        raise CampaignIncomplete(campaign.slug)
    refuse_open_remarks(campaign)
    campaign.status = Status.IN_REVIEW
    campaign.submitted_at = now
    campaign.remarks = ""
    campaign.save(update_fields=["status", "submitted_at", "remarks"])
    return campaign


@transaction.atomic
def return_campaign(
    *, campaign: Campaign, by: User, now: datetime, remarks: str = "", on: Mapping[str, str] | None = None
) -> Campaign:
    """Give the page back to the promoter, also after its approval, with remarks on the whole and on single places.

    `on` names each place as Remark.Place does. Raise RemarksMissing without any remark, WrongState, OwnBody.
    """
    on = on or {}
    if not any(words.strip() for words in (remarks, *on.values())):
        raise RemarksMissing
    refuse_own_body(campaign.organization, by)
    campaign = locked(campaign, Status.IN_REVIEW, Status.SCHEDULED)
    campaign.status = Status.DRAFT
    campaign.remarks = remarks.strip()
    campaign.approved_at = campaign.approved_by = campaign.opens_at = campaign.closes_at = None
    campaign.opening_refusal = Campaign.OpeningRefusal.NONE
    campaign.save(
        update_fields=[
            "status",
            "remarks",
            "approved_at",
            "approved_by",
            "opens_at",
            "closes_at",
            "opening_refusal",
        ]
    )
    written = write_remarks(campaign, on, by, now)
    tell(campaign, "campaign_returned", now, remarks=written)
    return campaign


def _flow_for(organization: Organization) -> Campaign.PaymentFlow:
    """Return the way of the gifts: a group that is no body yet has no account that could take them."""
    flows = Campaign.PaymentFlow
    return flows.SEPARATE if organization.is_informal else flows.DESTINATION


def _free_slug(title: str) -> str:
    """Return a readable address that no campaign has."""
    base = slugify(title)[:70] or "progetto"
    taken = set(Campaign.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return (
        base
        if base not in taken
        else next(f"{base}-{n}" for n in range(2, 10_000) if f"{base}-{n}" not in taken)
    )
