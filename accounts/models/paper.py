import uuid
from datetime import datetime, timedelta
from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.organization import Organization
from civicfund.papers import private_files


class PaperQuerySet(models.QuerySet["OrganizationPaper"]):
    """Questions about the files of bodies."""

    def statutes(self) -> Self:
        """Keep the statutes, the newest first: the first one is in force."""
        return self.filter(purpose=OrganizationPaper.Purpose.STATUTE).order_by("-kept_at", "-pk")

    def unused(self) -> Self:
        """Keep the proofs no claim stands on: their form was never finished."""
        return self.filter(purpose=OrganizationPaper.Purpose.PROOF, claim=None)

    def forgotten(self, now: datetime) -> Self:
        """Keep the unused proofs that nobody will come back for."""
        return self.unused().filter(kept_at__lte=now - OrganizationPaper.WAITS)


class OrganizationPaper(models.Model):
    """A file about a body: its statute, or the proof that somebody may act for it."""

    #: How long a proof waits for the rest of its form.
    WAITS = timedelta(days=7)

    class Purpose(models.TextChoices):
        STATUTE = "statute", _("statute")
        PROOF = "proof", _("proof")

    class Kind(models.TextChoices):
        PDF = "pdf", "PDF"
        JPEG = "jpeg", "JPEG"
        PNG = "png", "PNG"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="papers", verbose_name=_("organization")
    )
    purpose = models.CharField(_("what it is"), max_length=10, choices=Purpose)
    file = models.FileField(_("file"), upload_to="bodies/", storage=private_files, max_length=200)
    name = models.CharField(_("name of the file"), max_length=120)
    kind = models.CharField(_("kind of file"), max_length=4, choices=Kind)
    size_bytes = models.PositiveIntegerField(_("size (bytes)"))
    sha256 = models.CharField(max_length=64, editable=False)
    kept_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("uploaded by")
    )
    kept_at = models.DateTimeField(_("uploaded at"))

    objects = PaperQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of an organization")
        verbose_name_plural = _("files of organizations")
        ordering = ["-kept_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(size_bytes__gt=0), name="organization_paper_not_empty"),
            models.CheckConstraint(
                condition=Q(kind="pdf") | Q(purpose="proof", kind__in=["jpeg", "png"]),
                name="organization_paper_of_a_fitting_kind",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="organization_paper_is_what_was_sent", operation=pgtrigger.Update),
            pgtrigger.Protect(
                name="statute_is_kept",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__purpose="statute"),
            ),
        ]

    def __str__(self) -> str:
        return self.name
