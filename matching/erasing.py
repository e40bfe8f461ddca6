"""What the nightly erasing does for each kind of data that civicfund/retention gives to it."""

from collections.abc import Callable
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from accounts.services import forget_invitations, forget_old_mails, forget_unconfirmed
from calls.services.draft_end import forget_old_drafts
from campaigns.services.forget import forget_reporters
from civicfund.retention import kind
from donations.models import StripeEvent
from donations.services.erasure import (
    finish_forgetting,
    forget_old_donors,
    forget_old_offline_donors,
    forget_reserved,
    forget_unpaid,
)

Erases = Callable[[datetime], int]


def _before(key: str, now: datetime) -> datetime:
    """Return the instant before which a kind's rows are over."""
    lasts = kind(key).lasts
    if lasts is None:
        raise ValueError(key)
    return now - lasts


def _sessions(now: datetime) -> int:
    """Remove the sessions that are over, with whose browser each was."""
    number = Session.objects.filter(expire_date__lt=now).delete()[0]
    there = Session.objects.filter(expire_date__gte=now).values("session_key")
    return number + UserSession.objects.exclude(session_key__in=there).delete()[0]


def _mails(now: datetime) -> int:
    return forget_old_mails(before=_before("mails", now))


def _invitations(now: datetime) -> int:
    return forget_invitations(before=_before("invitations", now))


def _stripe_events(now: datetime) -> int:
    """Remove the messages that were applied so long ago that Stripe sends them no more."""
    old = StripeEvent.objects.filter(processed_at__lt=_before("stripe_events", now))
    return old.delete()[0]


#: Each function returns how many rows it has erased. Donors who waited for the end of their gift come first.
ERASES: dict[str, tuple[Erases, ...]] = {
    "gifts": (
        lambda now: finish_forgetting(now=now),
        lambda now: forget_old_donors(now=now),
        lambda now: forget_old_offline_donors(now=now),
        lambda now: forget_reserved(now=now),
    ),
    "unpaid": (lambda now: forget_unpaid(now=now),),
    "unconfirmed": (lambda now: forget_unconfirmed(now=now),),
    "sessions": (_sessions,),
    "mails": (_mails,),
    "invitations": (_invitations,),
    "stripe_events": (_stripe_events,),
    "reports": (lambda now: forget_reporters(now=now),),
    "drafts": (lambda now: forget_old_drafts(now=now),),
}
#: Kinds that another one's function erases along: all of them are a donor's, and go by the same year.
WITH_GIFTS = ("reserved", "outside", "refund_accounts")
