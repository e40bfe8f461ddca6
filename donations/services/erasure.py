"""Donors erase their data: what only served them goes at once, what a gift under way still needs when it has ended.

The money stays where it is, under a name that says nothing. What is forgotten of a gift can't be had again, but for what
stands on a receipt: the law keeps it for ten years, and it is sealed meanwhile. Source: Regulation (EU) 2016/679 art. 17,
art. 18; c.c. art. 2220; DPR 600/1973 art. 22.
"""

import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import User
from accounts.services import forget_mails
from civicfund.retention.rows import erase_each
from civicfund.sealing import is_under_newest, seal, seal_anew
from donations.models import (
    BankRefund,
    Dedication,
    Donation,
    ForgottenDonor,
    GiftInvitation,
    OfflineDonation,
    Receipt,
    Reversal,
    Thanks,
)
from donations.models.offline import FORGOTTEN
from donations.services.dedication import forget_recipient

#: For how many years, after the one of the payment, accounts are kept.
ACCOUNTS_KEPT_YEARS = 10
#: For how long a gift that nobody paid is known by its donor.
UNPAID_KEPT = timedelta(days=90)
#: At most so many gifts in one run; the next night goes on.
BATCH = 500

Status = Donation.Status
Gift = Donation | OfflineDonation


def gifts_of_addresses(addresses: Iterable[str], user: User | None = None) -> QuerySet[Donation]:
    """Return the gifts made with some addresses, those never finished included, and those of an account."""
    small = [address.lower() for address in addresses if address]
    own = Q(address__in=small)
    return Donation.objects.alias(address=Lower("email")).filter(own | Q(donor=user) if user else own)


def offline_of_addresses(addresses: Iterable[str]) -> QuerySet[OfflineDonation]:
    """Return the gifts outside the site whose promoter has named one of some addresses."""
    small = [address.lower() for address in addresses if address]
    return OfflineDonation.objects.alias(address=Lower("email")).filter(address__in=small)


def at_rest(gifts: QuerySet[Donation]) -> QuerySet[Donation]:
    """Keep the gifts that owe nobody anything more: the outcome is known, nothing goes back, no receipt is missing."""
    going_back = Reversal.objects.under_way().filter(donation=OuterRef("pk"))
    valid = Receipt.objects.valid().filter(donation=OuterRef("pk"))
    ended = Q(status__in=[Status.EXPIRED, Status.REFUNDED, Status.LOST])
    kept = Q(status=Status.SETTLED, campaign__settled_at__isnull=False)
    told = Exists(valid) | Q(counted_cents=0, uncounted_cents=0)
    return gifts.filter(ended | kept & Q(told)).exclude(Exists(going_back))


def offline_at_rest(gifts: QuerySet[OfflineDonation]) -> QuerySet[OfflineDonation]:
    """Keep the gifts outside the site about which nobody has to do anything more."""
    moving = [OfflineDonation.Status.ENTERED, OfflineDonation.Status.RETURN_DUE]
    over = Q(ended_at__isnull=False) | Q(campaign__settled_at__isnull=False)
    return gifts.exclude(status__in=moving).filter(over)


@transaction.atomic
def forget_donor(*, donation: Donation, now: datetime) -> ForgottenDonor:
    """Erase the donor of a gift: everything if nothing is under way, else what others see, and the rest at its end.

    A repetition changes nothing.
    """
    donation = Donation.objects.select_for_update(no_key=True).get(pk=donation.pk)
    forgotten, _made = ForgottenDonor.objects.get_or_create(donation=donation, defaults={"asked_at": now})
    if forgotten.done_at:
        return forgotten
    _hide(donation, now)
    if at_rest(Donation.objects.filter(pk=donation.pk)).exists():
        _reserve(forgotten, donation, now)
        # Mails about a gift carry links to it.
        forget_mails(addresses=[donation.email], now=now)
        _unname(donation)
    return forgotten


@transaction.atomic
def forget_offline_donor(*, gift: OfflineDonation, now: datetime) -> ForgottenDonor:
    """Erase the donor of a gift outside the site, once nobody has to do anything more about it."""
    gift = OfflineDonation.objects.select_for_update(no_key=True).get(pk=gift.pk)
    forgotten, _made = ForgottenDonor.objects.get_or_create(offline=gift, defaults={"asked_at": now})
    if forgotten.done_at is None and offline_at_rest(OfflineDonation.objects.filter(pk=gift.pk)).exists():
        _reserve(forgotten, gift, now)
        forget_mails(addresses=[gift.email], now=now)
        _unname_offline(gift)
    return forgotten


