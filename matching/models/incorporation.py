"""A group of citizens that has been admitted becomes a body of its own, which an officer confirms."""

from datetime import datetime, timedelta
from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from campaigns.models import Campaign
from civicfund.papers.models import KeptFile


class ProofQuerySet(models.QuerySet["IncorporationProof"]):
    """Questions about proofs of new bodies."""

    def unused(self) -> Self:
        """Keep those on which no record stands: their form was never finished."""
        return self.filter(incorporation=None)

    def forgotten(self, now: datetime) -> Self:
        """Keep the unused ones that nobody will come back for."""
        return self.unused().filter(kept_at__lte=now - IncorporationProof.WAITS)


class IncorporationProof(KeptFile):
    """A file that proves that a group's new body exists: its deed, the tax office's certificate."""

    #: How long it waits for the rest of its form.
    WAITS = timedelta(days=7)

    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, related_name="incorporation_proofs", verbose_name=_("campaign")
    )
    kept_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("uploaded by")
    )
    kept_at = models.DateTimeField(_("uploaded at"))

    objects = ProofQuerySet.as_manager()

    class Meta:
        verbose_name = _("proof of a new body")
        verbose_name_plural = _("proofs of new bodies")
        ordering = ["-kept_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(size_bytes__gt=0), name="incorporation_proof_not_empty"),
            models.CheckConstraint(
                condition=Q(kind__in=["pdf", "jpeg", "png"]), name="incorporation_proof_of_a_known_kind"
            ),
        ]
        triggers = [
            # One that a record stands on cannot be deleted either: the record points at it and is never deleted.
            pgtrigger.Protect(name="incorporation_proof_is_kept", operation=pgtrigger.Update)
        ]


class IncorporationQuerySet(models.QuerySet["Incorporation"]):
    """Questions about groups that become bodies."""

    def waiting(self) -> Self:
        """Keep those that no officer has decided about, the oldest first."""
        return self.filter(state=Incorporation.State.RECORDED).order_by("recorded_at", "pk")


class Incorporation(models.Model):
    """A group names the body it has set up; once confirmed, the body takes its place and can be awarded the grant."""

    class State(models.TextChoices):
        #: An officer has it on the list.
        RECORDED = "recorded", _("waits for an officer")
        #: The body is the promoter from then on.
        CONFIRMED = "confirmed", _("confirmed")
        #: With a reason that the group reads; it may name a body again.
        REFUSED = "refused", _("refused")

    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, related_name="incorporations", verbose_name=_("campaign")
    )
    group = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", verbose_name=_("group")
    )
    body = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", verbose_name=_("new body")
    )
    proof = models.CharField(_("what proves it"), max_length=500, blank=True)
    proof_file = models.OneToOneField(
        IncorporationProof,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="incorporation",
        verbose_name=_("proof as a file"),
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.RECORDED)
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    refusal_reason = models.TextField(_("why it was refused"), max_length=2000, blank=True)

    objects = IncorporationQuerySet.as_manager()

    class Meta:
        verbose_name = _("group that becomes a body")
        verbose_name_plural = _("groups that become bodies")
        ordering = ["-recorded_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign"],
                name="incorporation_once",
                condition=Q(state__in=["recorded", "confirmed"]),
            ),
            models.CheckConstraint(
                condition=Q(state="recorded", decided_at=None, decided_by=None, refusal_reason="")
                | Q(
                    state="confirmed",
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                    refusal_reason="",
                )
                | Q(state="refused", decided_at__isnull=False, decided_by__isnull=False)
                & ~Q(refusal_reason=""),
                name="incorporation_decision_matches_state",
            ),
            models.CheckConstraint(
                condition=~Q(body=F("group")) & (~Q(proof="") | Q(proof_file__isnull=False)),
                name="incorporation_is_of_another_and_proven",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="incorporation_is_what_was_recorded",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "campaign", "group", "body", "proof", "proof_file", "recorded_at", "recorded_by"
                ),
            ),
            pgtrigger.Protect(
                name="decided_incorporation_is_kept",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state="recorded"),
            ),
            pgtrigger.Protect(name="incorporation_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} · {self.body}"

    def get_absolute_url(self) -> str:
        return reverse("matching:new_body", args=[self.campaign.slug])
