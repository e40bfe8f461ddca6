from datetime import datetime
from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from donations.models.donation import Donation


class DisputeQuerySet(models.QuerySet["Dispute"]):
    """Questions about contested gifts."""

    def open(self) -> Self:
        """Keep the disputes no bank has decided."""
        return self.filter(status=Dispute.Status.OPEN)

    def answer_due(self, now: datetime) -> Self:
        """Keep the open disputes that can still be answered with evidence."""
        return self.open().filter(Q(answer_by=None) | Q(answer_by__gt=now))


class Dispute(models.Model):
    """A gift its cardholder contests at the bank, read from Stripe; while it is open, the gift neither counts nor goes back."""

    class Status(models.TextChoices):
        #: The bank has taken the money and decides.
        OPEN = "open", _("open")
        #: The money came back: the gift stands where it would stand without the dispute.
        WON = "won", _("won")
        #: The donor has the money; the gift is gone.
        LOST = "lost", _("lost")

    donation = models.ForeignKey(
        Donation, on_delete=models.PROTECT, related_name="disputes", verbose_name=_("donation")
    )
    stripe_dispute_id = models.CharField(_("dispute"), max_length=64, unique=True)
    amount_cents = models.PositiveBigIntegerField(_("contested (cents)"))
    #: What of the gift left its place when the dispute was booked; of it, what was owed back to the donor already.
    held_cents = models.PositiveBigIntegerField(_("set apart (cents)"))
    owed_cents = models.PositiveBigIntegerField(_("of it owed back (cents)"), default=0)
    #: What a lost dispute took from the campaign's money at Stripe; the platform bears the rest.
    recovered_cents = models.PositiveBigIntegerField(_("borne by the campaign (cents)"), default=0)
    reason = models.CharField(_("reason"), max_length=64, blank=True)
    status = models.CharField(_("state"), max_length=4, choices=Status, default=Status.OPEN)
    #: Stripe's instants.
    opened_at = models.DateTimeField(_("opened at"))
    answer_by = models.DateTimeField(_("evidence until"), null=True, blank=True)
    #: The site's own, given in the transaction that books.
    booked_at = models.DateTimeField(_("booked at"))
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    objects = DisputeQuerySet.as_manager()

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        ordering = ["-opened_at"]
        constraints = [
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="dispute_amount_positive"),
            models.CheckConstraint(
                condition=Q(status="open", closed_at=None) | ~Q(status="open") & Q(closed_at__isnull=False),
                name="dispute_closed_at_matches_status",
            ),
            models.CheckConstraint(
                condition=Q(owed_cents__lte=F("held_cents")), name="dispute_owed_within_held"
            ),
            models.CheckConstraint(
                condition=Q(recovered_cents=0)
                | Q(status="lost", recovered_cents__lte=F("held_cents"))
                & Q(recovered_cents__lte=F("amount_cents")),
                name="dispute_recovered_only_when_lost",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="dispute_is_what_was_booked",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "donation", "stripe_dispute_id", "amount_cents", "held_cents", "owed_cents", "booked_at"
                ),
            ),
            pgtrigger.Protect(name="dispute_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.donation} · {self.get_status_display()}"

    @property
    def lost_cents(self) -> int:
        """Return what of the gift a lost dispute took from where it stood, in cents."""
        return min(self.amount_cents, self.held_cents) if self.status == self.Status.LOST else 0


class FraudWarning(models.Model):
    """A card's bank believes that a gift is fraud, and says so before anybody contests it."""

    class Outcome(models.TextChoices):
        #: The campaign is over: an officer decides.
        WAITING = "waiting", _("an officer decides")
        #: The gift goes back.
        REFUNDED = "refunded", _("given back")
        #: The gift was on its way back or contested already.
        MOOT = "moot", _("nothing left to do")
        #: An officer leaves the gift where it is, with a reason.
        KEPT = "kept", _("left where it is")

    donation = models.ForeignKey(
        Donation, on_delete=models.PROTECT, related_name="fraud_warnings", verbose_name=_("donation")
    )
    stripe_warning_id = models.CharField(_("warning"), max_length=64, unique=True)
    fraud_type = models.CharField(_("what the bank says"), max_length=64)
    warned_at = models.DateTimeField(_("warned at"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    note = models.CharField(_("in words"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("fraud warning")
        verbose_name_plural = _("fraud warnings")
        ordering = ["-warned_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="waiting", decided_at=None)
                | ~Q(outcome="waiting") & Q(decided_at__isnull=False),
                name="warning_decided_at_matches_outcome",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="kept") | Q(actor__isnull=False) & ~Q(note=""),
                name="warning_kept_is_signed",
            ),
        ]
        triggers = [pgtrigger.Protect(name="warning_is_kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.donation} · {self.fraud_type}"
