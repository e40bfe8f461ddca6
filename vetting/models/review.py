"""Reviews of a provisional ranking that bodies ask for, and the points that are corrected after one."""

from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from calls.models import Criterion
from vetting.models.ranking import RankingEntry
from vetting.models.sheet import ScoreSheet

IN_TIME = """
    IF NOT EXISTS (
        SELECT 1 FROM vetting_rankingentry e JOIN vetting_ranking r ON r.id = e.ranking_id
        WHERE e.id = NEW.entry_id AND r.status = 'published'
        AND r.decided_at <= NEW.filed_at AND NEW.filed_at < r.reviews_until
    ) THEN
        RAISE EXCEPTION 'a review is asked for in the days after the provisional ranking' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
"""


class ReviewRequestQuerySet(models.QuerySet["ReviewRequest"]):
    """Questions about reviews."""

    def pending(self) -> Self:
        """Keep those that wait for an answer."""
        return self.filter(outcome=ReviewRequest.Outcome.PENDING)


class ReviewRequest(models.Model):
    """A body asks that its place in a provisional ranking be looked at again; the money of that place waits."""

    class Outcome(models.TextChoices):
        PENDING = "pending", _("waits for an answer")
        UPHELD = "upheld", _("upheld")
        REJECTED = "rejected", _("rejected")

    entry = models.OneToOneField(
        RankingEntry, on_delete=models.PROTECT, related_name="review", verbose_name=_("place in the ranking")
    )
    text = models.TextField(_("what should be looked at again"), max_length=4000)
    filed_at = models.DateTimeField(_("asked at"))
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, default=Outcome.PENDING)
    answer = models.TextField(_("answer"), max_length=4000, blank=True)
    decided_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("answered by"),
    )

    objects = ReviewRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("review request")
        verbose_name_plural = _("review requests")
        ordering = ["filed_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="review_has_a_text"),
            models.CheckConstraint(
                condition=Q(outcome="pending", decided_at=None, decided_by=None, answer="")
                | Q(outcome__in=["upheld", "rejected"], decided_at__isnull=False, decided_by__isnull=False)
                & ~Q(answer=""),
                name="review_answer_matches_outcome",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="review_is_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="answered_review_is_kept",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__outcome__in=["upheld", "rejected"]),
            ),
            pgtrigger.Protect(
                name="review_is_what_was_asked",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("entry", "text", "filed_at", "filed_by"),
            ),
            pgtrigger.Trigger(
                name="review_in_time", when=pgtrigger.Before, operation=pgtrigger.Insert, func=IN_TIME
            ),
        ]

    def __str__(self) -> str:
        return str(self.entry)

    @property
    def application(self):  # type: ignore[no-untyped-def]
        """Return the application it is about."""
        return self.entry.application


class ScoreCorrection(models.Model):
    """What the committee gives instead of one score of a closed round, after a review that was upheld.

    The sheet itself stays as it was; the next version of the ranking is computed from the correction.
    """

    review = models.ForeignKey(ReviewRequest, on_delete=models.PROTECT, related_name="corrections")
    sheet = models.ForeignKey(ScoreSheet, on_delete=models.PROTECT, related_name="corrections")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    #: In hundredths; nothing where the criterion does not apply.
    points = models.PositiveIntegerField(_("points (hundredths)"), null=True, blank=True)

    class Meta:
        verbose_name = _("corrected score")
        verbose_name_plural = _("corrected scores")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["review", "sheet", "criterion"], name="score_correction_once")
        ]
        triggers = [
            pgtrigger.Protect(name="score_correction_is_kept", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.sheet} · {self.criterion}"
