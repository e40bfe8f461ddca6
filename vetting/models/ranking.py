"""Rankings of the applications of a window: each version with the very input it was computed from."""

from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from calls.models import Application, Call, CallSession

DIGEST_FITS = """
    IF NEW.sha256 <> encode(sha256(convert_to(NEW.input_csv, 'UTF8')), 'hex') THEN
        RAISE EXCEPTION 'the fingerprint is not that of the input' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
"""


class RankedSession(CallSession):
    """A window as the desk sees it when its applications are ranked."""

    class Meta:
        proxy = True
        verbose_name = _("ranking of a window")
        verbose_name_plural = _("rankings by window")


class RankingQuerySet(models.QuerySet["Ranking"]):
    """Questions about rankings."""

    def published(self) -> Self:
        """Keep what everybody may read, the newest version first."""
        return self.filter(status=Ranking.Status.PUBLISHED).order_by("-number")

    def waiting(self) -> Self:
        """Keep those on which a second person has not decided."""
        return self.filter(status=Ranking.Status.PROPOSED)

    def latest_of(self, session: CallSession) -> "Ranking | None":
        """Return the version of a window's ranking that holds, or None."""
        return self.published().filter(session=session).first()


class Ranking(models.Model):
    """A version of the ranking of a window: one officer proposes it, another one publishes it; never changed afterwards.

    Its input is kept as it is published: `manage.py recompute_ranking` gives the same places from that text alone.
    """

    class Kind(models.TextChoices):
        #: Reviews may be asked for; nobody is admitted yet.
        PROVISIONAL = "provisional", _("provisional")
        FINAL = "final", _("final")
        #: A later version of a final one: places move up, mistakes are put right.
        AMENDED = "amended", _("amended")

    class Status(models.TextChoices):
        #: Only the desk sees it.
        PROPOSED = "proposed", _("waits for a second person")
        PUBLISHED = "published", pgettext_lazy("feminine", "published")
        DROPPED = "dropped", _("dropped")

    session = models.ForeignKey(
        CallSession, on_delete=models.PROTECT, related_name="rankings", verbose_name=_("application window")
    )
    number = models.PositiveSmallIntegerField(_("version"), null=True, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    status = models.CharField(_("state"), max_length=10, choices=Status, default=Status.PROPOSED)
    reason = models.TextField(_("reason"), max_length=2000)
    input_csv = models.TextField(_("input"))
    sha256 = models.CharField(_("fingerprint (SHA-256)"), max_length=64)
    proposed_at = models.DateTimeField(_("proposed at"))
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("proposed by")
    )
    #: The instant of publication, or of the refusal.
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
    #: Exclusive; only of a provisional one.
    reviews_until = models.DateTimeField(_("reviews may be asked for until"), null=True, blank=True)

    objects = RankingQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a ranking")
        verbose_name_plural = _("versions of rankings")
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["session", "number"], name="ranking_version_once"),
            models.UniqueConstraint(
                fields=["session"], name="ranking_waits_alone", condition=Q(status="proposed")
            ),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(input_csv=""), name="ranking_has_a_reason"),
            models.CheckConstraint(
                condition=Q(status="proposed", number=None, decided_at=None, decided_by=None, drop_reason="")
                | Q(status="dropped", number=None, decided_at__isnull=False, decided_by__isnull=False)
                & ~Q(drop_reason="")
                | Q(status="published", number__gte=1, decided_at__isnull=False, decided_by__isnull=False)
                & Q(number__isnull=False, drop_reason="")
                & ~Q(decided_by=F("proposed_by")),
                name="ranking_takes_two_people",
            ),
            models.CheckConstraint(
                condition=Q(kind="provisional", status="published", reviews_until__gt=F("decided_at"))
                & Q(reviews_until__isnull=False)
                | (~Q(kind="provisional", status="published") & Q(reviews_until=None)),
                name="ranking_reviews_until_matches_kind",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="ranking_is_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="decided_ranking_is_kept",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__status__in=["published", "dropped"]),
            ),
            pgtrigger.Protect(
                name="ranking_is_what_was_proposed",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "session", "kind", "reason", "input_csv", "sha256", "proposed_at", "proposed_by"
                ),
            ),
            pgtrigger.Trigger(
                name="ranking_digest_fits",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=DIGEST_FITS,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session} · {self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        return reverse(
            "vetting:ranking_version", args=[self.session.call.slug, self.session.number, self.number]
        )

    @property
    def call(self) -> Call:
        """Return the call whose applications it ranks."""
        return self.session.call

    @property
    def is_provisional(self) -> bool:
        """Say whether reviews could be asked for and nobody is admitted yet."""
        return self.kind == self.Kind.PROVISIONAL


class RankingEntry(models.Model):
    """What a published ranking says of an application: points in hundredths, amounts in cents; never changed."""

    class Outcome(models.TextChoices):
        FUNDED = "funded", _("funded")
        RESERVE = "reserve", _("on the reserve list")
        UNFUNDED = "unfunded", _("passes, but the fund is used up")
        BELOW_PASS_MARK = "below_pass_mark", _("below the pass mark")
        EXCLUDED = "excluded", _("excluded")
        RENOUNCED = "renounced", _("has left the ranking")

    ranking = models.ForeignKey(Ranking, on_delete=models.PROTECT, related_name="entries")
    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="ranking_entries", verbose_name=_("application")
    )
    #: The place in the list, from 1; `rank` is that among those that pass.
    position = models.PositiveIntegerField(_("order"))
    rank = models.PositiveIntegerField(_("rank"), null=True, blank=True)
    title = models.CharField(_("title"), max_length=120)
    body = models.CharField(_("organization"), max_length=300)
    score = models.PositiveIntegerField(_("points (hundredths)"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=16, choices=Outcome)
    cost_cents = models.PositiveBigIntegerField(_("project cost (cents)"))
    due_cents = models.PositiveBigIntegerField(_("grant asked (cents)"))
    grant_cents = models.PositiveBigIntegerField(_("grant given (cents)"), default=0)
    reasons = models.JSONField(_("reasons"), default=list)
    tie = models.JSONField(_("equal scores"), null=True, blank=True)

    class Meta:
        verbose_name = _("place in a ranking")
        verbose_name_plural = _("places in rankings")
        ordering = ["ranking", "position"]
        constraints = [
            models.UniqueConstraint(fields=["ranking", "application"], name="ranking_entry_once"),
            models.UniqueConstraint(fields=["ranking", "position"], name="ranking_position_once"),
            models.CheckConstraint(
                condition=Q(outcome="funded", grant_cents__gt=0, grant_cents__lte=F("due_cents"))
                | (~Q(outcome="funded") & Q(grant_cents=0)),
                name="ranking_entry_grant_matches_outcome",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["funded", "reserve", "unfunded", "renounced"], rank__gte=1)
                & Q(rank__isnull=False, score__isnull=False)
                | Q(outcome="below_pass_mark", rank=None, score__isnull=False)
                | Q(outcome="excluded", rank=None, score=None),
                name="ranking_entry_rank_matches_outcome",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="ranking_entry_is_kept", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.rank} {self.title}" if self.rank else self.title

    def as_data(self) -> dict[str, Any]:
        """Return the place for machines: points in hundredths, amounts in cents."""
        return {
            "rank": self.rank,
            "application": self.application.protocol_number,
            "title": self.title,
            "organization": self.body,
            "points_hundredths": self.score,
            "outcome": self.outcome,
            "cost_cents": self.cost_cents,
            "grant_due_cents": self.due_cents,
            "grant_cents": self.grant_cents,
            "reasons": self.reasons,
            "tie": self.tie,
        }