def finish_forgetting(*, now: datetime) -> int:
    """Erase the donors who have asked while their gift was under way and whose gift has ended; return how many."""
    waiting = ForgottenDonor.objects.waiting()
    online = Donation.objects.filter(pk__in=waiting.values("donation"))
    outside = OfflineDonation.objects.filter(pk__in=waiting.values("offline"))
    gifts: list[Gift] = [*at_rest(online)[:BATCH], *offline_at_rest(outside)[:BATCH]]
    return erase_each(gifts, lambda gift: _finish(gift, now))


def _finish(gift: Gift, now: datetime) -> None:
    if isinstance(gift, Donation):
        forget_donor(donation=gift, now=now)
    else:
        forget_offline_donor(gift=gift, now=now)


def forget_unpaid(*, now: datetime) -> int:
    """Erase the donors of gifts that nobody paid, after ninety days; return how many."""
    old = Donation.objects.filter(status=Status.EXPIRED, expired_at__lt=now - UNPAID_KEPT).exclude(email="")
    return _unname_each(old)


def forget_old_donors(*, now: datetime) -> int:
    """Erase the donors of gifts on the site whose accounts no longer have to be kept; return how many."""
    return _unname_each(
        at_rest(Donation.objects.filter(charged_at__lt=_first_year_kept(now))).exclude(email="")
    )


def forget_old_offline_donors(*, now: datetime) -> int:
    """Erase the donors of gifts outside the site whose accounts no longer have to be kept; return how many."""
    old = OfflineDonation.objects.filter(received_on__lt=_first_year_kept(now).date()).exclude(name=FORGOTTEN)
    return erase_each(offline_at_rest(old)[:BATCH], _unname_offline)


def forget_reserved(*, now: datetime) -> int:
    """Erase what was sealed of erased donors and the accounts refunds went to, when the law wants it no more; return how many."""
    over = ForgottenDonor.objects.over(now.astimezone(timezone.get_default_timezone()).date())
    return over.update(sealed=b"", kept_until=None) + _forget_accounts(_first_year_kept(now))


def _forget_accounts(until: datetime) -> int:
    """Forget to whose bank account refunds went before an instant; return how many."""
    old = BankRefund.objects.filter(paid_at__lt=until).exclude(holder=FORGOTTEN)
    return old.update(holder=FORGOTTEN, iban_sealed=b"-", iban_last4=FORGOTTEN)


def _unname_each(gifts: QuerySet[Donation]) -> int:
    """Take the donors out of gifts at rest, as many as one run does."""

    def unname(gift: Donation) -> None:
        # It is looked at once more under its lock.
        locked = gifts.select_for_update(no_key=True, of=("self",)).filter(pk=gift.pk).first()
        if locked:
            _unname(locked)

    return erase_each(gifts[:BATCH], unname)


def _first_year_kept(now: datetime) -> datetime:
    """Return when the first of the years began whose accounts are kept."""
    local = now.astimezone(timezone.get_default_timezone())
    first = local.replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    return first.replace(year=local.year - ACCOUNTS_KEPT_YEARS)


def _hide(donation: Donation, now: datetime) -> None:
    """Take away what others read, and what no payment needs."""
    donation.show_name, donation.wants_news, donation.message, donation.donor = False, False, "", None
    # Who erases the own data objects to the report to the tax agency too.
    donation.tax_reporting_opt_out = True
    donation.save(update_fields=["show_name", "wants_news", "message", "donor", "tax_reporting_opt_out"])
    Thanks.objects.filter(donation=donation).delete()
    for card in Dedication.objects.known().filter(donation=donation):
        forget_recipient(dedication=card, now=now)


