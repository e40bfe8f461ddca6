"""Officers who write an application for a body, for a while and with a reason."""

from datetime import datetime, timedelta
from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from calls.models.application import Application, ApplicationQuerySet
from calls.models.call import Call
from calls.models.parts import CallSession


class DeskWritingQuerySet(models.QuerySet["DeskWriting"]):
    """Questions about officers who write for bodies."""

    def going_on(self, now: datetime) -> Self:
        """Keep those that are neither ended nor over, of calls whose window is open: after a deadline nobody writes."""
        is_open = CallSession.objects.filter(
            call=OuterRef("application__call"), opens_at__lte=now, closes_at__gt=now
        )
        return self.filter(
            Exists(is_open),
            ended_at=None,
            begun_at__lte=now,
            over_at__gt=now,
            application__call__status=Call.Status.PUBLISHED,
        )


class DeskWriting(models.Model):
    """For some hours an officer may write an application as its body does; what is written is marked as the office's."""

    #: How long an officer may write before a reason is asked for again.
    LASTS = timedelta(hours=4)

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="desk_writings", verbose_name=_("application")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("officer")
    )
    reason = models.TextField(_("reason"), max_length=2000)
    begun_at = models.DateTimeField(_("begun at"))
    over_at = models.DateTimeField(_("over at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = DeskWritingQuerySet.as_manager()

    class Meta:
        verbose_name = _("application written for a body")
        verbose_name_plural = _("applications written for bodies")
        ordering = ["-begun_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "by"], condition=Q(ended_at=None), name="desk_writing_once_at_a_time"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="desk_writing_has_reason"),
            models.CheckConstraint(condition=Q(over_at__gt=F("begun_at")), name="desk_writing_lasts"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("begun_at")),
                name="desk_writing_ends_after_it_began",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="desk_writing_stays_as_begun", exclude=["ended_at"]),
            pgtrigger.Protect(
                name="desk_writing_end_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__ended_at__isnull=False),
            ),
            pgtrigger.Protect(name="desk_writing_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.by} · {self.application}"


class DraftManager(models.Manager["Draft"]):
    """Find drafts alone."""

    def get_queryset(self) -> ApplicationQuerySet:
        """Keep the applications that are drafts."""
        return ApplicationQuerySet(self.model, using=self._db).filter(status=Application.Status.DRAFT)


class Draft(Application):
    """A draft as the desk finds it: whose it is and what it is called; what it says is the body's own business."""

    objects = DraftManager()

    class Meta:
        proxy = True
        default_permissions = ()
        permissions = [("change_draft", "Can write applications for bodies")]
        verbose_name = _("draft of a body")
        verbose_name_plural = _("drafts of bodies")


class Applicant(Organization):
    """A body as the counter finds it, to begin an application for it."""

    class Meta:
        proxy = True
        default_permissions = ()
        permissions = [("change_applicant", "Can begin applications for bodies")]
        verbose_name = _("body at the counter")
        verbose_name_plural = _("bodies at the counter")
