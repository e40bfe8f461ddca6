"""What promoters and citizens write on a campaign's page: public at once, looked at by an officer afterwards."""

from datetime import timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization


class ModeratedQuerySet(models.QuerySet[Any]):
    """Questions about what has to be looked at."""

    def hidden(self) -> Self:
        """Keep what an officer has hidden."""
        return self.filter(hidden_at__isnull=False)

    def unhidden(self) -> Self:
        """Keep what no officer has hidden."""
        return self.filter(hidden_at=None)


class Moderated(models.Model):
    """A text or picture that an officer looks at after it is public, and may hide for a reason everybody reads."""

    #: How soon an officer looks at what is new or was changed.
    LOOKED_AT_WITHIN = timedelta(days=3)

    #: Empty again when its text changes.
    looked_at = models.DateTimeField(_("last looked at"), null=True, blank=True)
    looked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("last looked at by"),
    )
    hidden_at = models.DateTimeField(_("hidden at"), null=True, blank=True)
    hidden_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("hidden by"),
    )
    hidden_reason = models.TextField(_("why it is hidden"), blank=True, max_length=2000)

    class Meta:
        abstract = True

    @property
    def organization(self) -> Organization:
        """Return the promoter, about whose page nobody decides who belongs to it."""
        return self.campaign.organization  # type: ignore[attr-defined, no-any-return]

    @property
    def is_hidden(self) -> bool:
        """Say whether an officer has hidden it."""
        return self.hidden_at is not None

    @property
    def is_read(self) -> bool:
        """Say whether everybody reads it now."""
        return not self.is_hidden


def hidden_for_a_reason(name: str) -> models.CheckConstraint:
    """Return the promise that what is hidden says when, by whom and why."""
    shown = Q(hidden_at=None, hidden_by=None, hidden_reason="")
    hidden = Q(hidden_at__isnull=False, hidden_by__isnull=False) & ~Q(hidden_reason="")
    return models.CheckConstraint(condition=shown | hidden, name=f"{name}_hidden_for_a_reason")
