from datetime import datetime, timedelta
from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, Min, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from calls.models import Stop
from campaigns import rules
from campaigns.models import Campaign, CampaignQuerySet
from donations.models.dispute import Dispute
from donations.models.donation import Donation
from donations.models.reconciliation import Difference
from ledger.models import Account


class OutgoingQuerySet(models.QuerySet["Outgoing"]):
    """Questions about money on its way out."""

    def due(self, now: datetime) -> Self:
        """Keep what has to be sent, or whose sending was never answered.

        What leaves for promoters waits while it is switched off or a difference between the books and Stripe is open; but
        what may have left already is looked for, or it would become a difference itself.
        """
        switched_off = Q(campaign__application__call__in=Stop.objects.calls_holding(Stop.What.RELEASES))
        leaving = ~Q(kind=Outgoing.Kind.RECOVERY) & Q(attempts=0)
        due = self.filter(status=Outgoing.Status.DUE, next_attempt_at__lte=now)
        return due.exclude(leaving & (switched_off | Exists(Difference.objects.open())))

    def payouts(self) -> Self:
        """Keep what goes to promoters' banks."""
        return self.filter(kind=Outgoing.Kind.PAYOUT)


class Outgoing(models.Model):
    """Money that Stripe moves for a campaign, decided first and sent afterwards; its row id makes the idempotency key."""

    #: How long a worker may take for one row before another one tries.
    LEASE = timedelta(seconds=60)

    class Kind(models.TextChoices):
        #: From the organization's account to its bank.
        PAYOUT = "payout", _("to the promoter's bank")
        #: From the platform to the organization's account.
        TRANSFER = "transfer", _("to the organization's account")
        #: From the organization's account back to the platform, which has paid a lost dispute or a refund.
        RECOVERY = "recovery", _("back to the platform")

    class Status(models.TextChoices):
        #: Decided; Stripe has not accepted it yet.
        DUE = "due", _("to be sent")
        #: Stripe has accepted it.
        SENT = "sent", _("on its way")
        #: Arrived.
        PAID = "paid", _("arrived")
        #: It came back.
        FAILED = "failed", _("came back")
        #: Something was contested or owed back before it was sent, so its amount was wrong.
        CANCELLED = "cancelled", _("given up before it was sent")

    kind = models.CharField(_("way"), max_length=8, choices=Kind)
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, related_name="outgoing", verbose_name=_("campaign")
    )
    dispute = models.ForeignKey(
        Dispute,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="outgoing",
        verbose_name=_("dispute"),
    )
    #: The gift whose money a failed refund left with the platform.
    donation = models.ForeignKey(
        Donation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="outgoing",
        verbose_name=_("donation"),
    )
    stripe_account_id = models.CharField(_("organization's account"), max_length=64)
    #: The transfer a recovery takes money back from.
    stripe_transfer_id = models.CharField(_("transfer"), max_length=64, blank=True)
    amount_cents = models.PositiveBigIntegerField(_("amount (cents)"))
    status = models.CharField(_("state"), max_length=9, choices=Status, default=Status.DUE)
    stripe_id = models.CharField(_("Stripe's number"), max_length=64, unique=True, null=True, blank=True)
    failure = models.CharField(_("why it came back"), max_length=200, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    created_at = models.DateTimeField(_("decided at"))
    next_attempt_at = models.DateTimeField(_("next try at"))
    attempts = models.PositiveIntegerField(_("tries"), default=0)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = OutgoingQuerySet.as_manager()

    class Meta:
        verbose_name = _("outgoing money")
        verbose_name_plural = _("outgoing money")
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["next_attempt_at"], name="outgoing_due", condition=Q(status="due"))]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "kind"],
                name="outgoing_one_at_a_time",
                condition=Q(status="due", kind__in=["payout", "transfer"], dispute=None, donation=None),
            ),
            models.UniqueConstraint(
                fields=["donation"], name="outgoing_one_at_a_time_of_gift", condition=Q(status="due")
            ),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="outgoing_amount_positive"),
            models.CheckConstraint(
                condition=Q(status="due", stripe_id=None, ended_at=None)
                | Q(status="sent", stripe_id__isnull=False, ended_at=None)
                | Q(status__in=["paid", "failed"], stripe_id__isnull=False, ended_at__isnull=False)
                | Q(status="cancelled", stripe_id=None, ended_at__isnull=False),
                name="outgoing_times_match_status",
            ),
            models.CheckConstraint(
                condition=~Q(kind="payout") | Q(actor__isnull=False), name="outgoing_payout_is_signed"
            ),
            models.CheckConstraint(
                condition=~Q(kind="recovery") | ~Q(stripe_transfer_id=""),
                name="outgoing_recovery_has_transfer",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="outgoing_is_what_was_decided",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "kind", "campaign", "amount_cents", "stripe_account_id", "stripe_transfer_id", "actor"
                ),
            ),
            pgtrigger.Protect(name="outgoing_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} · {self.get_kind_display()}"


class FlowChoice(models.Model):
    """An officer's decision on the way a campaign's gifts take, before it opens."""

    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, related_name="flow_choices", verbose_name=_("campaign")
    )
    flow = models.CharField(_("way of the gifts"), max_length=12, choices=Campaign.PaymentFlow)
    reason = models.CharField(_("reason"), max_length=500)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by")
    )
    decided_at = models.DateTimeField(_("decided at"))

    class Meta:
        verbose_name = _("choice of the way of the gifts")
        verbose_name_plural = _("choices of the way of the gifts")
        ordering = ["-decided_at"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="flow_choice_has_reason")]

    def __str__(self) -> str:
        return f"{self.campaign} · {self.get_flow_display()}"


