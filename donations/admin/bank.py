"""Refunds by bank transfer at the desk: ask the donor again, pay, and prove that it was paid."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from calls.models import Stop
from civicfund.desk import DayWidget, Effects, ReadOnlyInline, ReasonForm, Refusal, Step, moment_column
from civicfund.sealing import Unreadable
from civicfund.templatetags.money import euro
from donations import services
from donations.models import BankRefund, Reversal

Status = Reversal.Status
GONE = _("This refund does not wait for a bank transfer any more.")


class TransferForm(ReasonForm):
    """Ask for the proof of a transfer."""

    field_order = ("paid_on", "reference", "reason")

    paid_on = forms.DateField(label=_("Day of the transfer"), widget=DayWidget)
    reference = forms.CharField(
        label=_("Reference of the transfer"),
        help_text=_("The CRO or TRN the bank gave it; the donor reads it in the mail."),
        max_length=140,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Kept with your name in the ledger."),
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )

    def clean_paid_on(self) -> date:
        """Refuse a day to come, next to the field."""
        paid_on = self.cleaned_data["paid_on"]
        if paid_on > timezone.localdate():
            raise forms.ValidationError(gettext("This day is still to come: pay first, then write it here."))
        return paid_on


class RecordTransferStep(Step):
    """Write that a refund was paid by bank transfer."""

    title = _("The bank transfer is made")
    lead = _(
        "Make the transfer at your bank to the account below, then write its proof here. It can be done once."
    )
    button = _("The transfer is made")
    template = "admin/donations/record_transfer.html"
    form_class = TransferForm
    is_grave = True
    too_late = GONE
    effects = Effects.TRIED
    refusals = {services.NotPayable: Refusal(GONE)}
    needs_fresh_login = True

    @classmethod
    def is_possible(cls, row: Reversal) -> bool:
        """Say whether the donor has named an account."""
        return row.status == Status.READY

    def facts(self) -> list[tuple[Any, Any]]:
        """Show the account: here alone in full, since here it is paid to."""
        bank = self.row.bank
        try:
            iban = services.iban_of(bank)
        except Unreadable:
            iban = gettext("The key that sealed it is gone: ask the donor again.")
        return [
            (gettext("Amount"), euro(self.row.amount_cents)),
            (gettext("Account holder"), bank.holder),
            ("IBAN", " ".join(iban[i : i + 4] for i in range(0, len(iban), 4)) if iban.isalnum() else iban),
            (
                gettext("Purpose of the transfer"),
                gettext("Refund of gift %(number)s") % {"number": self.row.donation.public_id},
            ),
        ]

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Say what the record does, and whether refunds of the call are stopped."""
        stopped = Stop.objects.holding(Stop.What.REFUNDS)
        campaign = self.row.donation.campaign
        return {
            "reversal": self.row,
            "is_stopped": stopped.filter(call__applications__campaign=campaign).exists(),
        }

    def act(self, values: dict[str, Any]) -> str:
        """Record it."""
        services.record_bank_transfer(
            reversal=self.row,
            paid_on=values["paid_on"],
            reference=values["reference"],
            reason=values["reason"],
            by=self.request.user,
            now=timezone.now(),
        )
        return gettext("Recorded: nothing of this refund is owed any more, and the donor gets a mail.")


class AskAgainStep(Step):
    """Send the donor a new link for the bank account."""

    title = _("Ask the donor again for a bank account")
    button = _("Send a new link")
    template = "admin/donations/ask_again.html"
    too_late = GONE
    effects = Effects.TRIED
    refusals = {services.NotPayable: Refusal(GONE)}

    @classmethod
    def is_possible(cls, row: Reversal) -> bool:
        """Say whether the refund is to go by bank transfer and is not paid."""
        return row.status in (Status.ASKED, Status.READY)

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Say that an account already named is forgotten."""
        return {"reversal": self.row, "has_account": self.row.status == Status.READY}

    def act(self, values: dict[str, Any]) -> str:
        """Send it."""
        services.ask_again(reversal=self.row, by=self.request.user, now=timezone.now())
        return gettext("A new link is on its way to the donor; the one before opens nothing any more.")


class BankRefundInline(ReadOnlyInline):
    model = BankRefund
    fields = readonly_fields = (
        "asked_shown",
        "links",
        "reminders",
        "holder",
        "iban_shown",
        "answered_shown",
        "paid_on",
        "reference",
        "note",
        "paid_by",
    )
    asked_shown = moment_column("asked_at", _("donor asked at"))
    answered_shown = moment_column("answered_at", _("account given at"))

    @display(description=_("IBAN"))
    def iban_shown(self, bank: BankRefund) -> str:
        """Show the last four characters."""
        return f"… {bank.iban_last4}" if bank.iban_last4 else "–"
