"""The one place that says whether a campaign has reached its threshold."""

from collections.abc import Hashable

from calls.models import Call
from campaigns.models import Campaign
from campaigns.rules import is_reached
from donations import rules
from donations.services.counting import NAMES, OFFLINE_NAMES
from ledger.models import Account
from ledger.services import balance, raised_cents


def has_reached(campaign: Campaign) -> bool:
    """Say whether citizens have given their share of a campaign the caller has locked, and are enough people.

    The order of reaching, the award and the outcome all ask here. Nobody is counted when the call asks for no number.
    """
    wanted = campaign.call.min_donors
    donors = count_donors(campaign) if wanted else 0
    return is_reached(basis_cents(campaign), campaign.threshold_cents, donors, wanted)


def basis_cents(campaign: Campaign) -> int:
    """Return what is held against the threshold, in cents: what counts, where the call says so without Stripe's fees."""
    raised = raised_cents(campaign)
    if campaign.call.count_basis == Call.CountBasis.NET:
        return raised - balance(Account.Kind.FEES, campaign=campaign)
    return raised


def count_donors(campaign: Campaign) -> int:
    """Return how many different donors have given something that counts; card, address and tax code tell them apart."""
    online = campaign.donations.settled().filter(counted_cents__gt=0).values_list("pk", *NAMES)
    offline = campaign.offline_donations.filter(counted_cents__gt=0).values_list("pk", *OFFLINE_NAMES)
    names: dict[Hashable, list[str]] = {
        (kinds, pk): [f"{kind}:{name}" for kind, name in zip(kinds, own, strict=True) if name]
        for kinds, gifts in ((NAMES, online), (OFFLINE_NAMES, offline))
        for pk, *own in gifts
    }
    return len(set(rules.number_donors(names).values()))
