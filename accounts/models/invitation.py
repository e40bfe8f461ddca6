import uuid
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models.organization import Membership, Organization


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Questions about invitations."""

    def unanswered(self) -> Self:
        """Keep those nobody has accepted or revoked, those too old included."""
        return self.filter(status=Invitation.Status.OPEN)


class Invitation(models.Model):
    """An owner asks a person, by mail, to act for a body too."""

    #: How long a link lives; sent again, it lives as long from then on.
    LASTS = timedelta(days=14)
    #: How many may wait for an answer at once, and how often one may be sent: the site writes to whoever is named here.
    MOST_OPEN = 30
    MOST_SENT = 5

    class Status(models.TextChoices):
        OPEN = "open", _("waiting for an answer")
        ACCEPTED = "accepted", _("accepted")
        REVOKED = "revoked", _("revoked")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="invitations", verbose_name=_("organization")
    )
    email = models.EmailField(_("e-mail"))
    role = models.CharField(_("role"), max_length=10, choices=Membership.Role)
    status = models.CharField(_("state"), max_length=10, choices=Status, default=Status.OPEN)
    #: SHA-256 of the last link; the link itself stands in the mail only.
    digest = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("invited by")
    )
    created_at = models.DateTimeField(_("invited at"))
    sent_at = models.DateTimeField(_("sent at"))
    expires_at = models.DateTimeField(_("valid until"))
    times_sent = models.PositiveSmallIntegerField(_("times sent"), default=1)
    ended_at = models.DateTimeField(_("answered or revoked at"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("answered or revoked by"),
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "email"], condition=Q(status="open"), name="invitation_open_once"
            ),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="invitation_email_lower_case"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("sent_at")), name="invitation_lasts"),
            models.CheckConstraint(
                condition=Q(status="open", ended_at=None, ended_by=None)
                | Q(status__in=["accepted", "revoked"], ended_at__isnull=False, ended_by__isnull=False),
                name="invitation_ended_at_matches_status",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} · {self.organization}"

    def is_valid(self, now: datetime) -> bool:
        """Say whether its link can be accepted at an instant."""
        return self.status == self.Status.OPEN and now < self.expires_at
