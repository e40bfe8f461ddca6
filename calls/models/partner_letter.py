"""The letter of mandate a partner has signed, as a file."""

from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from calls.models.partner import Partner
from civicfund.papers.models import KeptFile


class PartnerLetterQuerySet(models.QuerySet["PartnerLetter"]):
    """Questions about signed letters."""

    def current(self) -> Self:
        """Keep those in force: not replaced, and about the part as it is now."""
        return self.filter(replaced_at=None, part_version=F("partner__version"))


class PartnerLetter(KeptFile):
    """A signed letter of mandate; one that is replaced, or whose part has changed since, stays in the record."""

    partner = models.ForeignKey(
        Partner, on_delete=models.PROTECT, related_name="letters", verbose_name=_("partner")
    )
    #: The version of the part that stands above the signature.
    part_version = models.PositiveIntegerField(_("version of the part"))
    #: When its first piece was asked for: what was begun before a deadline counts for a while after it.
    begun_at = models.DateTimeField(_("upload begun at"))
    kept_at = models.DateTimeField(_("uploaded at"))
    #: Nobody when the partner sent it by its own link.
    kept_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("uploaded by"),
    )
    replaced_at = models.DateTimeField(_("replaced at"), null=True, blank=True)

    objects = PartnerLetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("signed letter of mandate")
        verbose_name_plural = _("signed letters of mandate")
        ordering = ["-kept_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["partner"], condition=Q(replaced_at=None), name="partner_letter_one_in_force"
            ),
            models.CheckConstraint(condition=Q(size_bytes__gt=0), name="partner_letter_not_empty"),
            models.CheckConstraint(
                condition=Q(kind__in=["pdf", "jpeg", "png"]), name="partner_letter_of_a_known_kind"
            ),
            models.CheckConstraint(
                condition=Q(begun_at__lte=F("kept_at")), name="partner_letter_begun_before_kept"
            ),
            models.CheckConstraint(
                condition=Q(replaced_at=None) | Q(replaced_at__gte=F("kept_at")),
                name="partner_letter_replaced_after_kept",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="partner_letter_is_what_was_sent", exclude=["replaced_at"]),
            pgtrigger.Protect(name="partner_letter_is_kept", operation=pgtrigger.Delete),
        ]
