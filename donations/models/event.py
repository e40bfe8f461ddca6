from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class StripeEventQuerySet(models.QuerySet["StripeEvent"]):
    """Questions about what Stripe has told."""

    def due(self, now: datetime) -> Self:
        """Keep the events nobody has applied and nobody is applying."""
        return self.filter(processed_at=None, next_attempt_at__lte=now)


class StripeEvent(models.Model):
    """A hint from Stripe that something changed; only ids are kept, the truth is read again from Stripe."""

    #: How long a worker may take for one event before another one tries.
    LEASE = timedelta(seconds=60)

    class Outcome(models.TextChoices):
        APPLIED = "applied", _("applied")
        UNUSED = "unused", _("of no use here")
        UNKNOWN = "unknown", _("about something this site does not know")

    stripe_id = models.CharField(_("event"), max_length=64, unique=True)
    type = models.CharField(_("type"), max_length=64)
    object_id = models.CharField(_("about"), max_length=128, blank=True)
    #: The public id of our gift, as the object's metadata or client reference name it.
    reference = models.CharField(_("our gift"), max_length=64, blank=True)
    payment_intent_id = models.CharField(_("payment"), max_length=64, blank=True)
    received_at = models.DateTimeField(_("received at"))
    next_attempt_at = models.DateTimeField(_("next try at"))
    attempts = models.PositiveIntegerField(_("tries"), default=0)
    processed_at = models.DateTimeField(_("processed at"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, blank=True)

    objects = StripeEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("Stripe event")
        verbose_name_plural = _("Stripe events")
        ordering = ["-received_at"]
        indexes = [models.Index(fields=["next_attempt_at"], name="event_due", condition=Q(processed_at=None))]
        constraints = [
            models.CheckConstraint(
                condition=Q(processed_at=None, outcome="") | Q(processed_at__isnull=False) & ~Q(outcome=""),
                name="event_outcome_matches_processed_at",
            )
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.stripe_id}"
