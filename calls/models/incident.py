from datetime import datetime, timedelta
from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from calls.models.call import Call


class StopQuerySet(models.QuerySet["Stop"]):
    """Questions about what is switched off."""

    def off(self) -> Self:
        """Keep the switches that are off."""
        return self.exclude(status=Stop.Status.ENDED)

    def holding(self, what: "Stop.What") -> Self:
        """Keep those that are off for one kind of thing."""
        return self.off().filter(what=what)

    def calls_holding(self, what: "Stop.What") -> models.QuerySet:
        """Return the ids of the calls in which one kind of thing is switched off."""
        return self.holding(what).values("call_id")

    def waiting(self) -> Self:
        """Keep those of which a second person has not yet said anything."""
        return self.filter(status__in=[Stop.Status.UNCONFIRMED, Stop.Status.ENDING])

    def overdue(self, now: datetime) -> Self:
        """Keep those nobody has confirmed in time."""
        return self.filter(status=Stop.Status.UNCONFIRMED, confirm_until__lte=now)


class Stop(models.Model):
    """One thing switched off in one call during an incident, by one person and confirmed by another.

    Switching off acts at once; switching on again takes two people. The published call itself stays frozen.
    """

    #: How long a switch may be off on one person's word before it counts as overdue.
    CONFIRM_WITHIN = timedelta(hours=24)

    class What(models.TextChoices):
        GIFTS = "gifts", _("new gifts")
        RELEASES = "releases", _("grants and payouts")
        REFUNDS = "refunds", _("refunds")
        MAILS = "mails", _("mails")

    class Status(models.TextChoices):
        #: Off on one person's word.
        UNCONFIRMED = "unconfirmed", _("off, waits for a second person")
        #: Off on two people's word.
        CONFIRMED = "confirmed", _("off")
        #: Still off: one person has proposed to switch it on again.
        ENDING = "ending", _("off, switching on waits for a second person")
        ENDED = "ended", _("on again")

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="stops", verbose_name=_("call"))
    what = models.CharField(_("what is stopped"), max_length=10, choices=What)
    status = models.CharField(_("state"), max_length=12, choices=Status, default=Status.UNCONFIRMED)
    reason = models.TextField(_("reason"))
    public_reason = models.TextField(_("public reason"), blank=True)
    off_at = models.DateTimeField(_("off since"))
    off_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("switched off by"),
    )
    confirm_until = models.DateTimeField(_("to be confirmed by a second person until"))
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("confirmed by"),
    )
    proposed_at = models.DateTimeField(_("switching on proposed at"), null=True, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("switching on proposed by"),
    )
    ended_at = models.DateTimeField(_("on again since"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("switched on by"),
    )

    objects = StopQuerySet.as_manager()

    class Meta:
        verbose_name = _("stop")
        verbose_name_plural = _("stops")
        ordering = ["-off_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["call", "what"], name="stop_once_at_a_time", condition=~Q(status="ended")
            ),
            models.CheckConstraint(
                condition=Q(status="unconfirmed", confirmed_at=None, proposed_at=None, ended_at=None)
                | Q(status="confirmed", confirmed_at__isnull=False, proposed_at=None, ended_at=None)
                | Q(status="ending", confirmed_at__isnull=False, proposed_at__isnull=False, ended_at=None)
                # Ended by two people's word, or because the second person never confirmed the first one's.
                | Q(status="ended", ended_at__isnull=False)
                & (
                    Q(confirmed_at__isnull=False, proposed_at__isnull=False)
                    | Q(confirmed_at=None, proposed_at=None)
                ),
                name="stop_times_match_status",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None, confirmed_by=None)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False) & ~Q(confirmed_by=F("off_by")),
                name="stop_confirmed_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(proposed_at=None, proposed_by=None)
                | Q(proposed_at__isnull=False, proposed_by__isnull=False),
                name="stop_proposal_is_signed",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None)
                | Q(ended_at__isnull=False, ended_by__isnull=False, proposed_by=None)
                & ~Q(ended_by=F("off_by"))
                | Q(ended_at__isnull=False, ended_by__isnull=False, proposed_by__isnull=False)
                & ~Q(ended_by=F("proposed_by")),
                name="stop_ended_by_a_second_person",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="stop_has_reason"),
            models.CheckConstraint(
                condition=~Q(what="gifts") | ~Q(public_reason=""), name="stop_of_gifts_has_public_reason"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="stop_is_what_was_switched_off",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("call", "what", "reason", "public_reason", "off_at", "off_by"),
            ),
            pgtrigger.Protect(
                name="ended_stop_is_kept",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__status="ended"),
            ),
            pgtrigger.Protect(name="stop_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.call} · {self.get_what_display()}"

    def get_absolute_url(self) -> str:
        return reverse("admin:calls_stop_change", args=[self.pk])


class StopStep(models.Model):
    """One act of one person on a stop; the rows of a stop are its history."""

    class Kind(models.TextChoices):
        OFF = "off", _("switched off")
        CONFIRMED = "confirmed", _("confirmed that it is off")
        NOT_CONFIRMED = "not_confirmed", _("not confirmed: on again")
        PROPOSED = "proposed", _("proposed to switch it on")
        REFUSED = "refused", _("refused to switch it on")
        ON = "on", _("switched on again")

    stop = models.ForeignKey(Stop, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(_("what happened"), max_length=15, choices=Kind)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by")
    )
    reason = models.TextField(_("reason"))

    class Meta:
        verbose_name = _("step of a stop")
        verbose_name_plural = _("steps of stops")
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="stop_step_has_reason")]
        triggers = [
            pgtrigger.Protect(name="stop_step_is_kept", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
