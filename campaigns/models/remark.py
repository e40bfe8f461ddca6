"""What officers ask a promoter to change on a page, place by place, and what became of it."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.models.campaign import Campaign


class PageReturn(models.Model):
    """A page given back to its promoter: who did it, and what the page said then, to be compared at the next look."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="returns", verbose_name=_("campaign"))
    page = models.JSONField(_("what the page said"))
    returned_at = models.DateTimeField(_("returned at"))
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("returned by")
    )

    class Meta:
        verbose_name = _("returned page")
        verbose_name_plural = _("returned pages")
        ordering = ["-returned_at", "-pk"]

    def __str__(self) -> str:
        return str(self.campaign)


class RemarkQuerySet(models.QuerySet["Remark"]):
    """Questions about remarks."""

    def of(self, campaign: Campaign) -> Self:
        """Keep those about one campaign, the latest return first, in the order of the page."""
        return self.filter(given_back__campaign=campaign).order_by("-given_back__returned_at", "pk")

    def open(self) -> Self:
        """Keep those the promoter has still to answer."""
        return self.filter(status=Remark.Status.OPEN)

    def standing(self) -> Self:
        """Keep those no officer has settled or taken back."""
        return self.filter(status__in=[Remark.Status.OPEN, Remark.Status.ANSWERED])


class Remark(models.Model):
    """What an officer asks to change in one place of a page."""

    class Place(models.TextChoices):
        TITLE = "title", _("title")
        SUMMARY = "summary", _("summary")
        STORY = "story", _("story")
        IMAGE = "image", _("picture and its description")
        #: The rest is not written on the page: the promoter answers in words.
        PLAN = "plan", _("budget and timeline")
        ACCOUNT = "account", _("account that receives the gifts")
        DATES = "dates", _("opening and length")

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("remark", "to be answered")
        #: The promoter has changed the place, or said why not.
        ANSWERED = "answered", pgettext_lazy("remark", "answered")
        #: An officer has looked at the page again.
        SETTLED = "settled", pgettext_lazy("remark", "settled")
        WITHDRAWN = "withdrawn", pgettext_lazy("remark", "taken back by the officers")

    given_back = models.ForeignKey(
        PageReturn, models.PROTECT, related_name="remarks", verbose_name=_("returned page")
    )
    place = models.CharField(_("place"), max_length=10, choices=Place)
    text = models.TextField(_("remark"), max_length=2000)
    status = models.CharField(_("state"), max_length=10, choices=Status, default=Status.OPEN)
    answer = models.TextField(_("answer"), max_length=1000, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("closed by"),
    )

    objects = RemarkQuerySet.as_manager()

    class Meta:
        verbose_name = _("remark")
        verbose_name_plural = _("remarks")
        constraints = [
            models.UniqueConstraint(fields=["given_back", "place"], name="remark_once_per_place"),
            models.CheckConstraint(
                condition=Q(status="open", answered_at=None, answer="", closed_at=None, closed_by=None)
                | Q(status="answered", answered_at__isnull=False, closed_at=None, closed_by=None)
                | Q(status="settled", answered_at__isnull=False)
                & Q(closed_at__isnull=False, closed_by__isnull=False)
                | Q(status="withdrawn", closed_at__isnull=False, closed_by__isnull=False),
                name="remark_times_match_status",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_place_display()}: {self.text}"
