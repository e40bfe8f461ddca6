"""A threshold that refunds or disputes have undone: before the award some days, after it a gap that is followed."""

from datetime import datetime, timedelta
from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import ExpressionWrapper, F, Q, Value
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.models import Campaign
from matching.models.grant import Grant


class CureQuerySet(models.QuerySet["Cure"]):
    """Questions about thresholds to restore."""

    def open(self) -> Self:
        """Keep those that are still to be restored."""
        return self.filter(state=Cure.State.OPEN)


class Cure(models.Model):
    """The days in which a campaign may restore a threshold that refunds or disputes have undone before the award."""

    class State(models.TextChoices):
        OPEN = "open", _("to be restored")
        RESTORED = "restored", _("restored")
        LAPSED = "lapsed", _("not restored")

    campaign = models.OneToOneField(
        Campaign, on_delete=models.PROTECT, related_name="cure", verbose_name=_("campaign")
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    missing_cents = models.PositiveBigIntegerField(_("missing at the start (cents)"))
    started_at = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = CureQuerySet.as_manager()

    class Meta:
        verbose_name = _("threshold to restore")
        verbose_name_plural = _("thresholds to restore")
        ordering = ["until"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", ended_at=None) | ~Q(state="open") & Q(ended_at__isnull=False),
                name="cure_ended_at_matches_state",
            ),
            models.CheckConstraint(condition=Q(until__gt=F("started_at")), name="cure_lasts"),
        ]
        triggers = [pgtrigger.Protect(name="cure_is_kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.campaign} · {self.get_state_display()}"


class CurePayment(models.Model):
    """A traced payment by which a promoter restored its own threshold, in calls that allow it; an officer saw the proof."""

    cure = models.ForeignKey(
        Cure, on_delete=models.PROTECT, related_name="payments", verbose_name=_("threshold to restore")
    )
    amount_cents = models.PositiveBigIntegerField(_("amount (cents)"))
    evidence = models.CharField(_("evidence"), max_length=500)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        verbose_name = _("payment of the promoter")
        verbose_name_plural = _("payments of the promoter")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0) & ~Q(evidence=""), name="cure_payment_has_evidence"
            )
        ]
        triggers = [
            pgtrigger.Protect(name="cure_payment_is_kept", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.cure}: {self.amount_cents}"


class ShortfallQuerySet(models.QuerySet["Shortfall"]):
    """Questions about awarded campaigns that have fallen below their threshold."""

    def open(self) -> Self:
        """Keep those that nothing and nobody has covered."""
        return self.filter(state=Shortfall.State.OPEN)

    def grave(self) -> Self:
        """Keep the open ones that are too large a part of the threshold."""
        most = F("grant__threshold_cents") * Shortfall.GRAVE_BP
        return self.open().annotate(lost=F("amount_cents") * 10_000).filter(lost__gt=most)

    def to_weigh(self, now: datetime) -> Self:
        """Keep the open ones for which an officer weighs a revocation, and of which none is proposed yet.

        They are grave, or open for longer than the days the call gives to restore a threshold.
        """
        days = F("grant__campaign__application__call__cure_days") * Value(timedelta(days=1))
        lasting = self.open().annotate(days=ExpressionWrapper(days, models.DurationField()))
        overdue = lasting.filter(opened_at__lte=now - F("days"))
        weighed = Q(pk__in=self.grave().values("pk")) | Q(pk__in=overdue.values("pk"))
        return self.filter(weighed).exclude(grant__revocations__state="proposed")


class Shortfall(models.Model):
    """What an awarded campaign lacks to its threshold after refunds or disputes: the grant stays, the gap is followed."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("masculine", "open")
        #: Disputes won or new gifts.
        RESTORED = "restored", _("restored by itself")
        COVERED = "covered", _("covered by the promoter")
        #: The grant has been taken back.
        CLOSED = "closed", _("closed with the grant")

    #: Above this share of the threshold, in basis points, an officer weighs whether to take the grant back.
    GRAVE_BP = 500

    grant = models.ForeignKey(
        Grant, on_delete=models.PROTECT, related_name="shortfalls", verbose_name=_("grant")
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    #: What is missing now, or was when it ended; what the promoter has covered before is not missing any more.
    amount_cents = models.PositiveBigIntegerField(_("amount (cents)"))
    opened_at = models.DateTimeField(_("since"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    note = models.CharField(_("how it was covered"), max_length=1000, blank=True)
    covered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("recorded by"),
    )

    objects = ShortfallQuerySet.as_manager()

    class Meta:
        verbose_name = _("shortfall")
        verbose_name_plural = _("shortfalls")
        ordering = ["-opened_at"]
        constraints = [
            models.UniqueConstraint(fields=["grant"], name="shortfall_open_once", condition=Q(state="open")),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="shortfall_is_something"),
            models.CheckConstraint(
                condition=Q(state="open", ended_at=None) | ~Q(state="open") & Q(ended_at__isnull=False),
                name="shortfall_ended_at_matches_state",
            ),
            models.CheckConstraint(
                condition=Q(state="covered", covered_by__isnull=False) & ~Q(note="")
                | ~Q(state="covered") & Q(covered_by=None, note=""),
                name="shortfall_cover_is_signed",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="shortfall_is_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="ended_shortfall_is_kept",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state="open"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grant.campaign} · {self.get_state_display()}"

    @property
    def lost_bp(self) -> int:
        """Return which share of the threshold is missing, in basis points, rounded down."""
        return self.amount_cents * 10_000 // self.grant.threshold_cents

    @property
    def until(self) -> datetime:
        """Return the end of the days the call gives to restore a threshold, counted from the opening."""
        return self.opened_at + timedelta(days=self.grant.campaign.call.cure_days)
