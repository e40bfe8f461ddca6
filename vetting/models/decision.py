"""Officers decide which applications may ask citizens for money."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from calls.models import Application

#: Who decides confirms what somebody else has proposed: about this application, or a final ranking with its place.
TAKES_TWO_PEOPLE = """
    IF NOT EXISTS (
        SELECT 1 FROM vetting_decisionproposal p
        WHERE p.application_id = NEW.application_id AND p.state = 'confirmed' AND p.outcome = NEW.outcome
        AND p.decided_by_id = NEW.decided_by_id AND p.decided_at = NEW.decided_at
    ) AND NOT EXISTS (
        SELECT 1 FROM vetting_rankingentry e JOIN vetting_ranking r ON r.id = e.ranking_id
        WHERE e.application_id = NEW.application_id AND r.status = 'published' AND r.kind <> 'provisional'
        AND r.decided_by_id = NEW.decided_by_id
    ) THEN
        RAISE EXCEPTION 'a decision takes two people' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
"""

#: All that may ever change: an exclusion leaves its application, by the act that two people have taken it back with.
STAYS_UNLESS_ANNULLED = """
    IF OLD.outcome = 'inadmissible' AND OLD.annulment_id IS NULL AND NEW.application_id IS NULL
        AND NEW.was_about_id = OLD.application_id
        AND ROW(NEW.id, NEW.outcome, NEW.reason, NEW.admitted_cost_cents, NEW.decided_at, NEW.decided_by_id)
            IS NOT DISTINCT FROM
            ROW(OLD.id, OLD.outcome, OLD.reason, OLD.admitted_cost_cents, OLD.decided_at, OLD.decided_by_id)
        AND EXISTS (
            SELECT 1 FROM vetting_decisionproposal p WHERE p.id = NEW.annulment_id AND p.outcome = 'annulled'
            AND p.state = 'confirmed' AND p.application_id = OLD.application_id
        )
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a decision is never changed' USING ERRCODE = '23514';
"""


class Decision(models.Model):
    """The outcome of an application, with its reason and, if admitted, its admitted cost; it is never changed.

    One person has proposed it and another one confirmed it: in a proposal of its own, or in a final ranking. An exclusion
    that was taken back stands beside its application, not on it any more.
    """

    class Outcome(models.TextChoices):
        ADMITTED = "admitted", _("admitted")
        INADMISSIBLE = "inadmissible", _("not admitted")
        #: By a final ranking: below the pass mark, or the fund was used up.
        NOT_SELECTED = "not_selected", _("not selected")

    application = models.OneToOneField(
        Application,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="decision",
        verbose_name=_("application"),
    )
    #: The application it was about until it was taken back.
    was_about = models.ForeignKey(
        Application, on_delete=models.PROTECT, null=True, blank=True, related_name="annulled_decisions"
    )
    #: The proposal by which two people took it back, with its act.
    annulment = models.OneToOneField(
        "vetting.DecisionProposal", on_delete=models.PROTECT, null=True, blank=True, related_name="annuls"
    )
    outcome = models.CharField(_("outcome"), max_length=15, choices=Outcome)
    reason = models.TextField(_("reason"), max_length=2000)
    admitted_cost_cents = models.PositiveBigIntegerField(_("admitted cost (cents)"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided at"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("decided by")
    )

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["-decided_at"]
        constraints = [
            models.CheckConstraint(
                # A comparison with nothing is neither true nor false, and a check passes unless it is false.
                condition=Q(outcome="admitted", admitted_cost_cents__isnull=False, admitted_cost_cents__gt=0)
                | Q(outcome__in=["inadmissible", "not_selected"], admitted_cost_cents=None),
                name="decision_cost_matches_outcome",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="decision_has_reason"),
            models.CheckConstraint(
                condition=Q(application__isnull=False, was_about=None, annulment=None)
                | Q(application=None, was_about__isnull=False, annulment__isnull=False),
                name="decision_stands_or_is_annulled",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="decision_is_final", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="decision_stays_unless_annulled",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=STAYS_UNLESS_ANNULLED,
            ),
            pgtrigger.Trigger(
                name="decision_takes_two_people",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=TAKES_TWO_PEOPLE,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application or self.was_about}: {self.get_outcome_display()}"
