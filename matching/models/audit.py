from datetime import datetime
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class AuditRunQuerySet(models.QuerySet["AuditRun"]):
    """Questions about the nightly audits."""

    def since(self, instant: datetime) -> Self:
        """Keep the audits run from an instant on."""
        return self.filter(ran_at__gte=instant)


class AuditRun(models.Model):
    """One audit of all money: when it ran and which promises it found broken; its result is public."""

    ran_at = models.DateTimeField(_("ran at"), db_index=True)
    is_balanced = models.BooleanField(_("balanced"))
    broken = models.JSONField(_("broken promises"), default=dict, blank=True)

    objects = AuditRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit")
        verbose_name_plural = _("audits")
        ordering = ["-ran_at"]
        get_latest_by = "ran_at"
        constraints = [
            models.CheckConstraint(
                condition=Q(is_balanced=True, broken={}) | Q(is_balanced=False) & ~Q(broken={}),
                name="audit_balanced_when_nothing_is_broken",
            )
        ]
        triggers = [pgtrigger.Protect(name="audit_is_kept", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.ran_at:%Y-%m-%d %H:%M}"
