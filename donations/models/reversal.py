from datetime import datetime, timedelta
from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from calls.models import Stop
from campaigns.models import Campaign
from donations.models.donation import Donation


class ReversalQuerySet(models.QuerySet["Reversal"]):
    """Questions about money that goes back."""

    def due(self, now: datetime) -> Self:
        """Keep the refunds that have to be sent now, or whose sending was never answered; contested gifts wait."""
        due = self.filter(status=Reversal.Status.DUE, next_attempt_at__lte=now)
        return due.exclude(donation__in=self._of_stopped_calls()).exclude(
            donation__status=Donation.Status.DISPUTED
        )

    def held(self) -> Self:
        """Keep the refunds that are owed and wait until those of their call are switched on again."""
        return self.filter(status=Reversal.Status.DUE, donation__in=self._of_stopped_calls())

    def _of_stopped_calls(self) -> models.QuerySet[Donation]:
        """Return the gifts of the calls whose refunds are switched off."""
        stopped = Stop.objects.calls_holding(Stop.What.REFUNDS)
        return Donation.objects.filter(campaign__application__call__in=stopped)

    def left_with_platform(self, now: datetime) -> Self:
        """Keep the failed refunds whose money was a successful organization's and may be the platform's, due to be looked at."""
        succeeded = Q(
            donation__campaign__status=Campaign.Status.SUCCEEDED,
            donation__campaign__payment_flow=Campaign.PaymentFlow.DESTINATION,
        )
        due = Q(look_at=None) | Q(look_at__lte=now)
        return self.filter(succeeded, due, status=Reversal.Status.FAILED, took_transfer_back=True)

    def counting(self) -> Self:
        """Keep the refunds that have gone back or will."""
        return self.exclude(status__in=[Reversal.Status.FAILED, Reversal.Status.SUPERSEDED])

    def sent(self) -> Self:
        """Keep the refunds Stripe has accepted and not yet finished."""
        return self.filter(status=Reversal.Status.SENT)

    def unsent(self) -> Self:
        """Keep the refunds that are decided and that have not left, to the card or by bank transfer."""
        return self.filter(status__in=[Reversal.Status.DUE, Reversal.Status.ASKED, Reversal.Status.READY])

    def under_way(self) -> Self:
        """Keep the refunds that are decided and not ended, by Stripe or by bank transfer."""
        return self.filter(status__in=Reversal.UNDER_WAY)

    def came_back(self) -> Self:
        """Keep the refunds that came back, whose money is still owed and not on its way again in another way."""
        others = Reversal.objects.under_way().filter(donation=OuterRef("donation"))
        owed = self.filter(status=Reversal.Status.FAILED, donation__status=Donation.Status.REFUND_DUE)
        return owed.filter(replaced_by=None).exclude(Exists(others))


