from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from calls.models.call import Call
from calls.models.freeze import BEFORE_THE_FIRST, LATER_WINDOW, SAME_CALL, frozen_with_call


class Fund(models.Model):
    """The money a municipality puts into a call, or into one of its application windows.

    What is left of it is the ledger's business; this row says what was allocated at publication.
    """

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="funds")
    name = models.CharField(_("name"), max_length=150)
    allocation_cents = models.PositiveBigIntegerField(_("allocation (cents)"))

    class Meta:
        verbose_name = _("fund")
        verbose_name_plural = _("funds")
        ordering = ["pk"]
        triggers = [frozen_with_call("fund")]

    def __str__(self) -> str:
        return self.name


class CallSession(models.Model):
    """An application window, half-open: opens_at <= now < closes_at."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="sessions")
    number = models.PositiveSmallIntegerField(_("number"), default=1)
    opens_at = models.DateTimeField(_("opens at"))
    closes_at = models.DateTimeField(
        _("closes at"), help_text=_("Exclusive: to accept all of 31 October, write 1 November at 00:00.")
    )
    allocation_cents = models.PositiveBigIntegerField(
        _("share of the fund (cents)"),
        null=True,
        blank=True,
        help_text=_("Empty in every window: the windows draw on one fund."),
    )
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, null=True, blank=True, related_name="sessions")

    class Meta:
        verbose_name = _("application window")
        verbose_name_plural = _("application windows")
        ordering = ["opens_at"]
        constraints = [
            models.UniqueConstraint(fields=["call", "number"], name="session_number_once"),
            models.CheckConstraint(
                condition=Q(opens_at__lt=F("closes_at")), name="session_opens_before_closing"
            ),
        ]
        triggers = [frozen_with_call("session", LATER_WINDOW)]

    def __str__(self) -> str:
        return f"{self.call} · {self.number}"

    def is_open(self, now: datetime) -> bool:
        """Say whether applications may be submitted at an instant."""
        return self.opens_at <= now < self.closes_at


class Theme(models.Model):
    """What a project may be about."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="themes")
    name = models.CharField(_("name"), max_length=120)

    class Meta:
        verbose_name = _("theme")
        verbose_name_plural = _("themes")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["call", "name"], name="theme_once")]
        triggers = [frozen_with_call("theme", SAME_CALL)]

    def __str__(self) -> str:
        return self.name


class Criterion(models.Model):
    """What the committee scores."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="criteria")
    name = models.CharField(_("name"), max_length=120)
    description = models.CharField(_("description"), max_length=500, blank=True)
    weight_bp = models.PositiveIntegerField(
        _("weight (basis points)"), default=10_000, help_text=_("10000: the points count as they are.")
    )
    max_points = models.PositiveSmallIntegerField(_("highest score"))
    min_points = models.PositiveSmallIntegerField(_("lowest score to pass"), default=0)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        ordering = ["position", "pk"]
        triggers = [frozen_with_call("criterion", BEFORE_THE_FIRST)]

    def __str__(self) -> str:
        return self.name


class DocumentRequirement(models.Model):
    """A document an application has to carry."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="document_requirements")
    name = models.CharField(_("name"), max_length=120)
    description = models.CharField(_("description"), max_length=500, blank=True)
    required = models.BooleanField(_("required"), default=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("required document")
        verbose_name_plural = _("required documents")
        ordering = ["position", "pk"]
        triggers = [frozen_with_call("document", SAME_CALL)]

    def __str__(self) -> str:
        return self.name
