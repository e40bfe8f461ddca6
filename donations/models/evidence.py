import uuid
from datetime import datetime, timedelta
from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from civicfund.papers import private_files


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    """Questions about proofs of payment."""

    def unused(self) -> Self:
        """Keep those no gift and no return stands on: their form was never finished."""
        return self.filter(offline_donation=None, offline_return=None)

    def forgotten(self, now: datetime) -> Self:
        """Keep the unused ones that nobody will come back for."""
        return self.unused().filter(kept_at__lte=now - Evidence.WAITS)


class Evidence(models.Model):
    """A file that proves a payment outside the site; kept as soon as it has arrived, so no error in a form loses it."""

    #: How long a file waits for the rest of its form.
    WAITS = timedelta(days=7)

    class Kind(models.TextChoices):
        PDF = "pdf", "PDF"
        JPEG = "jpeg", "JPEG"
        PNG = "png", "PNG"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, related_name="evidence", verbose_name=_("campaign")
    )
    file = models.FileField(_("file"), upload_to="evidence/", storage=private_files, max_length=200)
    #: What the file was called where it came from.
    name = models.CharField(_("name of the file"), max_length=120)
    kind = models.CharField(_("kind of file"), max_length=4, choices=Kind)
    size_bytes = models.PositiveIntegerField(_("size (bytes)"))
    #: Of what came: the same for two copies of one file.
    sha256 = models.CharField(max_length=64, editable=False)
    kept_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("uploaded by")
    )
    kept_at = models.DateTimeField(_("uploaded at"))

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("proof of payment")
        verbose_name_plural = _("proofs of payment")
        ordering = ["pk"]
        indexes = [models.Index(fields=["campaign", "sha256"], name="evidence_by_content")]
        constraints = [
            models.CheckConstraint(condition=Q(size_bytes__gt=0), name="evidence_not_empty"),
            models.CheckConstraint(
                condition=Q(kind__in=["pdf", "jpeg", "png"]), name="evidence_of_a_known_kind"
            ),
        ]
        triggers = [pgtrigger.Protect(name="evidence_is_what_was_sent", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return self.name
