from typing import Self

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from donations.models.donation import Donation


class ReceiptQuerySet(models.QuerySet["Receipt"]):
    """Questions about receipts."""

    def valid(self) -> Self:
        """Keep the receipts that have not been made void."""
        return self.filter(voided_at=None)

    def untrue(self) -> Self:
        """Keep the valid receipts that name another amount than what is kept of their gift."""
        kept = F("donation__counted_cents") + F("donation__uncounted_cents")
        return self.valid().alias(kept=kept).exclude(kept=F("amount_cents"))


class Receipt(models.Model):
    """The receipt of one gift, numbered per payee and year; it keeps what it said about the payee on its day.

    The donor's data stand on the gift alone. A receipt that no longer says the truth is made void and stays, with its
    number; another one may replace it.
    """

    class VoidReason(models.TextChoices):
        RETURNED = "returned", _("the gift was given back")
        REDUCED = "reduced", _("a part of the gift was given back")
        DATA = "data", _("the donor's data were completed or corrected")

    donation = models.ForeignKey(
        Donation, on_delete=models.PROTECT, related_name="receipts", verbose_name=_("donation")
    )
    payee = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="receipts", verbose_name=_("organization")
    )
    year = models.PositiveSmallIntegerField(_("year"))
    number = models.PositiveIntegerField(_("number"))
    amount_cents = models.PositiveBigIntegerField(_("amount (cents)"))
    # The payee as it was when the receipt was issued.
    payee_name = models.CharField(_("legal name"), max_length=200)
    payee_seat = models.CharField(_("seat"), max_length=310)
    payee_runts_number = models.CharField(_("RUNTS number"), max_length=40, blank=True)
    #: The donor's tax relief in basis points of the gift; 0 where the rules give none.
    relief_bp = models.PositiveIntegerField(_("tax relief (basis points)"), default=0)
    issued_at = models.DateTimeField(_("issued at"))
    voided_at = models.DateTimeField(_("void since"), null=True, blank=True)
    void_reason = models.CharField(_("why it is void"), max_length=10, choices=VoidReason, blank=True)
    replaces = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="replaced_by",
        verbose_name=_("replaces"),
    )

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        ordering = ["issued_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["payee", "year", "number"], name="receipt_number_once"),
            models.UniqueConstraint(
                fields=["donation"], condition=Q(voided_at=None), name="receipt_one_valid_per_gift"
            ),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="receipt_amount_positive"),
            models.CheckConstraint(
                condition=Q(voided_at=None, void_reason="") | Q(voided_at__isnull=False) & ~Q(void_reason=""),
                name="receipt_void_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(relief_bp=0) | ~Q(payee_runts_number=""), name="receipt_relief_has_register"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="receipt_is_what_was_issued",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["voided_at", "void_reason"]),
            ),
            pgtrigger.Protect(
                name="receipt_void_stays_void",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__voided_at__isnull=False),
            ),
            pgtrigger.Protect(name="receipt_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.number}/{self.year}"

    @property
    def is_valid(self) -> bool:
        return self.voided_at is None
