from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaign import Campaign
from campaigns.models.moderated import Moderated, ModeratedQuerySet, hidden_for_a_reason


class CampaignUpdateQuerySet(ModeratedQuerySet):
    """Questions about updates."""

    def published(self) -> Self:
        """Keep those everybody may read or, where hidden, read the reason of; the newest first."""
        return self.filter(status=CampaignUpdate.Status.PUBLISHED).order_by("-published_at", "-number")

    def to_tell(self, now: datetime) -> Self:
        """Keep those whose time to be corrected before they are mailed is over; the oldest first."""
        ripe = now - CampaignUpdate.MAILED_AFTER
        return self.published().unhidden().filter(published_at__lte=ripe).order_by("published_at", "number")

    def to_look_at(self) -> Self:
        """Keep those no officer has looked at since they were published or changed."""
        return self.published().filter(looked_at=None)


class CampaignUpdate(Moderated):
    """What a promoter tells of a campaign while it runs and afterwards; followers get it by mail."""

    #: Until then a promoter corrects it without having mailed the mistake.
    MAILED_AFTER = timedelta(minutes=30)

    class Status(models.TextChoices):
        #: Only the promoter's members read it.
        DRAFT = "draft", _("draft")
        #: Everybody reads it, unless an officer hides it.
        PUBLISHED = "published", _("published")

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="updates", verbose_name=_("campaign"))
    #: Counts from 1 within the campaign: the end of its address.
    number = models.PositiveSmallIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=120)
    text = models.TextField(_("text"), max_length=10_000)
    image = models.ImageField(_("picture"), upload_to="campaigns/updates/", blank=True)
    image_alt = models.CharField(_("what the picture shows"), max_length=200, blank=True)
    status = models.CharField(_("state"), max_length=10, choices=Status, default=Status.DRAFT)
    written_at = models.DateTimeField(_("written at"))
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("written by")
    )
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    corrected_at = models.DateTimeField(_("corrected at"), null=True, blank=True)

    objects = CampaignUpdateQuerySet.as_manager()

    class Meta:
        verbose_name = _("update of a campaign")
        verbose_name_plural = _("updates of campaigns")
        ordering = ["-written_at", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "number"], name="update_number_once"),
            models.CheckConstraint(condition=~Q(title="") & ~Q(text=""), name="update_says_something"),
            models.CheckConstraint(
                condition=Q(image="") | ~Q(image_alt=""), name="update_picture_is_described"
            ),
            models.CheckConstraint(
                condition=Q(
                    status="draft", published_at=None, corrected_at=None, hidden_at=None, looked_at=None
                )
                | Q(status="published", published_at__isnull=False)
                & (Q(corrected_at=None) | Q(corrected_at__gte=F("published_at"))),
                name="update_published_at_matches_status",
            ),
            hidden_for_a_reason("update"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("campaigns:campaign_update", args=[self.campaign.slug, self.number])


class EarlierText(models.Model):
    """What an update or an answer said before it was corrected: everybody may read it."""

    update = models.ForeignKey(
        CampaignUpdate,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="earlier_texts",
        verbose_name=_("update"),
    )
    question = models.ForeignKey(
        "campaigns.Question",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="earlier_texts",
        verbose_name=_("question"),
    )
    title = models.CharField(_("title"), max_length=120, blank=True)
    text = models.TextField(_("text"), max_length=10_000)
    replaced_at = models.DateTimeField(_("replaced at"))
    replaced_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("replaced by")
    )

    class Meta:
        verbose_name = _("earlier text")
        verbose_name_plural = _("earlier texts")
        ordering = ["-replaced_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(update=None, question__isnull=False) | Q(update__isnull=False, question=None),
                name="earlier_text_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.text[:60]
