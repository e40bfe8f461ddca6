from datetime import datetime, timedelta
from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from donations.models.reversal import Reversal


class BankRefundQuerySet(models.QuerySet["BankRefund"]):
    """Questions about refunds by bank transfer."""

    def unanswered(self) -> Self:
        """Keep those whose donor has not named an account yet."""
        return self.filter(reversal__status=Reversal.Status.ASKED)

    def reminder_due(self, now: datetime) -> Self:
        """Keep those whose donor has been silent for so long that the next reminder is due."""
        due = Q(pk=None)
        for sent, wait in enumerate(BankRefund.REMINDERS):
            due |= Q(reminders=sent, asked_at__lte=now - wait)
        return self.unanswered().filter(due)

    def by_digest(self, digest: str, now: datetime) -> Self:
        """Keep the one whose link, valid at this instant, has this digest."""
        return self.unanswered().filter(link_digest=digest, link_expires_at__gt=now)


class BankRefund(models.Model):
    """What a refund by bank transfer needs: the donor's account, sealed, and the officer's proof that it was paid."""

    #: How long a link to the page that asks for the account lives; it serves once.
    LINK_LASTS = timedelta(days=60)
    #: After how long a silent donor is written to again.
    REMINDERS = (timedelta(days=15), timedelta(days=30), timedelta(days=60))

    reversal = models.OneToOneField(
        Reversal, on_delete=models.PROTECT, related_name="bank", verbose_name=_("refund")
    )
    asked_at = models.DateTimeField(_("donor asked at"))
    #: SHA-256 of the one link that is valid; the link itself is in the donor's mail only.
    link_digest = models.CharField(max_length=64, unique=True, null=True, blank=True, editable=False)
    link_expires_at = models.DateTimeField(_("link valid until"), null=True, blank=True)
    links = models.PositiveSmallIntegerField(_("links sent"), default=0)
    reminders = models.PositiveSmallIntegerField(_("reminders"), default=0)
    # The donor's answer.
    answered_at = models.DateTimeField(_("account given at"), null=True, blank=True)
    holder = models.CharField(_("account holder"), max_length=70, blank=True)
    iban_sealed = models.BinaryField(default=b"", editable=False)
    iban_last4 = models.CharField(_("IBAN ends in"), max_length=4, blank=True)
    # The officer's proof.
    paid_on = models.DateField(_("transfer made on"), null=True, blank=True)
    reference = models.CharField(_("reference of the transfer"), max_length=140, blank=True)
    note = models.CharField(_("in words"), max_length=500, blank=True)
    paid_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("recorded by"),
    )
    paid_at = models.DateTimeField(_("recorded at"), null=True, blank=True)

    objects = BankRefundQuerySet.as_manager()

    class Meta:
        verbose_name = _("refund by bank transfer")
        verbose_name_plural = _("refunds by bank transfer")
        ordering = ["asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None, holder="", iban_sealed=b"", iban_last4="")
                | Q(answered_at__isnull=False, link_digest=None)
                & ~Q(holder="")
                & ~Q(iban_sealed=b"")
                & ~Q(iban_last4=""),
                name="bank_refund_answer_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(link_digest=None, link_expires_at=None)
                | Q(link_digest__isnull=False, link_expires_at__isnull=False),
                name="bank_refund_link_expires",
            ),
            models.CheckConstraint(
                condition=Q(paid_at=None, paid_on=None, paid_by=None, reference="", note="")
                | Q(
                    paid_at__isnull=False,
                    paid_on__isnull=False,
                    paid_by__isnull=False,
                    answered_at__isnull=False,
                )
                & ~Q(reference="")
                & ~Q(note=""),
                name="bank_refund_payment_is_proved",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None) | Q(answered_at__gte=F("asked_at")),
                name="bank_refund_answered_after_asked",
            ),
        ]
        triggers = [
            # Only whose account it was is forgotten, when the accounts of that year no longer have to be kept.
            pgtrigger.Protect(
                name="bank_refund_paid_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.paid_at IS NOT NULL AND NOT (NEW.holder = '–' AND NEW.iban_last4 = '–')"
                ),
            ),
            pgtrigger.Protect(
                name="bank_refund_proof_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.paid_at IS NOT NULL AND ROW(NEW.reversal_id, NEW.paid_at, NEW.paid_on, NEW.paid_by_id,"
                    " NEW.reference, NEW.note) IS DISTINCT FROM ROW(OLD.reversal_id, OLD.paid_at, OLD.paid_on,"
                    " OLD.paid_by_id, OLD.reference, OLD.note)"
                ),
            ),
            pgtrigger.Protect(name="bank_refund_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.reversal} · …{self.iban_last4}"
