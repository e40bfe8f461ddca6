"""The one place that says whether a campaign has reached its threshold."""

from django.db.models import Exists, OuterRef
from django.db.models.functions import Lower

from campaigns.models import Campaign
from campaigns.rules import is_reached
from donations.models import Reversal
from ledger.services import raised_cents


def has_reached(campaign: Campaign) -> bool:
    """Say whether citizens have given their share of a campaign the caller has locked, and are enough people.

    The order of reaching, the award and the outcome all ask here. Nobody is counted when the call asks for no number.
    """
    wanted = campaign.call.min_donors
    donors = count_donors(campaign) if wanted else 0
    return is_reached(raised_cents(campaign), campaign.threshold_cents, donors, wanted)


def count_donors(campaign: Campaign) -> int:
    """Return how many people stand behind a campaign's gifts; one address is one person.

    A gift that is being given back whole does not count any more, from the moment that this is decided.
    """
    going = Reversal.objects.counting().filter(
        donation=OuterRef("pk"), amount_cents__gte=OuterRef("amount_cents")
    )
    people = campaign.donations.settled().exclude(Exists(going))
    return people.order_by().values(person=Lower("email")).distinct().count()
