"""What a donor may still decide about a gift: how it is shown, and what the tax agency hears."""

from datetime import datetime

from django.db import transaction

from donations import rules
from donations.models import Donation
from donations.services.receipt import reissue_receipt


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

    A receipt that is out already is issued anew with it. Raise NoTaxRelief where the gift gives no right to a relief:
    then there is no reason to keep the code. Source: Regulation (EU) 2016/679 art. 5 c. 1 c; DM 1/3/2024.
    """
    donation = Donation.objects.select_for_update(no_key=True).get(pk=donation.pk)
    payee = donation.campaign.organization
    if tax_code and not rules.relief_bp(kind=payee.kind, runts_number=payee.runts_number):
        raise NoTaxRelief(donation.public_id)
    has_changed = tax_code != donation.tax_code
    donation.tax_code = tax_code
    donation.tax_reporting_opt_out = opt_out
    donation.save(update_fields=["tax_code", "tax_reporting_opt_out"])
    if has_changed:
        reissue_receipt(donation=donation, now=now)
    return donation
