import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from calls.models import Fund
from ledger.models import Entry
from matching.models.act import AdministrativeAct


class FundMovement(models.Model):
    """Money the municipality adds to a fund, takes out of it, or passes to the fund of the next window, by an act."""

    class Kind(models.TextChoices):
        INCREASE = "increase", _("increase")
        DECREASE = "decrease", _("decrease")
        CARRY_OVER = "carry_over", _("passed to the next window")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="movements", verbose_name=_("fund"))
    #: The fund that receives what a window has left over.
    to_fund = models.ForeignKey(
        Fund,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="arrivals",
        verbose_name=_("to the fund"),
    )
    amount_cents = models.PositiveBigIntegerField(_("amount (cents)"))
    act = models.ForeignKey(
        AdministrativeAct, on_delete=models.PROTECT, related_name="movements", verbose_name=_("act")
    )
    reason = models.CharField(_("reason"), max_length=500)
    moved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by")
    )
    moved_at = models.DateTimeField(_("at"))
    entry = models.OneToOneField(
        Entry, on_delete=models.PROTECT, related_name="+", verbose_name=_("ledger entry")
    )

    class Meta:
        verbose_name = _("movement of a fund")
        verbose_name_plural = _("movements of funds")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["act", "fund", "kind"], name="movement_once_per_act"),
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0) & ~Q(reason=""), name="movement_has_amount_and_reason"
            ),
            models.CheckConstraint(
                condition=Q(kind="carry_over", to_fund__isnull=False) & ~Q(to_fund=F("fund"))
                | Q(kind__in=["increase", "decrease"], to_fund=None),
                name="movement_target_matches_kind",
            ),
        ]
        triggers = [pgtrigger.Protect(name="movement_is_kept", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.fund}"
