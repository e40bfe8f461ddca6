import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaign import Campaign
from campaigns.models.gallery import GalleryItem
from campaigns.models.question import Question
from campaigns.models.update import CampaignUpdate


class ProblemQuerySet(models.QuerySet["Problem"]):
    """Questions about reported problems."""

    def waiting(self) -> Self:
        """Keep those no officer has closed."""
        return self.filter(status=Problem.Status.OPEN)


class Problem(models.Model):
    """What a reader finds wrong with a campaign; an officer looks at it and closes it with a note."""

    #: Reports of one campaign that are taken in an hour: beyond them somebody only makes noise.
    MOST_AN_HOUR = 20

    class Kind(models.TextChoices):
        FACTS = "facts", _("something on the page is not true")
        MONEY = "money", _("something about the money")
        OFFENCE = "offence", _("it offends, or harms somebody's rights")
        OTHER = "other", _("something else")

    class Status(models.TextChoices):
        OPEN = "open", _("waiting for an officer")
        CLOSED = "closed", _("closed")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="problems", verbose_name=_("campaign")
    )
    #: What on the campaign's page it is about, if it is about one thing.
    update = models.ForeignKey(
        CampaignUpdate,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="problems",
        verbose_name=_("update"),
    )
    question = models.ForeignKey(
        Question,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="problems",
        verbose_name=_("question"),
    )
    item = models.ForeignKey(
        GalleryItem,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="problems",
        verbose_name=_("picture, video or document"),
    )
    kind = models.CharField(_("kind of problem"), max_length=10, choices=Kind)
    text = models.TextField(_("in the reader's words"), max_length=2000)
    #: Only for an answer, if the reader wants one.
    email = models.EmailField(_("e-mail"), blank=True)
    status = models.CharField(_("state"), max_length=10, choices=Status, default=Status.OPEN)
    reported_at = models.DateTimeField(_("reported at"))
    note = models.TextField(_("note"), blank=True, max_length=2000)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("closed by"),
    )

    objects = ProblemQuerySet.as_manager()

    class Meta:
        verbose_name = _("reported problem")
        verbose_name_plural = _("reported problems")
        ordering = ["-reported_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="problem_has_words"),
            models.CheckConstraint(
                condition=Q(update=None) | Q(question=None), name="problem_about_one_thing"
            ),
            models.CheckConstraint(
                condition=Q(status="open", closed_at=None, closed_by=None, note="")
                | Q(
                    status="closed",
                    closed_at__isnull=False,
                    closed_at__gte=F("reported_at"),
                    closed_by__isnull=False,
                )
                & ~Q(note=""),
                name="problem_closed_at_matches_status",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} · {self.get_kind_display()}"

    @property
    def about(self) -> CampaignUpdate | Question | GalleryItem | None:
        """Return the one thing it is about, if there is one."""
        return self.update or self.question or self.item
