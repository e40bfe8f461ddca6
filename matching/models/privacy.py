from datetime import datetime
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Erasure(models.Model):
    """Somebody has erased the own data: when, of an account or of an address, and how much; never who."""

    class Of(models.TextChoices):
        ACCOUNT = "account", _("an account and its addresses")
        ADDRESS = "address", _("an address without an account")

    of = models.CharField(_("of"), max_length=8, choices=Of)
    at = models.DateTimeField(_("erased at"))
    #: How many rows of each kind, by the names of matching/services/erasure.py.
    numbers = models.JSONField(_("how much"), default=dict)

    class Meta:
        verbose_name = _("erasure of personal data")
        verbose_name_plural = _("erasures of personal data")
        ordering = ["-at", "-pk"]
        default_permissions = ("view",)
        triggers = [pgtrigger.Protect(name="erasure_is_kept", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class RetentionRunQuerySet(models.QuerySet["RetentionRun"]):
    """Questions about the nights in which data were erased."""

    def since(self, instant: datetime) -> Self:
        """Keep those from an instant on."""
        return self.filter(ran_at__gte=instant)


class RetentionRun(models.Model):
    """One night's erasing of what no longer has to be kept: how much of each kind, and what did not succeed."""

    ran_at = models.DateTimeField(_("ran at"), db_index=True)
    #: How many rows, by the kinds of civicfund/retention.py; only those of which there were any.
    erased = models.JSONField(_("erased"), default=dict, blank=True)
    #: The names of errors, by kind.
    failed = models.JSONField(_("not succeeded"), default=dict, blank=True)
    is_complete = models.BooleanField(_("complete"))

    objects = RetentionRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("erasing of a night")
        verbose_name_plural = _("erasings of the nights")
        ordering = ["-ran_at"]
        default_permissions = ("view",)
        permissions = [("view_register", "Can read the register of processing activities")]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_complete=True, failed={}) | Q(is_complete=False) & ~Q(failed={}),
                name="retention_complete_when_nothing_failed",
            )
        ]
        triggers = [
            pgtrigger.Protect(name="retention_run_is_kept", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.ran_at:%Y-%m-%d %H:%M}"
