import uuid
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.core import signing
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from calls.models.call import BOROUGHS
from campaigns.models.campaign import Campaign
from campaigns.models.update import CampaignUpdate

TOKEN = signing.Signer(salt="follow")


#: While a campaign is stopped its promoter has no word; what was told before is mailed when it goes on.
STOPPED = (Campaign.Status.SUSPENDED, Campaign.Status.WITHDRAWN)


class FollowQuerySet(models.QuerySet["Follow"]):
    """Questions about who follows what."""

    def confirmed(self) -> Self:
        """Keep those who have confirmed that they want the mails."""
        return self.filter(status=Follow.Status.CONFIRMED)

    def by_token(self, token: str) -> Self:
        """Keep the row a signed link names; none when the link is not ours."""
        try:
            return self.filter(public_id=TOKEN.unsign(token))
        except signing.BadSignature:
            return self.none()

    def forgotten(self, now: datetime) -> Self:
        """Keep the wishes nobody confirmed in time."""
        return self.filter(status=Follow.Status.ASKED, asked_at__lte=now - Follow.CONFIRM_WITHIN)

    def closing_due(self, now: datetime) -> Self:
        """Keep the followers of campaigns that end soon, who have not been reminded."""
        soon = Q(campaign__closes_at__gt=now, campaign__closes_at__lte=now + Follow.REMINDER_BEFORE)
        open_ones = soon & Q(campaign__status=Campaign.Status.OPEN)
        return self.at_rest(now).filter(open_ones, wish=Follow.Wish.NEWS, reminded_at=None)

    def at_rest(self, now: datetime) -> Self:
        """Keep those who have had no mail about a campaign for a day: nobody gets two in one."""
        return self.confirmed().filter(Q(mailed_at=None) | Q(mailed_at__lte=now - Follow.REST))

    def news_due(self, now: datetime) -> Self:
        """Keep the followers of campaigns whose promoter has published something since they were last told."""
        ripe = CampaignUpdate.objects.to_tell(now).order_by()
        untold = ripe.filter(campaign=OuterRef("campaign"), published_at__gt=OuterRef("told_until"))
        running = self.at_rest(now).exclude(campaign__status__in=STOPPED)
        return running.filter(Exists(untold), wish=Follow.Wish.NEWS)

    def result_due(self) -> Self:
        """Keep the followers of campaigns whose outcome is decided, who have not been told."""
        return self.confirmed().filter(campaign__settled_at__isnull=False, result_told_at=None)

    def over(self, now: datetime) -> Self:
        """Keep the followers of projects that have had two years since their outcome to tell what became of them."""
        return self.confirmed().filter(campaign__settled_at__lte=now - Follow.NEWS_LAST)

    def opening_due(self) -> Self:
        """Keep the followers of boroughs in which a campaign has opened since they were last told."""
        opened = Campaign.objects.public().filter(
            application__borough=OuterRef("borough"), opened_at__gt=OuterRef("told_until")
        )
        return self.confirmed().filter(Exists(opened), borough__isnull=False)


class Follow(models.Model):
    """A person's wish, confirmed by mail, to hear of a campaign or of a borough; the row is removed when it ends."""

    #: How long before the deadline followers are reminded, and how long a wish waits to be confirmed.
    REMINDER_BEFORE = timedelta(hours=48)
    CONFIRM_WITHIN = timedelta(days=7)
    #: Between two mails about one campaign; its outcome alone is told at once.
    REST = timedelta(days=1)
    #: For how long after its outcome the news of a project that succeeded are mailed.
    NEWS_LAST = timedelta(days=730)
    #: Mails that one address may be asked to confirm in a day: whoever types it may not be its owner.
    MOST_ASKED_A_DAY = 5

    class Wish(models.TextChoices):
        NEWS = "news", _("its news, a reminder before it closes, and the result")
        RESULT = "result", _("only the result")

    class Status(models.TextChoices):
        #: Somebody has typed the address; only its owner can confirm.
        ASKED = "asked", _("waiting for the confirmation")
        CONFIRMED = "confirmed", _("confirmed")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail"))
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="it")
    campaign = models.ForeignKey(
        Campaign, models.CASCADE, null=True, blank=True, related_name="follows", verbose_name=_("campaign")
    )
    borough = models.PositiveSmallIntegerField(_("borough"), choices=BOROUGHS, null=True, blank=True)
    wish = models.CharField(_("wish"), max_length=6, choices=Wish, default=Wish.NEWS)
    status = models.CharField(_("state"), max_length=10, choices=Status, default=Status.ASKED)
    asked_at = models.DateTimeField(_("asked at"))
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("reminded at"), null=True, blank=True)
    #: The last mail with news of the campaign, or with the reminder.
    mailed_at = models.DateTimeField(_("last mail"), null=True, blank=True)
    result_told_at = models.DateTimeField(_("outcome told at"), null=True, blank=True)
    #: What a campaign's promoter published, or which campaigns of a borough opened, until then has been told.
    told_until = models.DateTimeField(_("told until"))

    objects = FollowQuerySet.as_manager()

    class Meta:
        verbose_name = _("follower")
        verbose_name_plural = _("followers")
        ordering = ["-asked_at"]
        indexes = [models.Index(fields=["email", "asked_at"], name="follow_by_email")]
        constraints = [
            models.UniqueConstraint(
                fields=["email", "campaign"], condition=Q(borough=None), name="follow_campaign_once"
            ),
            models.UniqueConstraint(
                fields=["email", "borough"], condition=Q(campaign=None), name="follow_borough_once"
            ),
            models.CheckConstraint(
                condition=Q(campaign=None, borough__isnull=False, borough__range=(1, 9), wish="news")
                | Q(campaign__isnull=False, borough=None),
                name="follow_campaign_or_borough",
            ),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="follow_email_lower_case"),
            models.CheckConstraint(
                condition=Q(status="asked", confirmed_at=None, reminded_at=None)
                | Q(status="confirmed", confirmed_at__isnull=False, confirmed_at__gte=F("asked_at")),
                name="follow_confirmed_at_matches_status",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} · {self.what}"

    @property
    def token(self) -> str:
        """Return what a link carries to name this row and nobody else's."""
        return TOKEN.sign(str(self.public_id))

    @property
    def what(self) -> str:
        """Return what is followed, in words."""
        return self.campaign.title if self.campaign else self.get_borough_display()

    @property
    def hears_on(self) -> bool:
        """Say whether the outcome is not the last thing told: news follow from a project that has succeeded."""
        goes_on = self.campaign is not None and self.campaign.status == Campaign.Status.SUCCEEDED
        return goes_on and self.wish == self.Wish.NEWS

    @property
    def confirm_url(self) -> str:
        return settings.SITE_URL + reverse("campaigns:follow_confirm", args=[self.token])

    @property
    def end_url(self) -> str:
        return settings.SITE_URL + reverse("campaigns:follow_end", args=[self.token])
