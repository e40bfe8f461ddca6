from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from campaigns.models import Campaign
from donations import rules
from donations.models import Donation, Party, PartyFlag
from donations.services.counting import gifts_of_donor, recount
from donations.services.reversal import lock_gift, update_reached


class FlagRefused(Exception):
    """Say that a gift is not with the campaign, that its flag says so already, or that the reason is missing."""


def recognise_party(donation: Donation, campaign: Campaign, *, now: datetime) -> None:
    """Find out whether a gift that is being booked comes from the promoter's own people, and flag it if so.

    What was decided about another gift of the same donor holds for this one too. The caller saves `party`.
    """
    others = [gift.pk for gift in gifts_of_donor(donation, campaign) if gift.pk != donation.pk]
    decided = PartyFlag.objects.filter(donation__in=others, actor__isnull=False).order_by("-pk").first()
    if decided:
        party, reason = decided.party, decided.reason
    else:
        reason = _relation(donation, campaign)
        party = Party.RELATED if reason else Party.CITIZEN
    if party == donation.party:
        return
    donation.party = party
    PartyFlag.objects.create(donation=donation, party=party, reason=reason, created_at=now)


@transaction.atomic
def flag_party(*, donation: Donation, party: Party, by: User, reason: str, now: datetime) -> Donation:
    """Say, as an officer and with a reason, who gives; what counts of the donor's gifts follows at once.

    It holds for every gift of the same donor to the campaign, also for those still to come. The same word again confirms
    what the site has found. Raise FlagRefused.
    """
    campaign, donation = lock_gift(donation)
    if donation.status != Donation.Status.SETTLED or not reason.strip():
        raise FlagRefused(donation.public_id)
    gifts = gifts_of_donor(donation, campaign)
    decided = PartyFlag.objects.filter(donation__in=[gift.pk for gift in gifts], actor__isnull=False)
    if decided.exists() and all(gift.party == party for gift in gifts):
        raise FlagRefused(donation.public_id)
    words = reason.strip()[:500]
    for gift in gifts:
        PartyFlag.objects.create(donation=gift, party=party, reason=words, actor=by, created_at=now)
        gift.party = party
    recount(donation, campaign, gifts=gifts, now=now, by=by, reason=words)
    Donation.objects.filter(pk__in=[gift.pk for gift in gifts]).update(party=party)
    update_reached(campaign=campaign, now=now)
    donation.refresh_from_db()
    return donation


def _relation(donation: Donation, campaign: Campaign) -> str:
    """Return what ties a donor to the promoter, or nothing."""
    organization = campaign.organization
    domain = rules.own_domain(organization.email)
    members = list(organization.members.values_list("pk", "email"))
    if donation.donor_id in {pk for pk, _email in members}:
        return _("A member of the promoter gave while signed in.")
    if donation.email_key in {rules.email_key(email) for _pk, email in members}:
        return _("The address is that of a member of the promoter.")
    if donation.email_key == rules.email_key(organization.email):
        return _("The address is the promoter's own.")
    if domain and rules.own_domain(donation.email) == domain:
        return _("The address is one of the promoter's: %(domain)s.") % {"domain": domain}
    if donation.tax_code and donation.tax_code == organization.tax_code:
        return _("The tax code is the promoter's own.")
    return ""
