"""The gifts that are one person's: of an account, or of a mail address by the link its mailbox received."""

from datetime import timedelta
from typing import Any, Self

from django.core import signing
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

LINK = "gifts of an address"
#: How long the link to all gifts of an address is open.
LINK_LASTS = timedelta(days=7)


class OwnQuerySet(models.QuerySet[Any]):
    """Questions about the gifts of one person."""

    def of_address(self, email: str) -> Self:
        """Keep the gifts of a mail address, in capitals or not, that are more than a form somebody left.

        Both are made small, as the mail to it is: made large, letters of other alphabets become those of somebody else.
        """
        own = self.alias(address=Lower("email")).filter(address=email.lower())
        return own.exclude(status="created")

    def of_account(self, user: models.Model) -> Self:
        """Keep the gifts made while signed in, or with an address that the account has confirmed."""
        confirmed = user.emailaddress_set.filter(verified=True)  # type: ignore[attr-defined]
        own = self.alias(address=Lower("email"))
        return own.filter(Q(donor=user) | Q(address__in=confirmed.values_list(Lower("email"))))


def link_to_address(email: str) -> str:
    """Return the signed part of the link to all gifts of an address."""
    return signing.dumps(email, salt=LINK)


def address_of_link(token: str) -> str | None:
    """Return the address a link is for; nothing when it is not ours, or older than a week."""
    try:
        return signing.loads(token, salt=LINK, max_age=LINK_LASTS)
    except signing.BadSignature:
        return None
