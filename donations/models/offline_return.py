import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from donations.models.evidence import Evidence
from donations.models.offline import OfflineDonation, only_in


class OfflineReturn(models.Model):
    """A promoter's proof that a gift outside the site was given back, and what an officer says of it."""

    class Status(models.TextChoices):
        GIVEN = "given", _("to be checked")
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("refused")

    donation = models.ForeignKey(
        OfflineDonation, on_delete=models.PROTECT, related_name="returns", verbose_name=_("gift")
    )
    returned_on = models.DateField(_("given back on"))
    evidence = models.OneToOneField(
        Evidence, on_delete=models.PROTECT, related_name="offline_return", verbose_name=_("proof of payment")
    )
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("proof given by")
    )
    given_at = models.DateTimeField(_("proof given at"))
    status = models.CharField(_("state"), max_length=8, choices=Status, default=Status.GIVEN)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("proof of return")
        verbose_name_plural = _("proofs of return")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["donation"],
                name="offline_return_one_at_a_time",
                condition=Q(status__in=["given", "accepted"]),
            ),
            models.CheckConstraint(
                condition=only_in(
                    ["accepted", "refused"],
                    Q(decided_at__isnull=False, decided_by__isnull=False),
                    Q(decided_at=None, decided_by=None),
                ),
                name="offline_return_decided_at_matches_status",
            ),
            models.CheckConstraint(
                condition=~Q(status="refused") | ~Q(reason=""), name="offline_return_refusal_has_reason"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="offline_return_is_what_was_given",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("donation", "returned_on", "evidence", "given_by", "given_at"),
            ),
            pgtrigger.Protect(
                name="offline_return_decision_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.status <> 'given'"),
            ),
            pgtrigger.Protect(name="offline_return_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.donation} · {self.returned_on}"
