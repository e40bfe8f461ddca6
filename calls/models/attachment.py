from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from calls.models.application import Application
from calls.models.opening import Opening
from calls.models.partner import Partner
from calls.models.parts import DocumentRequirement
from civicfund.papers.models import KeptFile


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    """Questions about the documents of applications."""

    def current(self) -> Self:
        """Keep those an application carries now."""
        return self.filter(removed_at=None, waits_in=None)

    def carried_in(self, opening: Opening) -> Self:
        """Keep those an application will carry once what is written in an opening is handed in."""
        kept = self.filter(Q(waits_in=None) | Q(waits_in=opening), removed_at=None)
        return kept.exclude(pk__in=opening.taken_away.all())


class Attachment(KeptFile):
    """A document of an application; one that is taken away or replaced stays in its history."""

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="attachments", verbose_name=_("application")
    )
    requirement = models.ForeignKey(
        DocumentRequirement, on_delete=models.PROTECT, related_name="attachments", verbose_name=_("document")
    )
    #: When its first piece was asked for: what was begun before a deadline counts for a while after it.
    begun_at = models.DateTimeField(_("upload begun at"))
    kept_at = models.DateTimeField(_("uploaded at"))
    kept_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("uploaded by")
    )
    removed_at = models.DateTimeField(_("taken away at"), null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("taken away by"),
    )

    #: It arrived while some documents were open again, and counts once that answer is handed in.
    waits_in = models.ForeignKey(
        Opening, on_delete=models.PROTECT, null=True, blank=True, related_name="waiting_attachments"
    )

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document of an application")
        verbose_name_plural = _("documents of applications")
        ordering = ["requirement", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(size_bytes__gt=0), name="attachment_not_empty"),
            models.CheckConstraint(
                condition=Q(kind__in=["pdf", "jpeg", "png"]), name="attachment_of_a_known_kind"
            ),
            models.CheckConstraint(
                condition=Q(begun_at__lte=F("kept_at")), name="attachment_begun_before_kept"
            ),
            models.CheckConstraint(
                condition=Q(removed_at=None, removed_by=None)
                | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="attachment_removed_at_and_by",
            ),
        ]

    @property
    def is_current(self) -> bool:
        """Say whether the application carries it now."""
        return self.removed_at is None and self.waits_in_id is None


class UploadQuerySet(models.QuerySet["Upload"]):
    """Questions about uploads that are under way."""

    def forgotten(self, now: datetime) -> Self:
        """Keep those that nobody has gone on with for long."""
        return self.filter(touched_at__lte=now - Upload.WAITS)


class Upload(models.Model):
    """A document that is arriving in pieces; its number becomes that of the attachment."""

    #: How long an upload waits for its next piece.
    WAITS = timedelta(days=2)

    public_id = models.UUIDField(unique=True, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="uploads")
    #: The document it is to become; a partner's signed letter has none.
    requirement = models.ForeignKey(
        DocumentRequirement, on_delete=models.CASCADE, null=True, related_name="+"
    )
    #: The partner whose signed letter it is to become.
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, null=True, related_name="uploads")
    replaces = models.ForeignKey(Attachment, on_delete=models.CASCADE, null=True, related_name="+")
    name = models.CharField(_("name of the file"), max_length=255)
    #: What a browser knows of a file without reading it: chosen again, it goes on where it stopped.
    mark = models.CharField(max_length=100)
    size_bytes = models.PositiveIntegerField(_("size (bytes)"))
    received_bytes = models.PositiveIntegerField(_("arrived (bytes)"), default=0)
    begun_at = models.DateTimeField(_("upload begun at"))
    #: Nobody when a partner sends it by its own link.
    begun_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+"
    )
    touched_at = models.DateTimeField(_("last piece at"))

    objects = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("upload under way")
        verbose_name_plural = _("uploads under way")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "requirement", "begun_by", "mark"], name="upload_of_one_file_once"
            ),
            models.UniqueConstraint(
                fields=["partner", "begun_by", "mark"],
                nulls_distinct=False,
                condition=Q(partner__isnull=False),
                name="upload_of_one_letter_once",
            ),
            models.CheckConstraint(
                condition=Q(requirement__isnull=False, partner=None, begun_by__isnull=False)
                | Q(requirement=None, partner__isnull=False, replaces=None),
                name="upload_is_a_document_or_a_letter",
            ),
            models.CheckConstraint(
                condition=Q(size_bytes__gt=0, received_bytes__lte=F("size_bytes")),
                name="upload_within_its_size",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_whole(self) -> bool:
        """Say whether every byte has arrived."""
        return self.received_bytes == self.size_bytes
