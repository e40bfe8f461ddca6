from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization


class ConnectedAccount(models.Model):
    """The Stripe account through which a body receives gifts."""

    organization = models.OneToOneField(
        Organization, on_delete=models.PROTECT, related_name="connected_account"
    )
    stripe_account_id = models.CharField(_("Stripe account"), max_length=64, unique=True)
    created_at = models.DateTimeField(_("created at"))
    #: When Stripe last said that the account may receive transfers; empty while it may not.
    ready_at = models.DateTimeField(_("may receive gifts since"), null=True, blank=True)

    class Meta:
        verbose_name = _("connected account")
        verbose_name_plural = _("connected accounts")

    def __str__(self) -> str:
        return f"{self.organization} · {self.stripe_account_id}"

    @property
    def is_ready(self) -> bool:
        return self.ready_at is not None
