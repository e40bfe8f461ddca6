import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from calls.models import Call
from campaigns.models.campaign import Campaign


class ByAct(models.Model):
    """A change that only an act of the municipality can make: its number and date, the reason, who wrote it down."""

    act_number = models.CharField(_("number of the act"), max_length=60)
    act_date = models.DateField(_("date of the act"))
    reason = models.CharField(_("reason"), max_length=2000)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by")
    )
    decided_at = models.DateTimeField(_("at"))

    class Meta:
        abstract = True


class DeadlineExtension(ByAct):
    """More days for all the campaigns of a call that opened on the same day; they had the same deadline in prospect."""

    call = models.ForeignKey(
        Call, on_delete=models.PROTECT, related_name="extensions", verbose_name=_("call")
    )
    opening_day = models.DateField(_("campaigns opened on"))
    days = models.PositiveSmallIntegerField(_("length in days, from now on"))
    campaigns = models.PositiveIntegerField(_("campaigns extended"))

    class Meta:
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        ordering = ["-decided_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(act_number="") & ~Q(reason=""), name="extension_has_an_act"),
            models.CheckConstraint(condition=Q(campaigns__gt=0), name="extension_extends_something"),
        ]
        triggers = [
            pgtrigger.Protect(name="extension_is_kept", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.act_number} · {self.opening_day}"


class CostVariation(ByAct):
    """A lower cost of a project, approved after its admission: threshold and grant fall with it, never rise."""

    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, related_name="variations", verbose_name=_("campaign")
    )
    old_cost_cents = models.PositiveBigIntegerField(_("cost before (cents)"))
    cost_cents = models.PositiveBigIntegerField(_("cost (cents)"))
    threshold_cents = models.PositiveBigIntegerField(_("threshold (cents)"))
    grant_due_cents = models.PositiveBigIntegerField(_("municipality's share (cents)"))

    class Meta:
        verbose_name = _("cost variation")
        verbose_name_plural = _("cost variations")
        ordering = ["-decided_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(act_number="") & ~Q(reason=""), name="variation_has_an_act"),
            models.CheckConstraint(
                condition=Q(cost_cents__lt=F("old_cost_cents")), name="variation_lowers_the_cost"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="variation_is_kept", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.campaign} · {self.act_number}"
