import uuid
from datetime import datetime, timedelta
from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.organization import Organization


class BankAccountQuerySet(models.QuerySet["BankAccount"]):
    """Questions about the accounts of bodies."""

    def usable(self, now: datetime) -> Self:
        """Keep those whose hold is over and that nobody stopped, the latest first: the first one is paid to."""
        return self.filter(stopped_at=None, usable_from__lte=now).order_by("-usable_from", "-pk")

    def held(self, now: datetime) -> Self:
        """Keep those that can still be stopped."""
        return self.filter(stopped_at=None, usable_from__gt=now)


class BankAccount(models.Model):
    """An IBAN a body has named; each change is a row more, and no row is changed but to stop it within its hold."""

    #: How long a new account waits, so that whoever did not ask for it can stop it.
    HOLD = timedelta(hours=72)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="bank_accounts", verbose_name=_("organization")
    )
    iban_sealed = models.BinaryField(editable=False)
    iban_last4 = models.CharField(_("IBAN ends in"), max_length=4)
    named_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("named by")
    )
    named_at = models.DateTimeField(_("named at"))
    usable_from = models.DateTimeField(_("usable from"))
    stopped_at = models.DateTimeField(_("stopped at"), null=True, blank=True)
    stopped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("stopped by"),
    )
    stop_reason = models.CharField(_("reason"), max_length=500, blank=True)

    objects = BankAccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("bank account")
        verbose_name_plural = _("bank accounts")
        ordering = ["-named_at", "-pk"]
        permissions = [("read_iban", "Can read the IBAN of a body in full")]
        constraints = [
            models.CheckConstraint(condition=Q(usable_from__gt=F("named_at")), name="bank_account_is_held"),
            models.CheckConstraint(
                condition=~Q(iban_sealed=b"") & ~Q(iban_last4=""), name="bank_account_is_sealed"
            ),
            models.CheckConstraint(
                condition=Q(stopped_at=None, stopped_by=None, stop_reason="")
                | Q(
                    stopped_at__isnull=False,
                    stopped_by__isnull=False,
                    stopped_at__gte=F("named_at"),
                    stopped_at__lt=F("usable_from"),
                )
                & ~Q(stop_reason=""),
                name="bank_account_stopped_within_its_hold",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="bank_account_stays_as_named",
                exclude=["stopped_at", "stopped_by", "stop_reason"],
            ),
            pgtrigger.Protect(
                name="bank_account_stop_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__stopped_at__isnull=False),
            ),
            pgtrigger.Protect(name="bank_account_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.organization} · … {self.iban_last4}"

    def is_held(self, now: datetime) -> bool:
        """Say whether it can still be stopped."""
        return self.stopped_at is None and now < self.usable_from


class BankAccountLook(models.Model):
    """An officer has read an account in full."""

    account = models.ForeignKey(
        BankAccount, on_delete=models.PROTECT, related_name="looks", verbose_name=_("bank account")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("read by")
    )
    at = models.DateTimeField(_("read at"))
    reason = models.CharField(_("reason"), max_length=500)

    class Meta:
        verbose_name = _("look at a bank account")
        verbose_name_plural = _("looks at bank accounts")
        ordering = ["-at", "-pk"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="bank_account_look_has_reason")]
        triggers = [pgtrigger.Protect(name="look_is_kept", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.by} · {self.account}"
