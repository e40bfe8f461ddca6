import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization


class DonorExport(models.Model):
    """Who took the list of a body's identified donors out of the site, of which year, and when."""

    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        related_name="donor_exports",
        verbose_name=_("organization"),
    )
    year = models.PositiveSmallIntegerField(_("year"))
    donors = models.PositiveIntegerField(_("donors in the list"))
    total_cents = models.PositiveBigIntegerField(_("total (cents)"))
    exported_at = models.DateTimeField(_("exported at"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by")
    )

    class Meta:
        verbose_name = _("export of donors")
        verbose_name_plural = _("exports of donors")
        ordering = ["-exported_at"]
        triggers = [
            pgtrigger.Protect(name="donor_export_is_kept", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.organization} · {self.year}"
