from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class TaskRun(models.Model):
    """When a periodic task last ran, here or on any other machine; one row for each task."""

    #: As Celery calls it, like "donations.tasks.send_refunds".
    task = models.CharField(_("task"), max_length=120, unique=True)
    began_at = models.DateTimeField(_("began at"))
    ended_at = models.DateTimeField(_("ended at"))
    #: The last time it broke off as a whole; a row that could not be done is in the log and does not stop the others.
    failed_at = models.DateTimeField(_("broke off at"), null=True, blank=True)
    fault = models.CharField(_("why it broke off"), max_length=120, blank=True)
    failures = models.PositiveIntegerField(_("times it broke off"), default=0)

    class Meta:
        verbose_name = _("run of a task")
        verbose_name_plural = _("runs of tasks")
        ordering = ["task"]
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__gte=models.F("began_at")), name="task_run_ends_after"
            ),
            models.CheckConstraint(
                condition=Q(failed_at=None, fault="", failures=0)
                | Q(failed_at__isnull=False, failures__gt=0) & ~Q(fault=""),
                name="task_run_fault_matches_failed_at",
            ),
        ]

    def __str__(self) -> str:
        return self.task

    @property
    def is_failing(self) -> bool:
        """Say whether its last run broke off."""
        return self.failed_at is not None and self.failed_at >= self.ended_at

    def is_late(self, *, every: float, now: datetime) -> bool:
        """Say whether a task that begins every so many seconds has not ended for far too long."""
        return now - self.ended_at > late_after(every)


def late_after(every: float) -> timedelta:
    """Return for how long a task that begins every so many seconds may not have ended."""
    return timedelta(seconds=max(3 * every, 180))
