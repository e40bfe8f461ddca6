from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import refuse_own_body
from campaigns.models import Campaign
from donations import rules
from donations.models import Donation, OfflineDonation, Party, PartyFlag
from donations.services.counting import Gift, gifts_of_donor, recount
from donations.services.reversal import lock_gift, update_reached


class FlagRefused(Exception):
    """Say that a gift is not with the campaign, that its flag says so already, or that the reason is missing."""


def recognise_party(donation: Donation, campaign: Campaign, *, now: datetime) -> None:
    """Find out whether a gift that is being booked comes from the promoter's own people, and flag it if so.

    What was decided about another gift of the same donor holds for this one too. The caller saves `party`.
    """
    party, reason = party_of(donation, campaign)
    if party == donation.party:
        return
    donation.party = party
    PartyFlag.objects.create(donation=donation, party=party, reason=reason, created_at=now)


def party_of(gift: Gift, campaign: Campaign) -> tuple[str, str]:
    """Return who gives, and why: by an officer's word about another gift of the donor, or by what the site finds."""
    others = [one for one in gifts_of_donor(gift, campaign) if one != gift]
    online = [one.pk for one in others if isinstance(one, Donation)]
    decided = PartyFlag.objects.filter(donation__in=online, actor__isnull=False).order_by("-pk").first()
    if decided:
        return decided.party, decided.reason
    # An officer has looked at every verified gift outside the site.
    outside = [one for one in others if isinstance(one, OfflineDonation)]
    if outside:
        return outside[-1].party, outside[-1].note
    reason = _relation(gift, campaign)
    return (Party.RELATED if reason else Party.CITIZEN), reason


@transaction.atomic
def flag_party(*, donation: Donation, party: Party, by: User, reason: str, now: datetime) -> Donation:
    """Say, as an officer and with a reason, who gives; what counts of the donor's gifts follows at once.

    It holds for every gift of the same donor to the campaign, also for those still to come. The same word again confirms
    what the site has found. Raise OwnBody, FlagRefused.
    """
    campaign, donation = lock_gift(donation)
    refuse_own_body(campaign.organization, by)
    if donation.status != Donation.Status.SETTLED or not reason.strip():
        raise FlagRefused(donation.public_id)
    gifts = gifts_of_donor(donation, campaign)
    online = [gift for gift in gifts if isinstance(gift, Donation)]
    decided = PartyFlag.objects.filter(donation__in=[gift.pk for gift in online], actor__isnull=False)
    if decided.exists() and all(gift.party == party for gift in gifts):
        raise FlagRefused(donation.public_id)
    words = reason.strip()[:500]
    for gift in online:
        PartyFlag.objects.create(donation=gift, party=party, reason=words, actor=by, created_at=now)
    _let_be_of(party, gifts, campaign, by, words, now)
    update_reached(campaign=campaign, now=now)
    donation.refresh_from_db()
    return donation


def carry_word(gift: OfflineDonation, campaign: Campaign, *, by: User, now: datetime) -> None:
    """Let what an officer has found about a gift outside the site hold for the donor's other gifts, and count them anew.

    The caller holds the campaign locked and has saved the gift.
    """
    gifts = gifts_of_donor(gift, campaign)
    others = [one for one in gifts if one != gift and one.party != gift.party]
    for one in others:
        if isinstance(one, Donation):
            PartyFlag.objects.create(
                donation=one, party=gift.party, reason=gift.note, actor=by, created_at=now
            )
    if others:
        _let_be_of(gift.party, gifts, campaign, by, gift.note, now)
        gift.refresh_from_db()
    else:
        recount(gift, campaign, now=now, by=by, reason=gift.note)


def _let_be_of(
    party: str, gifts: list[Gift], campaign: Campaign, by: User, reason: str, now: datetime
) -> None:
    """Write into a donor's gifts, on the site and outside it, who gives; what counts of them follows."""
    for gift in gifts:
        gift.party = party
    recount(gifts[0], campaign, gifts=gifts, now=now, by=by, reason=reason)
    for model in (Donation, OfflineDonation):
        same = [gift.pk for gift in gifts if isinstance(gift, model)]
        model._default_manager.filter(pk__in=same).update(party=party)


def _relation(donation: Gift, campaign: Campaign) -> str:
    """Return what ties a donor to the promoter, or nothing."""
    organization = campaign.organization
    domain = rules.own_domain(organization.email)
    members = list(organization.members.values_list("pk", "email"))
    if isinstance(donation, Donation) and donation.donor_id in {pk for pk, _email in members}:
        return _("A member of the promoter gave while signed in.")
    if donation.email_key and donation.email_key in {rules.email_key(email) for _pk, email in members}:
        return _("The address is that of a member of the promoter.")
    if donation.email_key and donation.email_key == rules.email_key(organization.email):
        return _("The address is the promoter's own.")
    if domain and rules.own_domain(donation.email) == domain:
        return _("The address is one of the promoter's: %(domain)s.") % {"domain": domain}
    if donation.tax_code and donation.tax_code == organization.tax_code:
        return _("The tax code is the promoter's own.")
    return ""
