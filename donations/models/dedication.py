"""A gift that somebody makes for somebody else: whom the card is for, and until when that is kept."""

from datetime import datetime, timedelta
from typing import Self

from django.core import signing
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from donations.models.donation import Donation

CARD = signing.Signer(salt="dedication")


class DedicationQuerySet(models.QuerySet["Dedication"]):
    """Questions about gifts for somebody else."""

    def known(self) -> Self:
        """Keep those whose recipient has not been forgotten."""
        return self.filter(forgotten_at=None)

    def by_token(self, token: str) -> Self:
        """Keep the one a card's signed link names; none when the link is not ours."""
        try:
            return self.filter(donation__public_id=CARD.unsign(token))
        except signing.BadSignature:
            return self.none()

    def to_forget(self, now: datetime) -> Self:
        """Keep those whose card has been there long enough, and those whose gift was never made or came to nothing."""
        old = Q(told_at__lte=now - Dedication.KEPT)
        never = Q(told_at=None, donation__created_at__lte=now - Dedication.WAITED)
        return self.known().filter(old | never)


class Dedication(models.Model):
    """For whom a gift is made; the address belongs to somebody who has not asked for anything, so it is kept briefly."""

    #: How long a card can be looked at.
    KEPT = timedelta(days=90)
    #: How long a gift that is not paid, or has gone back, may still become one.
    WAITED = timedelta(days=30)

    donation = models.OneToOneField(
        Donation, on_delete=models.PROTECT, related_name="dedication", verbose_name=_("donation")
    )
    name = models.CharField(_("name"), max_length=100, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    greeting = models.CharField(_("greeting"), max_length=300, blank=True)
    shows_amount = models.BooleanField(_("the card says how much was given"), default=False)
    told_at = models.DateTimeField(_("card sent at"), null=True, blank=True)
    forgotten_at = models.DateTimeField(_("forgotten at"), null=True, blank=True)

    objects = DedicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("gift for somebody else")
        verbose_name_plural = _("gifts for somebody else")
        constraints = [
            models.CheckConstraint(
                condition=Q(forgotten_at=None) & ~Q(name="") & ~Q(email="")
                | Q(forgotten_at__isnull=False, name="", email="", greeting=""),
                name="dedication_is_known_or_forgotten",
            )
        ]

    def __str__(self) -> str:
        return str(self.donation)

    @property
    def token(self) -> str:
        """Return the signed part of the card's link."""
        return CARD.sign(str(self.donation.public_id))

    @property
    def state(self) -> str:
        """Return in one word what the giver reads: `forgotten`, `sent`, `due` or `off`, when the gift came to nothing."""
        if self.forgotten_at:
            return "forgotten"
        if self.told_at:
            return "sent"
        coming = (Donation.Status.CREATED, Donation.Status.OPEN, Donation.Status.SETTLED)
        return "due" if self.donation.status in coming else "off"
