"""What officers do with gifts outside the site: verify, refuse, undo, and check that they went back."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from accounts.services import OwnBody
from campaigns.services import WrongState
from civicfund.desk import Effects, ReasonForm, Refusal, Step, StepForm
from civicfund.money import NotAnAmount, format_euro, parse_euro
from civicfund.templatetags.clock import day
from civicfund.templatetags.money import euro
from donations import services
from donations.admin.offline_facts import evidence_link, facts_of, warnings_of
from donations.models import OfflineDonation, OfflineReturn, Party
from donations.services.payment import COUNTING

Status = OfflineDonation.Status
OWN = Refusal(_("You belong to this body, or entered the gift yourself: another officer has to decide."))
NO_REASON = Refusal(_("Write the reason."), "reason")
REFUSALS = {
    WrongState: Refusal(Step.too_late),
    services.OwnEntry: OWN,
    OwnBody: OWN,
    services.ReasonMissing: NO_REASON,
}


class VerifyForm(StepForm):
    """Ask what the proof shows."""

    foretold = ("amount", "party")
    amount = forms.CharField(
        label=_("Verified amount in euro"),
        max_length=20,
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    party = forms.ChoiceField(
        label=_("Who gives"), choices=Party.choices, widget=UnfoldAdminRadioSelectWidget
    )
    reason = forms.CharField(
        label=_("What you have checked"),
        help_text=_("Kept with your name in the ledger."),
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, entered_cents: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.entered_cents = entered_cents
        self.fields["amount"].help_text = gettext("At most %(most)s, what the promoter has entered.") % {
            "most": self._most()
        }

    def clean_amount(self) -> str:
        """Refuse, next to the field, what is no amount or more than was entered."""
        typed = self.cleaned_data["amount"]
        try:
            cents = parse_euro(typed)
        except NotAnAmount:
            raise forms.ValidationError(
                gettext("Write an amount in euro, for example 25 or 12,50.")
            ) from None
        if not 0 < cents <= self.entered_cents:
            words = gettext("From one cent to %(most)s can be verified: more has to be entered anew.")
            raise forms.ValidationError(words % {"most": self._most()})
        return typed

    def _most(self) -> str:
        """Return what was entered as people read it."""
        return format_euro(self.entered_cents, get_language() or "it")


class OfflineStep(Step):
    """A step about a gift outside the site, with the gift and its proof before the officer's eyes."""

    effects = Effects.TRIED

    refusals = REFUSALS

    def facts(self) -> list[tuple[Any, Any]]:
        """Show what was entered and what proves it."""
        return facts_of(self.row)


class VerifyStep(OfflineStep):
    """Count a gift whose proof convinces."""

    title = _("Verify the gift")
    button = _("Verify")
    lead = _("Open the proof and compare donor, amount, day and means of payment with what was entered.")
    template = "admin/donations/offline_verify.html"
    form_class = VerifyForm
    refusals = {
        **REFUSALS,
        services.MoreThanEntered: Refusal(_("So much was not entered."), "amount"),
    }
    needs_fresh_login = True

    @classmethod
    def is_possible(cls, row: OfflineDonation) -> bool:
        """Say whether it waits for a word and the outcome is open."""
        return row.status == Status.ENTERED and row.campaign.status in COUNTING

    def form_arguments(self) -> dict[str, Any]:
        """Say how much can be verified."""
        return {"entered_cents": self.row.amount_cents}

    def initial(self) -> dict[str, Any]:
        """Propose what was entered, and who the site takes the donor for."""
        cents = self.row.amount_cents
        party, _reason = services.party_of(self.row, self.row.campaign)
        return {"amount": f"{cents // 100},{cents % 100:02d}", "party": party}

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Say what of it counts, and where the campaign then is."""
        campaign = self.row.campaign
        verified = parse_euro(values["amount"])
        counted, change = services.foretell(self.row, campaign, kept_cents=verified, party=values["party"])
        raised = services.basis_cents(campaign)
        return {
            "verified_cents": verified,
            "counted_cents": counted,
            "uncounted_cents": verified - counted,
            "raised_cents": raised + change,
            "threshold_cents": campaign.threshold_cents,
            "reaches": raised < campaign.threshold_cents <= raised + change,
            "warnings": warnings_of(self.row),
            "gift": self.row,
        }

    def act(self, values: dict[str, Any]) -> str:
        """Count it."""
        gift = services.verify_offline_donation(
            gift=self.row,
            verified_cents=parse_euro(values["amount"]),
            party=values["party"],
            note=values["reason"],
            by=self.request.user,
            now=timezone.now(),
        )
        counted = {"amount": euro(gift.counted_cents)}
        return gettext("Verified: %(amount)s of it count for the threshold.") % counted


class RefuseStep(OfflineStep):
    """Refuse a gift whose proof does not convince."""

    title = _("Refuse the gift")
    button = _("Refuse")
    template = "admin/donations/offline_refuse.html"
    form_class = ReasonForm
    is_grave = True

    @classmethod
    def is_possible(cls, row: OfflineDonation) -> bool:
        """Say whether it waits for a word."""
        return row.status == Status.ENTERED

    def act(self, values: dict[str, Any]) -> str:
        """Refuse it."""
        services.refuse_offline_donation(
            gift=self.row, reason=values["reason"], by=self.request.user, now=timezone.now()
        )
        return gettext("Refused: the promoter gets your reason by mail.")


class UndoStep(OfflineStep):
    """A step that takes a verified gift out of what counts."""

    form_class = ReasonForm
    template = "admin/donations/offline_undo.html"
    is_grave = True
    must_go_back = False

    @classmethod
    def is_possible(cls, row: OfflineDonation) -> bool:
        """Say whether it is verified."""
        return row.status == Status.VERIFIED

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Say where the campaign then is."""
        campaign = self.row.campaign
        _counted, change = services.foretell(self.row, campaign, kept_cents=0, party=self.row.party)
        raised = services.basis_cents(campaign)
        return {
            "gift": self.row,
            "raised_cents": raised + change,
            "threshold_cents": campaign.threshold_cents,
            "falls_below": raised + change < campaign.threshold_cents <= raised,
            "must_go_back": self.must_go_back,
        }


