"""Accepting at the desk a gift whose money is there although something did not match."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from civicfund.desk import Effects, ReasonForm, Refusal, Step
from civicfund.templatetags.money import euro
from donations import services
from donations.models import Donation
from donations.stripe_answers import StripeRefused, StripeUnavailable

SILENT = _("Stripe does not answer: try again in a minute.")


class AcceptForm(ReasonForm):
    """Ask why a gift is accepted."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Kept with your name in the ledger."),
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )


class AcceptStep(Step):
    """Accept a gift that was being checked."""

    title = _("Accept the gift")
    button = _("Accept")
    lead = _("Stripe is asked again first whether the money is there.")
    template = "admin/donations/accept.html"
    form_class = AcceptForm
    too_late = _("This gift is not being checked any more.")
    effects = Effects.TRIED
    refusals = {
        services.NotAcceptable: Refusal(
            _(
                "It cannot be accepted: its money is not there in euro and on the right account, it belongs to another gift,"
                " or the campaign takes none any more. Give it back."
            )
        ),
        StripeUnavailable: Refusal(SILENT),
        StripeRefused: Refusal(SILENT),
    }
    needs_fresh_login = True

    @classmethod
    def is_possible(cls, row: Donation) -> bool:
        """Say whether the gift is being checked."""
        return row.status == Donation.Status.QUARANTINED

    def facts(self) -> list[tuple[Any, Any]]:
        """Say what was asked for, what was paid and what does not match."""
        return [
            (gettext("Campaign"), self.row.campaign),
            (gettext("Donor"), self.row.email),
            (gettext("Asked for"), euro(self.row.amount_cents)),
            (gettext("Paid"), euro(self.row.charged_cents)),
            (gettext("What does not match"), self.row.quarantine_reason),
        ]

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Say what comes to the campaign."""
        return {
            "amount_cents": services.kept_cents(self.row),
            "raised_cents": services.basis_cents(self.row.campaign),
        }

    def act(self, values: dict[str, Any]) -> str:
        """Accept it."""
        services.accept_quarantined(
            donation=self.row, by=self.request.user, reason=values["reason"], now=timezone.now()
        )
        return gettext("The gift is accepted and counts.")