class Reversal(models.Model):
    """Money that goes back to one donor, with its reason; its row id makes Stripe's idempotency key."""

    #: How long a worker may take for one refund before another one tries.
    LEASE = timedelta(seconds=60)

    class Reason(models.TextChoices):
        FAILURE = "failure", _("the campaign did not reach its threshold")
        LATE = "late", _("the payment arrived after the deadline")
        WITHDRAWN = "withdrawn", _("the promoter withdrew the campaign")
        #: The project has changed, and the donor has used the right to leave.
        LEFT = "left", _("the donor took it back")
        OFFICER = "officer", _("an officer decided so")
        #: The card's bank warned before anybody contested the payment.
        EARLY_FRAUD = "fraud", _("the card's bank fears fraud")
        #: One gift was paid twice: what came on top goes back.
        EXTRA = "extra", _("the gift was paid twice")
        #: The rest of the gift stays with the campaign and counts.
        PART = "part", _("an officer decided that a part goes back")
        #: Made in Stripe's own dashboard.
        EXTERNAL = "external", _("made at Stripe")

    class Status(models.TextChoices):
        #: Decided; Stripe has not accepted it yet.
        DUE = "due", _("to be sent")
        #: Stripe has accepted it.
        SENT = "sent", _("on its way")
        #: The donor has the money.
        SUCCEEDED = "succeeded", _("given back")
        #: Stripe could not deliver it; the money is still owed.
        FAILED = "failed", _("came back, still owed")
        #: A part of the gift went back another way before this one was sent; another refund stands in its place.
        SUPERSEDED = "superseded", _("replaced by another refund")
        #: By bank transfer, since it came back: the donor has been asked for an account.
        ASKED = "asked", _("waits for the donor's bank account")
        #: The donor has given an account; an officer pays.
        READY = "ready", _("to be paid by bank transfer")

    class Method(models.TextChoices):
        STRIPE = "stripe", _("to the card, by Stripe")
        BANK = "bank", _("by bank transfer")

    UNDER_WAY = (Status.DUE, Status.SENT, Status.ASKED, Status.READY)
    #: Those an officer decided, which bear a name and a reason.
    BY_OFFICER = (Reason.OFFICER, Reason.PART)

    donation = models.ForeignKey(
        Donation, on_delete=models.PROTECT, related_name="reversals", verbose_name=_("donation")
    )
    amount_cents = models.PositiveBigIntegerField(_("amount (cents)"))
    reason = models.CharField(_("reason"), max_length=10, choices=Reason)
    method = models.CharField(_("way"), max_length=6, choices=Method, default=Method.STRIPE)
    #: The refund that came back, or was given up, in whose place this one stands: each is replaced once.
    replaces = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="replaced_by",
        verbose_name=_("in the place of"),
    )
    note = models.CharField(_("in words"), max_length=500, blank=True)
    status = models.CharField(_("state"), max_length=12, choices=Status, default=Status.DUE)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    stripe_refund_id = models.CharField(_("refund"), max_length=64, unique=True, null=True, blank=True)
    #: Stripe took the money from the organization's account; when the refund fails it does not put it back there.
    took_transfer_back = models.BooleanField(_("taken from the organization's account"), default=False)
    #: When Stripe is next asked where that money stands; at once while it is empty.
    look_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("decided at"))
    next_attempt_at = models.DateTimeField(_("next try at"))
    attempts = models.PositiveIntegerField(_("tries"), default=0)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = ReversalQuerySet.as_manager()

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["next_attempt_at"], name="reversal_due", condition=Q(status="due"))]
        constraints = [
            models.UniqueConstraint(
                fields=["donation"],
                name="reversal_one_at_a_time",
                condition=Q(status__in=["due", "sent", "asked", "ready"])
                & ~Q(reason__in=["external", "part"]),
            ),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="reversal_amount_positive"),
            models.CheckConstraint(
                condition=Q(status__in=["due", "asked", "ready"], stripe_refund_id=None, ended_at=None)
                | Q(status="sent", stripe_refund_id__isnull=False, ended_at=None)
                | Q(status="superseded", stripe_refund_id=None, ended_at__isnull=False)
                | Q(status="failed", stripe_refund_id__isnull=False, ended_at__isnull=False)
                | Q(status="succeeded", ended_at__isnull=False)
                & (
                    Q(method="stripe", stripe_refund_id__isnull=False)
                    | Q(method="bank", stripe_refund_id=None)
                ),
                name="reversal_times_match_status",
            ),
            models.CheckConstraint(
                condition=Q(method="stripe", status__in=["due", "sent", "succeeded", "failed", "superseded"])
                | Q(method="bank", status__in=["asked", "ready", "succeeded", "superseded"]),
                name="reversal_status_matches_method",
            ),
            models.CheckConstraint(
                condition=~Q(method="bank") | Q(replaces__isnull=False), name="reversal_by_bank_replaces_one"
            ),
            models.CheckConstraint(
                condition=~Q(reason__in=["officer", "part"]) | Q(actor__isnull=False) & ~Q(note=""),
                name="reversal_by_officer_is_signed",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="reversal_is_what_was_decided",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "donation", "amount_cents", "reason", "method", "replaces", "note", "actor"
                ),
            ),
            pgtrigger.Protect(name="reversal_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.donation} · {self.get_status_display()}"
