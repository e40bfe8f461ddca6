"""A gift for somebody else: the card leaves with the giver's receipt, once, and its recipient is soon forgotten."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.services import forget_mail, queue_mail
from donations.models import Dedication, Donation


@dataclass(frozen=True)
class Wish:
    """For whom a gift is made, as the giver writes it."""

    name: str
    email: str
    greeting: str = ""
    shows_amount: bool = False


def dedicate_gift(*, donation: Donation, wish: Wish | None) -> None:
    """Write down for whom a gift is made, as long as it is not paid; the last wish holds, and none takes it away."""
    if donation.status not in (Donation.Status.CREATED, Donation.Status.OPEN):
        return
    if wish is None:
        Dedication.objects.filter(donation=donation).delete()
        return
    told = {
        "name": wish.name,
        "email": wish.email,
        "greeting": wish.greeting,
        "shows_amount": wish.shows_amount,
    }
    Dedication.objects.update_or_create(donation=donation, defaults=told)


def send_card(*, donation: Donation, now: datetime) -> None:
    """Write to whom a gift is for, once; the caller has locked a settled gift of which something is kept."""
    card = Dedication.objects.known().filter(donation=donation, told_at=None).first()
    if card is None:
        return
    card.told_at = now
    card.save(update_fields=["told_at"])
    queue_mail(
        key=_key(card),
        topic=donation.campaign.call.mail_topic,
        recipient=card.email,
        template="gift_card",
        context={"card": card, "donation": donation, "campaign": donation.campaign},
        language=donation.language,
        now=now,
    )


@transaction.atomic
def forget_recipient(*, dedication: Dedication, now: datetime) -> None:
    """Erase whom a gift was for, and the mail that has told it; a repetition changes nothing.

    Source: Regulation (EU) 2016/679 art. 5 c. 1 e, art. 17.
    """
    card = Dedication.objects.select_for_update(no_key=True).get(pk=dedication.pk)
    if card.forgotten_at:
        return
    forget_mail(key=_key(card))
    card.name = card.email = card.greeting = ""
    card.forgotten_at = now
    card.save(update_fields=["name", "email", "greeting", "forgotten_at"])


def forget_recipients(*, now: datetime) -> None:
    """Erase the recipients whose time is over."""
    for dedication in Dedication.objects.to_forget(now)[:500]:
        forget_recipient(dedication=dedication, now=now)


def _key(card: Dedication) -> str:
    return f"gift_card:{card.donation_id}"
