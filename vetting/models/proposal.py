from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from calls.models import Application
from vetting.models.decision import Decision


class DecisionProposalQuerySet(models.QuerySet["DecisionProposal"]):
    """Questions about decisions that one officer has proposed."""

    def waiting(self) -> Self:
        """Keep those on which a second person has not decided."""
        return self.filter(state=DecisionProposal.State.PROPOSED)


class DecisionProposal(models.Model):
    """An application is to be admitted or excluded, or its exclusion taken back: one officer proposes it, another confirms.

    Nothing has happened to the application until then, and its body is told nothing.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("waits for a second person")
        CONFIRMED = "confirmed", _("confirmed")
        DROPPED = "dropped", _("dropped")

    class Outcome(models.TextChoices):
        ADMITTED = Decision.Outcome.ADMITTED.value, _("to admit")
        INADMISSIBLE = Decision.Outcome.INADMISSIBLE.value, _("to exclude")
        #: By an act of the municipality; the application waits for a decision again. Source: L. 241/1990 art. 21-nonies.
        ANNULLED = "annulled", _("to take the exclusion back")

    application = models.ForeignKey(
        Application,
        on_delete=models.PROTECT,
        related_name="decision_proposals",
        verbose_name=_("application"),
    )
    outcome = models.CharField(_("outcome"), max_length=15, choices=Outcome)
    reason = models.TextField(_("reason"), max_length=2000)
    admitted_cost_cents = models.PositiveBigIntegerField(_("admitted cost (cents)"), null=True, blank=True)
    act_number = models.CharField(_("number of the act"), max_length=60, blank=True)
    act_date = models.DateField(_("date of the act"), null=True, blank=True)
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

    objects = DecisionProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposed decision")
        verbose_name_plural = _("proposed decisions")
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application"], name="decision_proposal_one_at_a_time", condition=Q(state="proposed")
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="decision_proposal_has_a_reason"),
            models.CheckConstraint(
                condition=Q(outcome="admitted", admitted_cost_cents__isnull=False, admitted_cost_cents__gt=0)
                | Q(outcome__in=["inadmissible", "annulled"], admitted_cost_cents=None),
                name="decision_proposal_cost_matches_outcome",
            ),
            models.CheckConstraint(
                condition=Q(outcome="annulled", act_date__isnull=False) & ~Q(act_number="")
                | ~Q(outcome="annulled") & Q(act_number="", act_date=None),
                name="decision_proposal_annuls_by_an_act",
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_by=None, decided_at=None, drop_reason="")
                | Q(state="dropped", decided_by__isnull=False, decided_at__isnull=False) & ~Q(drop_reason="")
                | Q(state="confirmed", decided_by__isnull=False, decided_at__isnull=False, drop_reason="")
                & ~Q(decided_by=F("proposed_by")),
                name="decision_proposal_takes_two_people",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="decision_proposal_is_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="decided_proposal_is_kept",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=["confirmed", "dropped"]),
            ),
            pgtrigger.Protect(
                name="decision_proposal_is_what_was_proposed",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "application",
                    "outcome",
                    "reason",
                    "admitted_cost_cents",
                    "act_number",
                    "act_date",
                    "proposed_at",
                    "proposed_by",
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application}: {self.get_outcome_display()}"

    @property
    def act_shown(self) -> str:
        """Return the act by which an exclusion is taken back, with its day; nothing for other proposals."""
        return f"{self.act_number}, {self.act_date:%d/%m/%Y}" if self.act_date else ""
