"""What the trail keeps: changes, which PostgreSQL writes, and exports of lists; neither is ever changed or removed."""

from typing import Any

import pgtrigger
from django.apps import apps
from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


def kept_for_ever(name: str) -> list[pgtrigger.Trigger]:
    """Return the triggers that refuse every change to a table's rows, and to empty it."""
    return [
        pgtrigger.Protect(name=f"{name}_is_kept", operation=pgtrigger.Update | pgtrigger.Delete),
        pgtrigger.Trigger(
            name=f"{name}_not_truncated",
            when=pgtrigger.Before,
            operation=pgtrigger.Truncate,
            level=pgtrigger.Statement,
            func="RAISE EXCEPTION 'the trail is kept for ever' USING ERRCODE = '42501';",
        ),
    ]


class ChangeQuerySet(models.QuerySet["Change"]):
    """Questions about changes."""

    def of(self, row: models.Model) -> "ChangeQuerySet":
        """Keep those of a row and of its parts, the last one first."""
        label, key = row._meta.concrete_model._meta.label_lower, str(row.pk)  # type: ignore[union-attr]
        own, of_parts = models.Q(model=label, row=key), models.Q(of_model=label, of_row=key)
        return self.filter(own | of_parts).order_by("-pk")


class Change(models.Model):
    """One row of the database made, changed or removed: who, when, why, from what to what; written by PostgreSQL alone."""

    class Kind(models.TextChoices):
        MADE = "I", pgettext_lazy("record", "made")
        CHANGED = "U", pgettext_lazy("record", "changed")
        REMOVED = "D", pgettext_lazy("record", "removed")

    at = models.DateTimeField(_("when"))
    kind = models.CharField(_("what happened"), max_length=1, choices=Kind)
    #: The row by its model, like "calls.call", and its number; and the row it is a part of.
    model = models.CharField(_("kind of record"), max_length=60)
    row = models.CharField(_("number"), max_length=100)
    of_model = models.CharField(max_length=60, blank=True, editable=False)
    of_row = models.CharField(max_length=100, blank=True, editable=False)
    #: The columns that have changed; a made row is its own record. A hidden column is named with null.
    old = models.JSONField(_("before"), default=dict)
    new = models.JSONField(_("after"), default=dict)
    #: Not a key that the database checks: the trail outlives whom it names.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who"),
    )
    step = models.CharField(_("step of the desk"), max_length=200, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    page = models.CharField(_("page"), max_length=300, blank=True)
    program = models.CharField(_("task or command"), max_length=120, blank=True)
    #: The same for everything one request, or one run of a task, has changed.
    request = models.UUIDField(_("request"), null=True, blank=True)

    objects = ChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        ordering = ["-pk"]
        default_permissions = ("view",)
        indexes = [
            models.Index("model", "row", name="change_row"),
            models.Index("of_model", "of_row", name="change_of", condition=~models.Q(of_model="")),
            models.Index("actor", "id", name="change_actor", condition=models.Q(actor__isnull=False)),
            BrinIndex(fields=["at"], name="change_at"),
        ]
        triggers = kept_for_ever("change")

    def __str__(self) -> str:
        return f"{self.model} {self.row}"


class ListExport(models.Model):
    """One list taken out of the desk as a file: who, when, which rows of which list, how many."""

    class Format(models.TextChoices):
        CSV = "csv", "CSV"
        XLSX = "xlsx", "XLSX"

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("who")
    )
    at = models.DateTimeField(_("when"))
    #: The list by its model, like "calls.call".
    model = models.CharField(_("list"), max_length=60)
    #: What the list was narrowed to, as its address says it; empty for all of it.
    narrowed = models.TextField(_("narrowed to"), blank=True)
    row_count = models.PositiveIntegerField(_("rows"))
    format = models.CharField(_("format"), max_length=4, choices=Format)

    class Meta:
        verbose_name = _("export of a list")
        verbose_name_plural = _("exports of lists")
        ordering = ["-pk"]
        default_permissions: Any = ("view",)
        indexes = [models.Index("by", "at", name="list_export_by")]
        triggers = kept_for_ever("list_export")

    def __str__(self) -> str:
        return f"{self.list_name} · {self.get_format_display()}"

    @property
    def list_name(self) -> str:
        """Return the list by its name."""
        try:
            return str(capfirst(apps.get_model(self.model)._meta.verbose_name_plural))
        except LookupError:
            return self.model
