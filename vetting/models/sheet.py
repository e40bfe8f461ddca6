"""What a member thinks of an application: a sheet about one version of it, with a score for each criterion."""

from collections.abc import Sequence
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from calls.models import ApplicationVersion, Call, Criterion
from vetting.models.assignment import ROUND_OF_ASSIGNMENT, Assignment
from vetting.models.round import frozen_with_round
from vetting.sheet_rules import CriterionRule, Points

SHEET_IS_IN_ORDER = """
    IF NOT EXISTS (
        SELECT 1 FROM vetting_assignment a
        JOIN calls_applicationversion v ON v.id = NEW.application_version_id
        JOIN vetting_conflictdeclaration d ON d.assignment_id = a.id AND d.answer = 'none'
        WHERE a.id = NEW.assignment_id AND v.application_id = a.application_id AND a.removed_at IS NULL
    ) THEN
        RAISE EXCEPTION 'a sheet is about a version of an application its member has and declared free of conflicts'
            USING ERRCODE = '23514';
    END IF;
    IF NEW.status = 'final' AND EXISTS (
        SELECT 1 FROM calls_criterion c
        JOIN calls_applicationversion v ON v.id = NEW.application_version_id AND c.call_id = v.call_id
        LEFT JOIN vetting_score s ON s.criterion_id = c.id AND s.sheet_id = NEW.id
        WHERE s.id IS NULL OR (s.points IS NULL AND NOT s.not_applicable)
            OR (s.points < c.min_points * 100 AND s.comment = '')
    ) THEN
        RAISE EXCEPTION 'a final sheet says something of every criterion, and why where it is below the minimum'
            USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
"""
SCORE_IS_IN_ORDER = """
    IF EXISTS (SELECT 1 FROM vetting_scoresheet WHERE status = 'final'
        AND id = (to_jsonb(COALESCE(NEW, OLD))->>'sheet_id')::bigint) THEN
        RAISE EXCEPTION 'a final sheet is never changed' USING ERRCODE = '23514';
    END IF;
    IF TG_OP <> 'DELETE' AND NOT EXISTS (
        SELECT 1 FROM vetting_scoresheet s
        JOIN calls_applicationversion v ON v.id = s.application_version_id
        JOIN calls_criterion c ON c.id = NEW.criterion_id AND c.call_id = v.call_id
        WHERE s.id = NEW.sheet_id AND (NEW.points IS NULL OR NEW.points <= c.max_points * 100)
    ) THEN
        RAISE EXCEPTION 'a score is about a criterion of its call and at most the highest' USING ERRCODE = '23514';
    END IF;
    RETURN COALESCE(NEW, OLD);
"""
#: SQL for the round of a score.
ROUND_OF_SCORE = (
    "SELECT a.round_id FROM vetting_scoresheet s JOIN vetting_assignment a ON a.id = s.assignment_id "
    "WHERE s.id = (to_jsonb(COALESCE(NEW, OLD))->>'sheet_id')::bigint"
)


def criteria_of(call: Call) -> list[CriterionRule]:
    """Return a call's criteria as the rules take them, in its order; their key is the row's number as text."""
    return [
        CriterionRule(str(one.pk), one.name, one.max_points, one.min_points, one.weight_bp)
        for one in call.criteria.all()
    ]


class ScoreSheetQuerySet(models.QuerySet["ScoreSheet"]):
    """Questions about sheets."""

    def final(self) -> Self:
        """Keep those that are not changed any more."""
        return self.filter(status=ScoreSheet.Status.FINAL)

    def counting(self) -> Self:
        """Keep those a ranking is made of: final, about the latest version, of a member who still has the application."""
        versions = ApplicationVersion.objects.filter(application=OuterRef("assignment__application"))
        latest = Subquery(versions.order_by("-number").values("pk")[:1])
        return self.final().filter(assignment__removed_at=None, application_version=latest)

    def with_scores(self) -> Self:
        """Fetch what a total is computed from."""
        return self.select_related("assignment__member__user").prefetch_related("scores__criterion")


class ScoreSheet(models.Model):
    """A member's sheet about one version of an application; a final one is never changed."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        FINAL = "final", _("final")

    assignment = models.ForeignKey(
        Assignment, on_delete=models.PROTECT, related_name="sheets", verbose_name=_("assignment")
    )
    application_version = models.ForeignKey(
        ApplicationVersion, on_delete=models.PROTECT, related_name="sheets", verbose_name=_("version judged")
    )
    status = models.CharField(_("state"), max_length=10, choices=Status, default=Status.DRAFT)
    comment = models.TextField(_("general comment"), max_length=4000, blank=True)
    #: Field name to the text as it was typed, where it can't be read as points.
    unfinished = models.JSONField(_("typed but not readable"), default=dict, blank=True)
    saved_at = models.DateTimeField(_("saved at"))
    finalised_at = models.DateTimeField(_("final at"), null=True, blank=True)
    #: The sheet about an earlier version that its member has confirmed as it was.
    confirms = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="confirmed_by"
    )

    objects = ScoreSheetQuerySet.as_manager()

    class Meta:
        verbose_name = _("score sheet")
        verbose_name_plural = _("score sheets")
        ordering = ["assignment", "application_version"]
        permissions = [("score_application", "Can read and score the applications assigned to oneself")]
        constraints = [
            models.UniqueConstraint(
                fields=["assignment", "application_version"], name="score_sheet_once_per_version"
            ),
            models.CheckConstraint(
                condition=Q(status="draft", finalised_at=None)
                | Q(
                    status="final", finalised_at__isnull=False, finalised_at__gte=F("saved_at"), unfinished={}
                ),
                name="score_sheet_final_at_matches_status",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="score_sheet_final_is_kept",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__status="final"),
            ),
            pgtrigger.Protect(name="score_sheet_is_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="score_sheet_in_order",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=SHEET_IS_IN_ORDER,
            ),
            frozen_with_round("score_sheet", ROUND_OF_ASSIGNMENT),
        ]

    def __str__(self) -> str:
        return f"{self.assignment} · {self.application_version}"

    @property
    def is_final(self) -> bool:
        """Say whether it is not changed any more."""
        return self.status == self.Status.FINAL

    @property
    def points(self) -> Sequence[Points]:
        """Return what it says so far, as the rules take it; a criterion without points yet is left out."""
        return [
            Points(str(score.criterion_id), score.points)
            for score in self.scores.all()
            if score.not_applicable or score.points is not None
        ]


class Score(models.Model):
    """What a sheet says of one criterion: points, or that it does not apply, which is never a zero."""

    sheet = models.ForeignKey(
        ScoreSheet, on_delete=models.PROTECT, related_name="scores", verbose_name=_("score sheet")
    )
    criterion = models.ForeignKey(
        Criterion, on_delete=models.PROTECT, related_name="scores", verbose_name=_("criterion")
    )
    points = models.PositiveIntegerField(_("points (hundredths)"), null=True, blank=True)
    not_applicable = models.BooleanField(_("does not apply"), default=False)
    comment = models.TextField(_("comment"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        ordering = ["criterion__position", "criterion_id"]
        constraints = [
            models.UniqueConstraint(fields=["sheet", "criterion"], name="score_once"),
            models.CheckConstraint(
                condition=Q(not_applicable=False) | Q(points=None),
                name="score_without_points_if_not_applicable",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="score_in_order",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=SCORE_IS_IN_ORDER,
            ),
            frozen_with_round("score", ROUND_OF_SCORE),
        ]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.points}"
