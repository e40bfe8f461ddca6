"""A closed round that its president wants to open again: one person asks, another one lets it happen."""

from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from vetting.models.round import Round


class ReopeningQuerySet(models.QuerySet["Reopening"]):
    """Questions about rounds that are to be opened again."""

    def waiting(self) -> Self:
        """Keep those on which a second person has not decided."""
        return self.filter(state=Reopening.State.PROPOSED)

    def confirmed(self) -> Self:
        """Keep those after which the committee went on, the first one first."""
        return self.filter(state=Reopening.State.CONFIRMED).order_by("decided_at", "pk")


class Reopening(models.Model):
    """The president asks with a reason that a closed round be opened again; nothing happens until a second person agrees."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("waits for a second person")
        CONFIRMED = "confirmed", _("confirmed")
        DROPPED = "dropped", _("dropped")

    round = models.ForeignKey(
        Round, on_delete=models.PROTECT, related_name="reopenings", verbose_name=_("evaluation round")
    )
    #: The closing that is undone: a round may be closed, and opened again, more than once.
    closed_at = models.DateTimeField(_("closed at"))
    reason = models.TextField(_("reason"), max_length=2000)
    due_at = models.DateTimeField(_("sheets are due by"))
    #: The assignments, by number, whose members judge again; all other final sheets stand.
    again = models.JSONField(_("to judge again"), default=list, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PROPOSED)
    proposed_at = models.DateTimeField(_("proposed at"))
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("proposed by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    drop_reason = models.CharField(_("why it was dropped"), max_length=2000, blank=True)

    objects = ReopeningQuerySet.as_manager()

    class Meta:
        verbose_name = _("round to open again")
        verbose_name_plural = _("rounds to open again")
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["round"], name="reopening_one_at_a_time", condition=Q(state="proposed")
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="reopening_has_a_reason"),
            models.CheckConstraint(
                condition=Q(due_at__gt=F("proposed_at")), name="reopening_due_after_it_was_proposed"
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_by=None, decided_at=None, drop_reason="")
                | Q(state="dropped", decided_by__isnull=False, decided_at__isnull=False) & ~Q(drop_reason="")
                | Q(state="confirmed", decided_by__isnull=False, decided_at__isnull=False, drop_reason="")
                & ~Q(decided_by=F("proposed_by")),
                name="reopening_takes_two_people",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="reopening_is_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="decided_reopening_is_kept",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=["confirmed", "dropped"]),
            ),
            pgtrigger.Protect(
                name="reopening_is_what_was_proposed",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "round", "closed_at", "reason", "due_at", "again", "proposed_at", "proposed_by"
                ),
            ),
        ]

    def __str__(self) -> str:
        return str(self.round)
