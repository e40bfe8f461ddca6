from django.db import models
from django.utils.translation import gettext_lazy as _

from calls.models.call import Call


class EditionOutcome(models.Model):
    """The published totals of an edition; what is not known stays empty."""

    call = models.OneToOneField(Call, on_delete=models.PROTECT, related_name="outcome")
    applications = models.PositiveIntegerField(_("applications"), null=True, blank=True)
    admitted = models.PositiveIntegerField(_("applications admitted"), null=True, blank=True)
    campaigns = models.PositiveIntegerField(_("campaigns"), null=True, blank=True)
    successful = models.PositiveIntegerField(_("successful campaigns"), null=True, blank=True)
    raised_cents = models.PositiveBigIntegerField(_("given by citizens (cents)"), null=True, blank=True)
    granted_cents = models.PositiveBigIntegerField(
        _("granted by the municipality (cents)"), null=True, blank=True
    )
    donors = models.PositiveIntegerField(_("donors"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=300)
    note = models.CharField(_("note"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("published outcome")
        verbose_name_plural = _("published outcomes")

    def __str__(self) -> str:
        return str(self.call)
