"""A committee's work on the applications of a window, from its opening to the minutes."""

from datetime import datetime
from typing import Self

import pgtrigger
from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from calls.models import Application, Call, CallSession
from civicfund.papers import private_files
from vetting.models.committee import CommitteeMember
from vetting.models.readiness import ready_for_merit


def frozen_with_round(table: str, round_of: str) -> pgtrigger.Trigger:
    """Return the trigger that keeps a row as it is once its round is closed; `round_of` is SQL for the round's id.

    The shared lock makes what is written while the president closes wait for the outcome.
    """
    return pgtrigger.Trigger(
        name=f"{table}_closes_with_round",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=f"""
            PERFORM 1 FROM vetting_round WHERE id = ({round_of}) FOR SHARE;
            IF EXISTS (
                SELECT 1 FROM vetting_round WHERE id = ({round_of}) AND closed_at IS NOT NULL
            ) THEN
                RAISE EXCEPTION 'the round is closed' USING ERRCODE = '23514';
            END IF;
            RETURN COALESCE(NEW, OLD);
        """,  # noqa: S608 - the texts come from the models
    )


ROUND_STAYS_CLOSED = """
    IF NEW.closed_at IS NULL AND NEW.closed_by_id IS NULL
        AND ROW(NEW.id, NEW.call_id, NEW.session_id, NEW.readers, NEW.opened_at, NEW.opened_by_id)
            IS NOT DISTINCT FROM
            ROW(OLD.id, OLD.call_id, OLD.session_id, OLD.readers, OLD.opened_at, OLD.opened_by_id)
        AND EXISTS (
            SELECT 1 FROM vetting_reopening r WHERE r.round_id = OLD.id AND r.state = 'confirmed'
            AND r.closed_at = OLD.closed_at AND r.due_at = NEW.due_at
        )
        AND NOT EXISTS (
            SELECT 1 FROM vetting_ranking k JOIN calls_callsession s ON s.id = k.session_id
            WHERE k.status IN ('proposed', 'published') AND s.call_id = OLD.call_id
            AND (OLD.session_id IS NULL OR s.id = OLD.session_id)
        )
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a closed round stays closed' USING ERRCODE = '23514';
"""


class RoundQuerySet(models.QuerySet["Round"]):
    """Questions about rounds."""

    def under_way(self) -> Self:
        """Keep those the president has not closed."""
        return self.filter(closed_at=None)

    def to_reopen(self) -> Self:
        """Keep those that their president wants to open again, while nobody else has decided about it."""
        return self.filter(reopenings__state="proposed")

    def led_by(self, user: models.Model) -> Self:
        """Keep those of which a person is the president."""
        seats = CommitteeMember.objects.filter(
            Q(session=None) | Q(session=models.OuterRef("session")),
            call=models.OuterRef("call"),
            user=user,
            role=CommitteeMember.Role.PRESIDENT,
            ended_at=None,
        )
        return self.filter(models.Exists(seats))

    def overlapping(self, call: Call, session: CallSession | None) -> Self:
        """Keep those about a window of a call, or about any when it is None."""
        windows = Q() if session is None else Q(session=None) | Q(session=session)
        return self.filter(windows, call=call)


class Round(models.Model):
    """The committee judges the applications of a call, or of one of its windows; the president closes it."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="rounds", verbose_name=_("call"))
    session = models.ForeignKey(
        CallSession,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="rounds",
        verbose_name=_("application window"),
        help_text=_("Empty: for all windows of the call."),
    )
    readers = models.PositiveSmallIntegerField(
        _("members per application"), default=3, validators=[MinValueValidator(1)]
    )
    due_at = models.DateTimeField(_("sheets are due by"))
    opened_at = models.DateTimeField(_("opened at"))
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("opened by")
    )
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("closed by"),
    )

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("evaluation round")
        verbose_name_plural = _("evaluation rounds")
        ordering = ["-opened_at"]
        permissions = [("close_round", "Can lead a committee and close its round")]
        constraints = [
            models.UniqueConstraint(fields=["call", "session"], nulls_distinct=False, name="round_once"),
            models.CheckConstraint(condition=Q(readers__gte=1), name="round_has_readers"),
            models.CheckConstraint(condition=Q(due_at__gt=F("opened_at")), name="round_due_after_opening"),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None)
                | Q(closed_at__isnull=False, closed_by__isnull=False, closed_at__gte=F("opened_at")),
                name="round_closed_at_and_by",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="round_stays_closed",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__closed_at__isnull=False),
                func=ROUND_STAYS_CLOSED,
            ),
            pgtrigger.Protect(name="round_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.call} · {self.session.number}" if self.session else str(self.call)

    @property
    def is_open(self) -> bool:
        """Say whether the president has not closed it."""
        return self.closed_at is None

    @property
    def minutes(self) -> "Minutes | None":
        """Return the minutes of its last closing; those of earlier ones stay beside them."""
        return self.all_minutes.order_by("-made_at").first()

    @property
    def applications(self) -> QuerySet[Application]:
        """Return the applications it is about, in the order of their protocol; once closed, those that were judged."""
        rows = self.call.applications.filter(**({"session": self.session} if self.session_id else {}))
        if self.is_open:
            rows = ready_for_merit(rows)
        else:
            judged = self.assignments.filter(removed_at=None, sheets__status="final")
            rows = rows.filter(pk__in=judged.values("application_id"))
        return rows.order_by("submitted_at", "pk")

    @property
    def seats(self) -> QuerySet[CommitteeMember]:
        """Return who judges in it, substitutes last."""
        serving = CommitteeMember.objects.serving(self.call, self.session)
        return serving.select_related("user").order_by("is_substitute", "-role", "pk")

    def is_late(self, now: datetime) -> bool:
        """Say whether the sheets should have been there."""
        return self.is_open and now >= self.due_at


class DiscussionNote(models.Model):
    """What the committee said together about an application, written by the president."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="notes")
    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="committee_notes", verbose_name=_("application")
    )
    text = models.TextField(_("note"), max_length=4000)
    written_at = models.DateTimeField(_("written at"))
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("written by")
    )

    class Meta:
        verbose_name = _("note of the discussion")
        verbose_name_plural = _("notes of the discussion")
        ordering = ["application"]
        constraints = [
            models.UniqueConstraint(fields=["round", "application"], name="discussion_note_once"),
        ]
        triggers = [
            frozen_with_round("note", "(to_jsonb(COALESCE(NEW, OLD))->>'round_id')::bigint"),
        ]

    def __str__(self) -> str:
        return f"{self.application} · {self.round}"


class Minutes(models.Model):
    """The minutes of a closed round: what they say, as data, and the PDF that was made of it; never changed."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="all_minutes")
    held_on = models.DateField(_("day of the meeting"))
    content = models.JSONField(_("content"))
    file = models.FileField(_("file"), storage=private_files, upload_to="minutes/", max_length=200)
    size_bytes = models.PositiveIntegerField(_("size (bytes)"))
    sha256 = models.CharField(_("fingerprint (SHA-256)"), max_length=64)
    made_at = models.DateTimeField(_("made at"))

    class Meta:
        verbose_name = _("minutes of a round")
        verbose_name_plural = _("minutes of rounds")
        ordering = ["made_at"]
        constraints = [
            models.UniqueConstraint(fields=["round", "made_at"], name="minutes_once_per_closing"),
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="minutes_digest_is_sha256"
            ),
            models.CheckConstraint(condition=Q(size_bytes__gt=0), name="minutes_not_empty"),
        ]
        triggers = [pgtrigger.Protect(name="minutes_are_kept", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return str(self.round)
