"""Giving a gift back at the desk, in whole or in part: from the threshold on only officers do it, and with a reason."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from civicfund.desk import Effects, ReasonForm, Refusal, Step
from civicfund.money import NotAnAmount, format_euro, parse_euro
from donations import services
from donations.models import Donation
from ledger.services import raised_cents

Status = Donation.Status


class GiveBackForm(ReasonForm):
    """Ask how much of a gift goes back, and why, in as many words as the ledger keeps."""

    foretold = ("amount",)
    field_order = ("amount", "reason")
    amount = forms.CharField(
        label=_("Amount in euro"),
        max_length=20,
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Kept with your name in the ledger."),
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, kept_cents: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept_cents = kept_cents
        self.fields["amount"].help_text = gettext(
            "At most %(most)s, which is all that is kept; a part leaves the rest with the campaign."
        ) % {"most": format_euro(kept_cents, get_language() or "it")}

    def clean_amount(self) -> str:
        """Refuse, next to the field, what is no amount or more than is kept."""
        typed = self.cleaned_data["amount"]
        try:
            cents = parse_euro(typed)
        except NotAnAmount as error:
            raise forms.ValidationError(
                gettext("Write an amount in euro, for example 25 or 12,50.")
            ) from error
        if not 0 < cents <= self.kept_cents:
            most = format_euro(self.kept_cents, get_language() or "it")
            raise forms.ValidationError(gettext("From one cent to %(most)s can go back.") % {"most": most})
        return typed


class GiveBackStep(Step):
    """Give a gift, or a part of it, back to its donor."""

    title = _("Give the gift back")
    button = _("Give back")
    template = "admin/donations/give_back.html"
    form_class = GiveBackForm
    is_grave = True
    too_late = _("Nothing of this gift is with the campaign any more.")
    effects = Effects.TRIED
    refusals = {
        services.NotRefundable: Refusal(too_late),
        services.MoreThanKept: Refusal(_("So much of this gift is not kept any more."), "amount"),
    }
    needs_fresh_login = True

    @classmethod
    def is_possible(cls, row: Donation) -> bool:
        """Say whether the gift's money is here."""
        return row.status in (Status.SETTLED, Status.QUARANTINED)

    def form_arguments(self) -> dict[str, Any]:
        """Say how much can go back."""
        return {"kept_cents": services.kept_cents(self.row)}

    def initial(self) -> dict[str, Any]:
        """Propose all that is kept."""
        kept = services.kept_cents(self.row)
        return {"amount": f"{kept // 100},{kept % 100:02d}"}

    def facts(self) -> list[tuple[Any, Any]]:
        """Say which gift it is."""
        return [
            (gettext("Campaign"), self.row.campaign),
            (gettext("Donor"), self.row.email),
            (gettext("State"), self.row.get_status_display()),
        ]

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Say what goes back, what stays, and what the campaign and the municipality's share then have."""
        amount = parse_euro(values["amount"])
        campaign = self.row.campaign
        raised = raised_cents(campaign)
        # What did not count of a gift goes first.
        falls_by = max(amount - self.row.uncounted_cents, 0) if self.row.status == Status.SETTLED else 0
        left = max(raised - falls_by, 0)
        grant = getattr(campaign, "grant", None)
        return {
            "amount_cents": amount,
            "stays_cents": services.kept_cents(self.row) - amount,
            "raised_cents": raised,
            "left_cents": left,
            "threshold_cents": campaign.threshold_cents,
            "falls_below": left < campaign.threshold_cents <= raised,
            "is_awarded": getattr(grant, "awarded_at", None) is not None,
        }

    def act(self, values: dict[str, Any]) -> str:
        """Owe the refund; the worker sends it."""
        services.owe_refund(
            donation=self.row,
            by=self.request.user,
            reason=values["reason"],
            amount_cents=parse_euro(values["amount"]),
            now=timezone.now(),
        )
        return gettext("The money is owed back; the refund leaves within seconds.")
