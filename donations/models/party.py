import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Party(models.TextChoices):
    """Who a donor is to the campaign."""

    CITIZEN = "citizen", _("a citizen")
    #: Of the promoter's members, board or staff, or the promoter itself.
    RELATED = "related", _("the promoter's own people")
    #: The municipality or another public body: its money never counts as the citizens'.
    PUBLIC_BODY = "public_body", _("a public body")


class PartyFlag(models.Model):
    """Who the donor of a gift was found to be, by the site or by an officer with a reason; the last one holds."""

    donation = models.ForeignKey("donations.Donation", on_delete=models.PROTECT, related_name="party_flags")
    party = models.CharField(_("who gives"), max_length=12, choices=Party)
    reason = models.CharField(_("reason"), max_length=500)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    created_at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("who gives")
        verbose_name_plural = _("who gives")
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="party_flag_has_reason")]
        triggers = [
            pgtrigger.Protect(name="party_flag_is_kept", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.donation} · {self.get_party_display()}"
