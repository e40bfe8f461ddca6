"""What of an application that was handed in is open to its body again, until when, and what the body has written there."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from calls.models.application import Application
from calls.models.application_parts import StepKey
from calls.models.parts import DocumentRequirement
from calls.models.version import ApplicationVersion


class OpeningQuerySet(models.QuerySet["Opening"]):
    """Questions about openings."""

    def standing(self) -> Self:
        """Keep those that nothing has closed yet, also when their time is over."""
        return self.filter(closed_at=None)

    def open_at(self, now: datetime) -> Self:
        """Keep those in which the body may write at an instant."""
        return self.standing().filter(due_at__gt=now)

    def with_draft(self) -> Self:
        """Fetch what has been written so far."""
        return self.prefetch_related("steps__saved_by", "documents", "taken_away")


class Opening(models.Model):
    """Some fields and documents of an application are open to its body until an instant, exclusive.

    What is written there waits here: what was handed in stays as it is until the answer is handed in.
    """

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="openings", verbose_name=_("application")
    )
    #: Keys of parts of the content, such as "summary".
    fields = ArrayField(models.CharField(max_length=30), verbose_name=_("open fields"), default=list)
    documents = models.ManyToManyField(
        DocumentRequirement, related_name="+", verbose_name=_("open documents"), blank=True
    )
    #: Files that were handed in and that the answer leaves out.
    taken_away = models.ManyToManyField("calls.Attachment", related_name="+", blank=True)
    #: Partners that were handed in and that the answer leaves out.
    partners_out = models.ManyToManyField("calls.Partner", related_name="+", blank=True)
    opened_at = models.DateTimeField(_("open since"))
    due_at = models.DateTimeField(_("open until"))
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    answer = models.OneToOneField(
        ApplicationVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="answers"
    )

    objects = OpeningQuerySet.as_manager()

    class Meta:
        verbose_name = _("opening of an application")
        verbose_name_plural = _("openings of applications")
        ordering = ["opened_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application"], condition=Q(closed_at=None), name="opening_stands_once"
            ),
            models.CheckConstraint(condition=Q(due_at__gt=F("opened_at")), name="opening_due_after_it_began"),
            models.CheckConstraint(
                condition=Q(answer=None) | Q(closed_at__isnull=False), name="opening_closed_by_its_answer"
            ),
        ]

    def __str__(self) -> str:
        return str(self.application)

    def is_open(self, now: datetime) -> bool:
        """Say whether the body may write at an instant."""
        return self.closed_at is None and now < self.due_at

    def saved_step(self, key: str):  # type: ignore[no-untyped-def]
        """Return what the body has written of a step since it was opened, or None."""
        return next((saved for saved in self.steps.all() if saved.key == key), None)


class OpeningStep(models.Model):
    """What has been written of one step since it was opened; it counts once the answer is handed in."""

    opening = models.ForeignKey(Opening, on_delete=models.CASCADE, related_name="steps")
    key = models.CharField(_("step"), max_length=20, choices=StepKey)
    version = models.PositiveIntegerField(_("version"), default=0)
    page = models.CharField(_("page"), max_length=36, blank=True)
    #: The open inputs as they were typed.
    texts = models.JSONField(_("as typed"), default=dict, blank=True)
    #: What could be read of them, as the service takes it.
    values = models.JSONField(_("as read"), default=dict, blank=True)
    unfinished = models.JSONField(_("typed but not readable"), default=dict, blank=True)
    saved_at = models.DateTimeField(_("saved at"))
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("step of an opening")
        verbose_name_plural = _("steps of an opening")
        constraints = [models.UniqueConstraint(fields=["opening", "key"], name="opening_step_once")]

    def __str__(self) -> str:
        return f"{self.opening} · {self.get_key_display()}"
