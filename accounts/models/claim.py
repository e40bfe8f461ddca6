import uuid
from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.organization import Membership, Organization
from accounts.models.paper import OrganizationPaper


class ClaimQuerySet(models.QuerySet["Claim"]):
    """Questions about claims."""

    def waiting(self) -> Self:
        """Keep those no officer has decided about, the oldest first; whoever has erased the own data waits no more."""
        return self.filter(status=Claim.Status.OPEN, person__forgotten_at=None).order_by("asked_at")


class Claim(models.Model):
    """A person asks the officers, with a proof, to act for a body that is registered already."""

    class Status(models.TextChoices):
        OPEN = "open", _("with the officers")
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("not accepted")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="claims", verbose_name=_("organization")
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="claims", verbose_name=_("person")
    )
    words = models.TextField(_("in the person's words"), max_length=2000)
    proof = models.OneToOneField(
        OrganizationPaper, on_delete=models.PROTECT, related_name="claim", verbose_name=_("proof")
    )
    asked_at = models.DateTimeField(_("asked at"))
    status = models.CharField(_("state"), max_length=10, choices=Status, default=Status.OPEN)
    role = models.CharField(_("role"), max_length=10, choices=Membership.Role, blank=True)
    reason = models.TextField(_("reason"), blank=True, max_length=2000)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("request to act for a body")
        verbose_name_plural = _("requests to act for a body")
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "person"], condition=Q(status="open"), name="claim_open_once"
            ),
            models.CheckConstraint(condition=~Q(words=""), name="claim_has_words"),
            models.CheckConstraint(
                condition=Q(status="open", decided_at=None, decided_by=None, reason="", role="")
                | Q(status="refused", decided_at__isnull=False, decided_by__isnull=False, role="")
                & ~Q(reason="")
                | Q(status="accepted", decided_at__isnull=False, decided_by__isnull=False)
                & ~Q(reason="")
                & ~Q(role=""),
                name="claim_decision_matches_status",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="claim_is_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="claim_decision_is_final",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__status="open"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.organization}"


class ClaimObjection(models.Model):
    """An owner says why a person should not act for the body."""

    claim = models.ForeignKey(
        Claim,
        on_delete=models.PROTECT,
        related_name="objections",
        verbose_name=_("request to act for a body"),
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("owner")
    )
    words = models.TextField(_("objection"), max_length=2000)
    at = models.DateTimeField(_("objected at"))

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["claim", "by"], name="claim_objection_once"),
            models.CheckConstraint(condition=~Q(words=""), name="claim_objection_has_words"),
        ]
        triggers = [
            pgtrigger.Protect(name="claim_objection_is_kept", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.by}: {self.words[:60]}"
