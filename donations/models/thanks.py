from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from donations.models.donation import Donation


class Thanks(models.Model):
    """What a promoter writes to the donor of a gift, once; the donor's address stays with the site."""

    donation = models.OneToOneField(
        Donation, models.PROTECT, related_name="thanks", verbose_name=_("donation")
    )
    text = models.TextField(_("text"), max_length=1000)
    written_at = models.DateTimeField(_("written at"))
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("written by")
    )

    class Meta:
        verbose_name = _("thanks for a gift")
        verbose_name_plural = _("thanks for gifts")
        ordering = ["-written_at"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="thanks_has_words")]

    def __str__(self) -> str:
        return str(self.donation)
