"""A grant or a campaign that ends by a decision: of the municipality, or of the promoter."""

from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from donations.models import Donation
from matching.models.act import AdministrativeAct
from matching.models.grant import Grant


class RevocationQuerySet(models.QuerySet["Revocation"]):
    """Questions about grants that are to be taken back."""

    def proposed(self) -> Self:
        """Keep those that wait for a second officer."""
        return self.filter(state=Revocation.State.PROPOSED)


class Revocation(models.Model):
    """A grant taken back, or refused before its award, by a reasoned act: one officer proposes, another one confirms."""

    class Cause(models.TextChoices):
        SHORTFALL = "shortfall", _("refunds or disputes have undone the threshold")
        CHECKS = "checks", _("a check by law was not passed")
        WAIVER = "waiver", _("the promoter gives the grant up and withdraws")
        OTHER = "other", _("another reason of public interest")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("waiting for the second officer")
        CONFIRMED = "confirmed", _("confirmed")
        DROPPED = "dropped", _("dropped")

    grant = models.ForeignKey(
        Grant, on_delete=models.PROTECT, related_name="revocations", verbose_name=_("grant")
    )
    cause = models.CharField(_("cause"), max_length=10, choices=Cause)
    reason = models.CharField(_("reason"), max_length=2000)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PROPOSED)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("proposed by")
    )
    proposed_at = models.DateTimeField(_("proposed at"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    act = models.ForeignKey(
        AdministrativeAct,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="revocations",
        verbose_name=_("act"),
    )

    #: Why a proposal is not followed; empty otherwise.
    drop_reason = models.CharField(_("why it was dropped"), max_length=2000, blank=True)

    objects = RevocationQuerySet.as_manager()

    class Meta:
        verbose_name = _("revocation")
        verbose_name_plural = _("revocations")
        ordering = ["-proposed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["grant"], name="revocation_one_at_a_time", condition=~Q(state="dropped")
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="revocation_has_a_reason"),
            models.CheckConstraint(
                condition=Q(drop_reason="") | Q(state="dropped"), name="revocation_dropped_for_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_by=None, decided_at=None, act=None)
                | Q(state="dropped", decided_by__isnull=False, decided_at__isnull=False, act=None)
                | Q(state="confirmed", decided_by__isnull=False, decided_at__isnull=False, act__isnull=False)
                & ~Q(decided_by=F("proposed_by")),
                name="revocation_takes_two_officers",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="revocation_is_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="decided_revocation_is_kept",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state="proposed"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grant.campaign} · {self.get_state_display()}"


class WithdrawalQuerySet(models.QuerySet["Withdrawal"]):
    """Questions about campaigns their promoters withdraw."""

    def asked(self) -> Self:
        """Keep those that wait for the officers."""
        return self.filter(state=Withdrawal.State.ASKED)

    def gifts_left(self) -> Self:
        """Keep those carried out after a payout whose donors' gifts the money at Stripe did not reach."""
        given_up = self.filter(state=Withdrawal.State.DONE, campaign__status=Campaign.Status.SUCCEEDED)
        return given_up.filter(Exists(Donation.objects.settled().filter(campaign=OuterRef("campaign"))))

    def to_acknowledge(self) -> Self:
        """Keep those that an officer's acknowledgement is enough for: no grant has been awarded."""
        return self.asked().filter(stage=Withdrawal.Stage.REACHED)

    def waivers_to_propose(self) -> Self:
        """Keep the waivers of awarded grants for which no officer has proposed the act yet."""
        proposed = Revocation.objects.proposed().values("grant__campaign")
        return self.asked().filter(stage=Withdrawal.Stage.AWARDED).exclude(campaign__in=proposed)


class Withdrawal(models.Model):
    """A promoter's wish to end its campaign: when it was, why, and what the municipality answered."""

    class Stage(models.TextChoices):
        BEFORE_OPENING = "before", _("before the opening")
        RUNNING = "running", _("open, threshold not reached")
        REACHED = "reached", _("threshold reached, grant not awarded")
        AWARDED = "awarded", _("grant awarded")

    class State(models.TextChoices):
        ASKED = "asked", _("waiting for the municipality")
        DONE = "done", _("done")

    campaign = models.OneToOneField(
        Campaign, on_delete=models.PROTECT, related_name="withdrawal", verbose_name=_("campaign")
    )
    stage = models.CharField(_("moment"), max_length=10, choices=Stage)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ASKED)
    reason = models.CharField(_("reason"), max_length=2000)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked at"))
    #: Empty where the promoter alone decides: before the opening and below the threshold.
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("acknowledged by"),
    )
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)

    objects = WithdrawalQuerySet.as_manager()

    class Meta:
        verbose_name = _("withdrawal")
        verbose_name_plural = _("withdrawals")
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="withdrawal_has_a_reason"),
            models.CheckConstraint(
                condition=Q(
                    state="asked", stage__in=["reached", "awarded"], done_at=None, acknowledged_by=None
                )
                | Q(
                    state="done", stage__in=["before", "running"], done_at__isnull=False, acknowledged_by=None
                )
                | Q(state="done", stage__in=["reached", "awarded"], done_at__isnull=False)
                & Q(acknowledged_by__isnull=False),
                name="withdrawal_is_acknowledged",
            ),
        ]
        triggers = [pgtrigger.Protect(name="withdrawal_is_kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.campaign} · {self.get_state_display()}"
