from datetime import date
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from donations.models.donation import Donation
from donations.models.offline import OfflineDonation


class ForgottenDonorQuerySet(models.QuerySet["ForgottenDonor"]):
    """Questions about donors who have erased their data."""

    def waiting(self) -> Self:
        """Keep those whose gift was still under way when they asked."""
        return self.filter(done_at=None)

    def reserved(self) -> Self:
        """Keep those of whom the law keeps something, out of sight."""
        return self.filter(kept_until__isnull=False)

    def over(self, today: date) -> Self:
        """Keep those of whom the law keeps nothing any longer."""
        return self.filter(kept_until__lt=today)


class ForgottenDonor(models.Model):
    """The donor of one gift has erased the own data: when, and what the law makes the city keep, sealed and unread.

    A receipt is a document of accounts, kept for ten years with the name and the tax code it was issued to. These leave
    the gift, so that no list, search or export has them, and are opened only for an authority that asks.
    """

    donation = models.OneToOneField(
        Donation, models.PROTECT, null=True, blank=True, related_name="forgotten", verbose_name=_("donation")
    )
    offline = models.OneToOneField(
        OfflineDonation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="forgotten",
        verbose_name=_("gift outside the site"),
    )
    asked_at = models.DateTimeField(_("asked at"))
    done_at = models.DateTimeField(_("erased at"), null=True, blank=True)
    #: Name and tax code as JSON, sealed; empty when nothing of them has to be kept.
    sealed = models.BinaryField(default=b"", editable=False)
    kept_until = models.DateField(_("kept until"), null=True, blank=True)

    objects = ForgottenDonorQuerySet.as_manager()

    class Meta:
        verbose_name = _("erased donor")
        verbose_name_plural = _("erased donors")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(donation=None, offline__isnull=False) | Q(donation__isnull=False, offline=None),
                name="forgotten_donor_of_one_gift",
            ),
            models.CheckConstraint(
                condition=Q(done_at=None, sealed=b"", kept_until=None)
                | Q(done_at__isnull=False, sealed=b"", kept_until=None)
                | Q(done_at__isnull=False, kept_until__isnull=False) & ~Q(sealed=b""),
                name="forgotten_donor_kept_until_a_day",
            ),
        ]
        triggers = [pgtrigger.Protect(name="forgotten_donor_is_kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return str(self.donation or self.offline_id)