class CampaignMoneyQuerySet(CampaignQuerySet):
    """Questions about where campaigns' money stands at Stripe."""

    def standing(self) -> Self:
        """Add what Stripe holds and what of it is free, in cents, and when the first gift was charged."""
        sums = Account.objects.filter(campaign=OuterRef("pk")).order_by().values("campaign")
        total = Sum("balance_cents")
        free = sums.filter(kind__in=["stripe", "refunds_owed", "quarantine", "disputes"]).annotate(
            total=total
        )
        held = sums.filter(kind="stripe").annotate(total=total)
        # Not by joining the gifts: a list of campaigns would be counted by reading them all.
        gifts = Donation.objects.filter(campaign=OuterRef("pk")).order_by().values("campaign")
        return self.annotate(
            free_cents=Coalesce(free.values("total"), 0),
            held_cents=Coalesce(held.values("total"), 0),
            first_gift_at=Subquery(gifts.annotate(first=Min("charged_at")).values("first")),
        )

    def to_pay_out(self) -> Self:
        """Keep the successful campaigns with free money and no payout under way."""
        under_way = Outgoing.objects.payouts().filter(campaign=OuterRef("pk"), status=Outgoing.Status.DUE)
        ready = self.standing().filter(status=Campaign.Status.SUCCEEDED, free_cents__gt=0)
        return ready.exclude(Exists(under_way))

    def held_long(self, now: datetime) -> Self:
        """Keep the campaigns whose money Stripe has held for so long that its limit is near."""
        since = now - timedelta(days=rules.HOLDING_ALARM_DAYS)
        # No gift is older than its campaign: most are left out before their gifts are looked at.
        return (
            self.filter(created_at__lte=since).standing().filter(held_cents__gt=0, first_gift_at__lte=since)
        )


class CampaignMoney(Campaign):
    """A campaign seen by its money at Stripe: what is held, owed, contested and paid out."""

    objects = CampaignMoneyQuerySet.as_manager()

    class Meta:
        proxy = True
        verbose_name = _("campaign's money")
        verbose_name_plural = _("campaigns' money")