class AnnulStep(UndoStep):
    """Take a gift out whose money never came."""

    title = _("Annul the gift: its money did not come")
    button = _("Annul")
    needs_fresh_login = True

    @classmethod
    def is_possible(cls, row: OfflineDonation) -> bool:
        """Say whether it is verified, or owed back by its promoter."""
        return row.status in (Status.VERIFIED, Status.RETURN_DUE)

    def act(self, values: dict[str, Any]) -> str:
        """Annul it."""
        services.annul_offline_donation(
            gift=self.row, reason=values["reason"], by=self.request.user, now=timezone.now()
        )
        return gettext("Annulled: it counts no more, and the promoter gets your reason by mail.")


class OweBackStep(UndoStep):
    """Let the promoter give a gift back."""

    title = _("Let the promoter give the gift back")
    button = _("It has to go back")
    must_go_back = True
    needs_fresh_login = True

    def act(self, values: dict[str, Any]) -> str:
        """Owe it."""
        services.owe_offline_return(
            gift=self.row, reason=values["reason"], by=self.request.user, now=timezone.now()
        )
        return gettext("It counts no more: the promoter is asked to give it back and to prove it.")


class ReturnStep(OfflineStep):
    """A step about the proof that a gift went back."""

    @classmethod
    def is_possible(cls, row: OfflineDonation) -> bool:
        """Say whether a proof waits."""
        return row.status == Status.RETURN_DUE and row.proof_given is not None

    @property
    def proof(self) -> OfflineReturn:
        """Return the proof that waits; `is_possible` has said that there is one."""
        return self.row.returns.get(status=OfflineReturn.Status.GIVEN)

    def facts(self) -> list[tuple[Any, Any]]:
        """Show the gift and the proof of its return."""
        proof = self.proof
        return [
            *facts_of(self.row),
            (gettext("Given back on"), day(proof.returned_on)),
            (gettext("Proof of return"), evidence_link(proof.evidence)),
        ]


class AcceptReturnStep(ReturnStep):
    """Write that a gift is back with its donor."""

    title = _("The gift is back with its donor")
    button = _("Accept the proof")
    lead = _("Open the proof and compare recipient, amount and day.")
    template = "admin/donations/offline_return.html"
    needs_fresh_login = True

    def act(self, values: dict[str, Any]) -> str:
        """Accept the proof."""
        services.accept_return(proof=self.proof, by=self.request.user, now=timezone.now())
        return gettext("Accepted: nothing of this gift is owed any more.")


class RefuseReturnStep(ReturnStep):
    """Ask the promoter for another proof."""

    title = _("Refuse the proof of return")
    button = _("Refuse the proof")
    template = "admin/donations/offline_refuse.html"
    form_class = ReasonForm

    def act(self, values: dict[str, Any]) -> str:
        """Refuse the proof."""
        services.refuse_return(
            proof=self.proof, reason=values["reason"], by=self.request.user, now=timezone.now()
        )
        return gettext("Refused: the gift stays owed, and the promoter gets your reason by mail.")
