from django.db.models import (
    Case,
    CharField,
    Count,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat

from calls.models import Stop
from campaigns.models import Campaign, CampaignQuerySet, CampaignUpdate, Question

#: Tells donors outside the site apart, those too who have erased their names.
OUTSIDE_DONOR = Case(When(name="–", then=Concat(Value("#"), Cast("pk", CharField()))), default="name")


def with_people(campaigns: CampaignQuerySet) -> CampaignQuerySet:
    """Fetch with a campaign how many people have given and what came outside the site, in the same question.

    `givers` are told apart by their addresses; `givers_outside` have no address that gave on the site too. What a promoter
    has entered and no officer has verified is apart, as `announced_cents`, and so is what was paid and is being checked, as
    `checked_cents`: neither counts yet. A payment page that is only open is no money.
    """
    gifts, outside = _related("donations"), _related("offline_donations")
    announced, checked = outside.filter(status="entered"), gifts.filter(status="quarantined")
    gifts = gifts.exclude(settled_at=None).exclude(status="quarantined")
    outside = outside.exclude(verified_at=None).exclude(status="annulled")
    on_site = gifts.filter(campaign=OuterRef("campaign")).values("email_key")
    return campaigns.annotate(
        givers=_of_campaign(gifts, Count("email_key", distinct=True)),
        givers_outside=_of_campaign(
            outside.exclude(email_key__in=on_site), Count(OUTSIDE_DONOR, distinct=True)
        ),
        outside_cents=_of_campaign(outside, Sum("counted_cents")),
        announced_cents=_of_campaign(announced, Sum("amount_cents")),
        checked_cents=_of_campaign(checked, Sum("charged_cents")),
    )


def with_voices(campaigns: CampaignQuerySet) -> CampaignQuerySet:
    """Fetch with a campaign how many updates and answered questions everybody reads, in the same question."""
    updates = CampaignUpdate.objects.published().unhidden().order_by()
    answered = Question.objects.answered().unhidden().order_by()
    return campaigns.annotate(
        update_count=_of_campaign(updates, Count("pk")), answer_count=_of_campaign(answered, Count("pk"))
    )


def with_waiting(campaigns: CampaignQuerySet) -> CampaignQuerySet:
    """Fetch with a campaign how many questions wait for its promoter's answer, in the same question."""
    waiting = Question.objects.waiting().order_by()
    return campaigns.annotate(waiting_count=_of_campaign(waiting, Count("pk")))


def with_obstacles(campaigns: CampaignQuerySet, now) -> CampaignQuerySet:
    """Fetch with a campaign the city's public reason when it has paused its call's gifts, and until when its gifts rest."""
    stops = Stop.objects.holding(Stop.What.GIFTS).filter(call=OuterRef("application__call"))
    pauses = Campaign.gift_pauses.rel.related_model.objects.holding(now).filter(campaign=OuterRef("pk"))
    return campaigns.annotate(
        paused_reason=Subquery(stops.values("public_reason")[:1]),
        resting_until=Subquery(pauses.values("until")[:1]),
    )


def count_people(campaign: Campaign) -> int:
    """Return how many people have given to a campaign, on the site or outside it."""
    counted = with_people(Campaign.objects.filter(pk=campaign.pk)).values_list("givers", "givers_outside")
    return sum(counted.get())


def _related(name: str) -> QuerySet:
    """Return the rows of an app above that belong to campaigns, through the campaign's own relation."""
    return getattr(Campaign, name).rel.related_model.objects.order_by()


def _of_campaign(rows: QuerySet, figure: Count | Sum) -> Coalesce:
    """Return a figure about the rows of one campaign, as a part of the question about it."""
    counted = rows.filter(campaign=OuterRef("pk")).values("campaign").annotate(figure=figure).values("figure")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
