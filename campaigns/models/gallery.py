from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaign import Campaign
from campaigns.models.moderated import Moderated, ModeratedQuerySet, hidden_for_a_reason
from civicfund.papers import private_files


class GalleryItemQuerySet(ModeratedQuerySet):
    """Questions about what is shown beside a campaign's story."""

    def kept(self) -> Self:
        """Keep what its promoter has not taken away, in the order in which it was added."""
        return self.filter(removed_at=None).order_by("added_at", "pk")

    def to_look_at(self) -> Self:
        """Keep what everybody sees and no officer has looked at."""
        return self.kept().filter(looked_at=None, campaign__in=Campaign.objects.public())


class GalleryItem(Moderated):
    """A picture, a video or a document that a promoter shows beside a campaign's story."""

    class Kind(models.TextChoices):
        PICTURE = "picture", _("picture")
        #: It stays where its maker has put it; only the address is kept.
        VIDEO = "video", _("video")
        DOCUMENT = "document", _("document")

    #: How many of each kind a campaign shows.
    MOST = {Kind.PICTURE: 8, Kind.VIDEO: 1, Kind.DOCUMENT: 6}

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="gallery", verbose_name=_("campaign"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    #: Of a picture the text for who cannot see it, of a video or document its title.
    words = models.CharField(_("what it shows"), max_length=200)
    image = models.ImageField(_("picture"), upload_to="campaigns/gallery/", blank=True)
    address = models.URLField(_("address of the video"), max_length=300, blank=True)
    file = models.FileField(
        _("file"), storage=private_files, upload_to="gallery/", max_length=200, blank=True
    )
    file_name = models.CharField(_("name of the file"), max_length=120, blank=True)
    file_bytes = models.PositiveIntegerField(_("size (bytes)"), null=True, blank=True)
    added_at = models.DateTimeField(_("added at"))
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("added by")
    )
    removed_at = models.DateTimeField(_("taken away at"), null=True, blank=True)

    objects = GalleryItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("picture, video or document")
        verbose_name_plural = _("pictures, videos and documents")
        ordering = ["-added_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="gallery_item_is_described"),
            models.CheckConstraint(
                condition=Q(kind="picture", address="", file="", file_name="", file_bytes=None) & ~Q(image="")
                | Q(kind="video", image="", file="", file_name="", file_bytes=None) & ~Q(address="")
                | Q(kind="document", image="", address="", file_bytes__gt=0) & ~Q(file="") & ~Q(file_name=""),
                name="gallery_item_is_what_it_is",
            ),
            hidden_for_a_reason("gallery_item"),
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def video_url(self) -> str:
        """Return the page on which a video is played."""
        return reverse("campaigns:campaign_video", args=[self.campaign.slug, self.pk])
