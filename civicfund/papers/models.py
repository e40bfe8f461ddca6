import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from civicfund.papers.examination import Paper
from civicfund.papers.keeping import private_files


class KeptFile(models.Model):
    """A file that somebody sent in: checked, made harmless and kept where no address leads."""

    class Kind(models.TextChoices):
        PDF = "pdf", "PDF"
        JPEG = "jpeg", "JPEG"
        PNG = "png", "PNG"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file = models.FileField(_("file"), storage=private_files, max_length=200)
    #: What the file was called where it came from.
    name = models.CharField(_("name of the file"), max_length=120)
    kind = models.CharField(_("kind of file"), max_length=4, choices=Kind)
    size_bytes = models.PositiveIntegerField(_("size (bytes)"))
    #: Of what is kept: the same for two downloads of it.
    sha256 = models.CharField(_("SHA-256 of what is kept"), max_length=64, editable=False)
    #: Of what came: the same for two copies of one file.
    came_sha256 = models.CharField(_("SHA-256 of what came"), max_length=64, editable=False)
    #: What was taken out of it, words of `civicfund.papers.wash` with a blank between them.
    taken_out = models.CharField(_("taken out"), max_length=60, blank=True, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    def take(self, paper: Paper, *, folder: str) -> None:
        """Write the file of a paper below a folder and what is known of it into the columns; the row is saved by the caller."""
        self.name, self.kind, self.size_bytes = paper.name, paper.kind, paper.size_bytes
        self.sha256, self.came_sha256 = paper.sha256, paper.came_sha256
        self.taken_out = " ".join(paper.removed)
        # Its own name on the disk says nothing about anybody.
        self.file.save(f"{folder}/{self.public_id}.{paper.kind}", paper.file, save=False)
