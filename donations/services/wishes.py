"""What a donor may still decide about a gift: how it is shown, and what the tax agency hears."""

from datetime import datetime

from django.db import transaction

from campaigns.models import Campaign
from donations import rules
from donations.models import Donation, Party
from donations.services.counting import Gift, gifts_of_donor, recount
from donations.services.party import recognise_party
from donations.services.receipt import reissue_receipt
from donations.services.reversal import lock_gift, update_reached


class MessageClosed(Exception):
    """Say that the campaign is over, and with it what donors write to it."""


class NoTaxRelief(Exception):
    """Say that gifts to this body give no right for which a tax code would be needed."""


@transaction.atomic
def choose_appearance(
    *, donation: Donation, name: str, show_name: bool, message: str, now: datetime
) -> Donation:
    """Show or hide a donor's name, at any time; change the message while the campaign takes gifts.

    A name that is given later stands on the receipt too, which is issued anew; the one that is there stays. Raise
    MessageClosed when another message comes too late.
    """
    donation = Donation.objects.select_for_update(no_key=True).get(pk=donation.pk)
    if message != donation.message and not donation.campaign.is_open(now):
        raise MessageClosed(donation.public_id)
    is_named_now = bool(name) and not donation.name
    donation.name = donation.name or name
    donation.show_name = show_name
    donation.message = message
    donation.save(update_fields=["name", "show_name", "message"])
    if is_named_now:
        reissue_receipt(donation=donation, now=now)
    return donation


@transaction.atomic
def tell_tax_code(*, donation: Donation, tax_code: str, opt_out: bool, now: datetime) -> Donation:
    """Write down a donor's tax code, or take it away, and whether the tax agency may hear of the gift.

    A receipt that is out already is issued anew with it. The code may tell that two who were taken for different donors
    are one, or that the promoter itself gave: what counts is decided anew. Raise NoTaxRelief where the gift gives no
    right to a relief: then there is no reason to keep the code. Source: Regulation (EU) 2016/679 art. 5 c. 1 c; DM
    1/3/2024.
    """
    campaign, donation = lock_gift(donation)
    payee = campaign.organization
    if tax_code and not rules.relief_bp(kind=payee.kind, runts_number=payee.runts_number):
        raise NoTaxRelief(donation.public_id)
    has_changed = tax_code != donation.tax_code
    before = gifts_of_donor(donation, campaign)
    donation.tax_code = tax_code
    donation.tax_reporting_opt_out = opt_out
    donation.save(update_fields=["tax_code", "tax_reporting_opt_out"])
    if has_changed:
        _count_anew(donation, campaign, before, now)
        reissue_receipt(donation=donation, now=now)
    return donation


def _count_anew(donation: Donation, campaign: Campaign, before: list[Gift], now: datetime) -> None:
    """Decide anew what counts of a gift whose tax code has changed, and of those that were or are of the same donor."""
    if donation.status != Donation.Status.SETTLED:
        return
    said = donation.party_flags.filter(actor__isnull=False).exists()
    if donation.party == Party.CITIZEN and not said:
        recognise_party(donation, campaign, now=now)
    recount(donation, campaign, now=now)
    # After what counts: a public body's gift never counts, not even for a moment.
    donation.save(update_fields=["party"])
    together = set(gifts_of_donor(donation, campaign))
    for gift in before:
        if gift not in together:
            # All gifts outside the site may have been counted again meanwhile.
            gift.refresh_from_db()
            recount(gift, campaign, now=now)
    update_reached(campaign=campaign, now=now)
