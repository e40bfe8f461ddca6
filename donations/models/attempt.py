"""What is kept against the testing of stolen cards: counters, links, declines and pauses; never an address of a machine."""

from datetime import datetime, timedelta
from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from donations.models.donation import Donation


class GiftCounter(models.Model):
    """How many payments were begun in one window while Redis was away; its key is a digest that no day shares."""

    key = models.CharField(max_length=120, primary_key=True)
    number = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.key


class GiftInvitation(models.Model):
    """A link that was mailed to somebody who wants to give, with what they had typed; it serves once and is then removed."""

    LASTS = timedelta(hours=2)

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="+")
    link_digest = models.CharField(max_length=64, unique=True)
    email = models.EmailField()
    typed = models.JSONField()
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.pk)


class Decline(models.Model):
    """One try to pay a gift that the bank or Stripe refused."""

    #: Failed tries are kept for a season, then removed.
    KEPT = timedelta(days=90)

    donation = models.ForeignKey(Donation, on_delete=models.PROTECT, related_name="declines")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="declines")
    stripe_event_id = models.CharField(max_length=64, unique=True)
    declined_at = models.DateTimeField(_("declined at"))

    class Meta:
        verbose_name = _("declined payment")
        verbose_name_plural = _("declined payments")
        ordering = ["-declined_at"]
        indexes = [models.Index(fields=["campaign", "declined_at"], name="decline_of_campaign")]

    def __str__(self) -> str:
        return f"{self.donation} · {self.declined_at:%Y-%m-%d %H:%M}"


class GiftPauseQuerySet(models.QuerySet["GiftPause"]):
    """Questions about pauses."""

    def holding(self, now: datetime) -> Self:
        """Keep the pauses in which no new payment of their campaign is begun."""
        return self.filter(ended_at=None, until__gt=now)

    def over(self, now: datetime) -> Self:
        """Keep the pauses whose time is over and that nobody has ended."""
        return self.filter(ended_at=None, until__lte=now)


class GiftPause(models.Model):
    """A while in which a campaign begins no new payment, since too many cards were refused; it ends by itself."""

    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, related_name="gift_pauses", verbose_name=_("campaign")
    )
    began_at = models.DateTimeField(_("began at"))
    until = models.DateTimeField(_("until"))
    #: What was counted in the minutes before.
    declines = models.PositiveIntegerField(_("refused payments"))
    payments = models.PositiveIntegerField(_("payments that arrived"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("ended by"),
    )
    reason = models.CharField(_("why it was ended"), max_length=500, blank=True)

    objects = GiftPauseQuerySet.as_manager()

    class Meta:
        verbose_name = _("pause of new gifts")
        verbose_name_plural = _("pauses of new gifts")
        ordering = ["-began_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign"], name="gift_pause_one_at_a_time", condition=Q(ended_at=None)
            ),
            models.CheckConstraint(
                condition=Q(actor=None, reason="")
                | Q(actor__isnull=False, ended_at__isnull=False) & ~Q(reason=""),
                name="gift_pause_ended_by_officer_is_signed",
            ),
        ]
        triggers = [pgtrigger.Protect(name="gift_pause_is_kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.campaign} · {self.began_at:%Y-%m-%d %H:%M}"
