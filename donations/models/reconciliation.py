from datetime import datetime, timedelta
from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class ReconciliationQuerySet(models.QuerySet["Reconciliation"]):
    """Questions about the comparisons with Stripe."""

    def of(self, kind: "Reconciliation.Kind") -> Self:
        """Keep the runs of one kind, the latest first."""
        return self.filter(kind=kind)

    def unfinished(self, now: datetime) -> Self:
        """Keep the runs that began an hour ago and have not ended: each of them is begun again until it ends."""
        return self.filter(ended_at=None, first_started_at__lt=now - timedelta(hours=1))


class Reconciliation(models.Model):
    """One comparison of the books with Stripe: over which time, what it looked at, healed and found."""

    class Kind(models.TextChoices):
        #: Stripe's events of the last quarter of an hour, every five minutes.
        EVENTS = "events", _("A · messages of the last quarter of an hour")
        #: Payments and refunds of the last two days, every hour.
        RECENT = "recent", _("B · payments and refunds of the last two days")
        #: Every movement on Stripe's accounts, every night.
        BALANCES = "balances", _("C · every movement on Stripe's accounts")
        #: Every promise about money, every night.
        AUDIT = "audit", _("D · the whole audit")

    #: How long a run may take before it counts as died; no task lives longer than two minutes.
    LEASE = timedelta(minutes=10)

    kind = models.CharField(_("what is compared"), max_length=10, choices=Kind)
    since = models.DateTimeField(_("period from"))
    until = models.DateTimeField(_("period to"))
    first_started_at = models.DateTimeField(_("first begun at"))
    started_at = models.DateTimeField(_("begun at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    looked_at = models.PositiveIntegerField(_("looked at"), default=0)
    healed = models.PositiveIntegerField(_("put right"), default=0)
    different = models.PositiveIntegerField(_("different"), default=0)

    objects = ReconciliationQuerySet.as_manager()

    class Meta:
        verbose_name = _("reconciliation")
        verbose_name_plural = _("reconciliations")
        ordering = ["-started_at", "-pk"]
        indexes = [models.Index(fields=["kind", "-started_at"], name="reconciliation_by_kind")]
        constraints = [
            models.CheckConstraint(condition=Q(since__lte=F("until")), name="reconciliation_period_in_order"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=False) | Q(looked_at=0, healed=0, different=0),
                name="reconciliation_counts_when_ended",
            ),
        ]
        triggers = [pgtrigger.Protect(name="reconciliation_is_kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.started_at:%Y-%m-%d %H:%M}"


class DifferenceQuerySet(models.QuerySet["Difference"]):
    """Questions about what differs between the books and Stripe."""

    def open(self) -> Self:
        """Keep the differences that stop grants and payouts."""
        return self.filter(status=Difference.Status.OPEN)

    def known(self) -> Self:
        """Keep the differences that are not raised once more when they are found again."""
        return self.exclude(status=Difference.Status.HEALED)


class Difference(models.Model):
    """Something in which the books and Stripe differ; while it is open, no grant and no payout leaves."""

    class What(models.TextChoices):
        UNKNOWN_PAYMENT = "payment", _("a payment that belongs to no gift")
        MISMATCH = "mismatch", _("a gift that is not what was paid")
        BEHIND = "behind", _("a gift that stays behind its payment")
        MOVEMENT = "movement", _("a movement at Stripe and its posting")
        FEE = "fee", _("a fee of Stripe and its posting")
        BALANCE = "balance", _("the balance of an account at Stripe")
        PROMISE = "promise", _("a promise the audit found broken")

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        #: A later comparison found it in order.
        HEALED = "healed", _("healed by itself")
        #: An officer has looked into it.
        CLEARED = "cleared", _("cleared by an officer")

    run = models.ForeignKey(
        Reconciliation, on_delete=models.PROTECT, related_name="differences", verbose_name=_("found by")
    )
    what = models.CharField(_("what differs"), max_length=10, choices=What)
    #: Tells it from every other one; the amounts are part of it, so that a difference that grows is a new one.
    key = models.CharField(_("key"), max_length=300)
    stripe_id = models.CharField(_("Stripe's number"), max_length=128, blank=True)
    ours = models.CharField(_("ours"), max_length=200, blank=True)
    stripe_cents = models.BigIntegerField(_("at Stripe (cents)"), null=True, blank=True)
    our_cents = models.BigIntegerField(_("in the books (cents)"), null=True, blank=True)
    note = models.TextField(_("in words"), blank=True)
    status = models.CharField(_("state"), max_length=8, choices=Status, default=Status.OPEN)
    found_at = models.DateTimeField(_("found at"))
    healed_at = models.DateTimeField(_("healed at"), null=True, blank=True)
    cleared_at = models.DateTimeField(_("cleared at"), null=True, blank=True)
    cleared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("cleared by"),
    )
    cleared_reason = models.TextField(_("why it was cleared"), blank=True)

    objects = DifferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("difference")
        verbose_name_plural = _("differences")
        ordering = ["-found_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["key"], name="difference_known_once", condition=~Q(status="healed")
            ),
            models.CheckConstraint(
                condition=Q(status="open", healed_at=None, cleared_at=None)
                | Q(status="healed", healed_at__isnull=False, cleared_at=None)
                | Q(status="cleared", healed_at=None, cleared_at__isnull=False),
                name="difference_times_match_status",
            ),
            models.CheckConstraint(
                condition=Q(cleared_at=None, cleared_by=None, cleared_reason="")
                | Q(cleared_at__isnull=False, cleared_by__isnull=False) & ~Q(cleared_reason=""),
                name="difference_cleared_is_signed",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="difference_is_what_was_found",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "run", "what", "key", "stripe_id", "ours", "stripe_cents", "our_cents", "note", "found_at"
                ),
            ),
            pgtrigger.Protect(
                name="ended_difference_is_kept",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__status="open"),
            ),
            pgtrigger.Protect(name="difference_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.get_what_display()} · {self.stripe_id or self.ours}"


class StripeTransaction(models.Model):
    """One movement on an account at Stripe, as Stripe lists it: what the ledger is compared with."""

    stripe_id = models.CharField(_("movement"), max_length=64, unique=True)
    #: The connected account; empty for the platform's own.
    account_id = models.CharField(_("account"), max_length=64, blank=True)
    type = models.CharField(_("type"), max_length=40)
    #: The payment, refund, dispute, payout or transfer it belongs to; movements of one subject are compared together.
    subject = models.CharField(_("about"), max_length=64, blank=True, db_index=True)
    #: The payment a charge, refund or dispute belongs to, so that what is no gift's is told once with all that follows.
    payment_id = models.CharField(_("payment"), max_length=64, blank=True)
    #: Money of the platform itself, like what it puts on its account: in no campaign's books.
    is_own = models.BooleanField(_("of the platform itself"))
    amount_cents = models.BigIntegerField(_("amount (cents)"))
    fee_cents = models.BigIntegerField(_("fee (cents)"))
    created_at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("movement at Stripe")
        verbose_name_plural = _("movements at Stripe")
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["account_id", "created_at"], name="transaction_by_account")]
        triggers = [
            pgtrigger.Protect(name="transaction_is_kept", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.stripe_id}"


class StripeCursor(models.Model):
    """Up to which instant the movements on an account at Stripe have been read."""

    account_id = models.CharField(_("account"), max_length=64, unique=True, blank=True)
    read_until = models.DateTimeField(_("read up to"))

    class Meta:
        verbose_name = _("reading position")
        verbose_name_plural = _("reading positions")

    def __str__(self) -> str:
        return self.account_id or "platform"