def _reserve(forgotten: ForgottenDonor, gift: Gift, now: datetime) -> None:
    """Write that a donor is erased, and seal what a receipt, or a proof of payment, was issued to."""
    forgotten.done_at = now
    year = _year_of_accounts(gift)
    if year and (gift.name or gift.tax_code):
        told = json.dumps({"name": gift.name, "tax_code": gift.tax_code}, ensure_ascii=False)
        forgotten.sealed = seal(told, purpose=purpose_of(forgotten))
        forgotten.kept_until = date(year + ACCOUNTS_KEPT_YEARS, 12, 31)
    forgotten.save(update_fields=["done_at", "sealed", "kept_until"])


def _year_of_accounts(gift: Gift) -> int | None:
    """Return the year in whose accounts a gift stands with its donor; None when there is no document about it."""
    if isinstance(gift, OfflineDonation):
        return gift.received_on.year if gift.verified_at else None
    last = gift.receipts.order_by("-year").first()
    return last.year if last else None


def _unname(donation: Donation) -> None:
    """Leave of a gift nothing that leads to a person; gifts of one donor to one campaign stay together."""
    donation.email_key = _mark("address", donation.campaign_id, donation.email_key)
    donation.card_fingerprint = _mark("card", donation.campaign_id, donation.card_fingerprint)
    donation.email = donation.name = donation.message = donation.tax_code = donation.checkout_url = ""
    donation.show_name, donation.donor = False, None
    donation.save(
        update_fields=[
            *("email_key", "card_fingerprint", "email", "name", "message", "tax_code", "checkout_url"),
            *("show_name", "donor"),
        ]
    )
    BankRefund.objects.filter(reversal__donation=donation, paid_at=None).update(
        answered_at=None, holder="", iban_sealed=b"", iban_last4="", link_digest=None, link_expires_at=None
    )


def _unname_offline(gift: OfflineDonation) -> None:
    """Leave of a gift outside the site nothing that leads to a person but the bank's own paper."""
    gift.email_key = _mark("address", gift.campaign_id, gift.email_key)
    gift.name, gift.email, gift.tax_code = FORGOTTEN, "", ""
    gift.save(update_fields=["email_key", "name", "email", "tax_code"])


def _mark(kind: str, campaign: int, name: str) -> str:
    """Return what stands for an address or a card: the same within a campaign, and nothing outside it."""
    if not name or name.startswith("erased:"):
        return name
    digest = salted_hmac(f"erased {kind}", f"{campaign}:{name}", algorithm="sha256").hexdigest()
    return f"erased:{digest[:40]}"


def purpose_of(forgotten: ForgottenDonor) -> str:
    """Return what name and tax code of a receipt are sealed for: they open in no other row."""
    return f"donor of a receipt {forgotten.pk}"


def seal_donor_anew(*, forgotten: ForgottenDonor) -> bool:
    """Seal what is kept of an erased donor, locked by the caller, anew; say whether its key was older. Raise Unreadable."""
    if not forgotten.sealed or is_under_newest(forgotten.sealed):
        return False
    sealed = seal_anew(forgotten.sealed, purpose=purpose_of(forgotten))
    ForgottenDonor.objects.filter(pk=forgotten.pk).update(sealed=sealed)
    return True


def forget_links(*, addresses: Iterable[str]) -> int:
    """Remove the links to a filled-in form that were mailed to some addresses; return how many."""
    return GiftInvitation.objects.filter(email__in=list(addresses)).delete()[0]


def forget_cards_for(*, addresses: Iterable[str], now: datetime) -> int:
    """Forget a person to whom gifts were dedicated; return how many cards named some addresses."""
    small = [address.lower() for address in addresses if address]
    cards = Dedication.objects.known().alias(address=Lower("email")).filter(address__in=small)
    found = list(cards)
    for card in found:
        forget_recipient(dedication=card, now=now)
    return len(found)


def figures(*, forgotten: Iterable[ForgottenDonor]) -> dict[str, Any]:
    """Return how many donors were erased at once, how many wait for the end of their gift, and of how many something stays."""
    rows = list(forgotten)
    return {
        "done": sum(one.done_at is not None for one in rows),
        "waiting": sum(one.done_at is None for one in rows),
        "reserved": sum(one.kept_until is not None for one in rows),
    }


def still_under_way(gifts: QuerySet[Donation]) -> QuerySet[Donation]:
    """Keep the gifts that are not at rest."""
    return gifts.exclude(pk__in=at_rest(gifts).values("pk")).order_by(F("created_at").desc())
