"""The one place that says whether a campaign has reached its threshold."""

from django.db.models.functions import Lower

from campaigns.models import Campaign
from campaigns.rules import is_reached
from ledger.services import raised_cents


def has_reached(campaign: Campaign) -> bool:
    """Say whether citizens have given their share of a campaign the caller has locked, and are enough people.

    The order of reaching, the award and the outcome all ask here. Nobody is counted when the call asks for no number.
    """
    wanted = campaign.call.min_donors
    donors = count_donors(campaign) if wanted else 0
    return is_reached(raised_cents(campaign), campaign.threshold_cents, donors, wanted)


def count_donors(campaign: Campaign) -> int:
    """Return how many people stand behind a campaign's gifts; one address is one person."""
    people = campaign.donations.settled().order_by().values(person=Lower("email"))
    return people.distinct().count()
