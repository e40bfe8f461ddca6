"""What officers do about grants that are taken back and campaigns their promoters withdraw."""

from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from campaigns.services import WrongState
from civicfund.desk import ActForm, Effects, ReasonForm, Refusal, Step, StepForm
from civicfund.templatetags.clock import moment
from civicfund.templatetags.money import euro
from ledger.models import Account
from ledger.services import balance
from matching import services
from matching.models import Grant, Revocation, Shortfall, Withdrawal

NO_REASON = Refusal(_("Write the reason."), "reason")
MOVED_ON = Refusal(Step.too_late)
#: What keeps an officer from vouching for money of a promoter.
UNSURE = {
    services.OwnBody: Refusal(_("You belong to this body: another officer has to decide.")),
    services.OtherSum: Refusal(_("What follows has changed: read it, then confirm.")),
}


class SumForm(StepForm):
    """Take an officer's word only for the sum that was on the page, in cents."""

    def __init__(self, *args: Any, sum_cents: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sum_cents = sum_cents

    def seen(self) -> str:
        """Return the sum."""
        return str(self.sum_cents)


class ProposalForm(StepForm):
    """Ask why a grant should be refused or taken back."""

    cause = forms.ChoiceField(label=_("Cause"), choices=Revocation.Cause, widget=UnfoldAdminSelectWidget)
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_(
            "It goes into the act; once confirmed the organization reads it, and the donors who may leave."
        ),
        max_length=2000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 5}),
    )


class ProposeStep(Step):
    """Propose to a second officer that a grant be refused or taken back."""

    title = _("Propose that the grant be refused or taken back")
    button = _("Propose")
    lead = _("Nothing moves yet: a second officer confirms it with the act, or the proposal is dropped.")
    template = "admin/matching/propose_revocation.html"
    effects = Effects.TRIED
    form_class = ProposalForm
    cause: ClassVar[Revocation.Cause] = Revocation.Cause.CHECKS
    refusals = {services.ActMissing: NO_REASON, services.NotRevocable: MOVED_ON}

    @classmethod
    def grant_of(cls, row: Any) -> Grant:
        """Return the grant it is about."""
        return row

    @classmethod
    def is_possible(cls, row: Any) -> bool:
        """Say whether there is a grant, not over, about which nothing is proposed."""
        grant = cls.grant_of(row)
        return grant.state not in Grant.OVER and not grant.revocations.proposed().exists()

    def initial(self) -> dict[str, Any]:
        """Begin with the cause the page suggests."""
        return {"cause": self.cause}

    def facts(self) -> list[tuple[Any, Any]]:
        """Say which grant it is."""
        return grant_facts(self.grant_of(self.row))

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Say whether it is a refusal or a revocation."""
        return {"grant": self.grant_of(self.row)}

    def act(self, values: dict[str, Any]) -> str:
        """Propose."""
        services.propose_revocation(
            grant=self.grant_of(self.row),
            cause=Revocation.Cause(values["cause"]),
            reason=values["reason"],
            by=self.request.user,
            now=timezone.now(),
        )
        return gettext("Proposed: a second officer finds it under Revocations.")


class ProposeAfterWaiverStep(ProposeStep):
    """Propose what a promoter's waiver of an awarded grant needs."""

    title = _("Propose to take the grant back, as the promoter asks")
    cause = Revocation.Cause.WAIVER

    @classmethod
    def grant_of(cls, row: Withdrawal) -> Grant:
        """Return the grant of the campaign that is withdrawn."""
        return row.campaign.grant

    @classmethod
    def is_possible(cls, row: Withdrawal) -> bool:
        """Say whether a waiver waits and nothing is proposed."""
        waits = row.state == Withdrawal.State.ASKED and row.stage == Withdrawal.Stage.AWARDED
        return waits and super().is_possible(row)

    def initial(self) -> dict[str, Any]:
        """Begin with the promoter's own reason."""
        return {**super().initial(), "reason": self.row.reason}


class ProposeAfterShortfallStep(ProposeStep):
    """Propose to take a grant back because too much of the threshold is gone."""

    cause = Revocation.Cause.SHORTFALL

    @classmethod
    def grant_of(cls, row: Shortfall) -> Grant:
        """Return the grant the shortfall is of."""
        return row.grant

    @classmethod
    def is_possible(cls, row: Shortfall) -> bool:
        """Say whether it is open and nothing is proposed."""
        return row.state == Shortfall.State.OPEN and super().is_possible(row)


class ConfirmForm(ActForm):
    """Ask for the act that takes a grant back."""

    office = forms.CharField(
        label=_("Office that adopted it"), max_length=150, widget=UnfoldAdminTextInputWidget()
    )


class ConfirmRevocationStep(Step):
    """Refuse or take back a grant, as the second officer, by an act."""

    title = _("Confirm with the act")
    button = _("Confirm")
    lead = _("It cannot be undone. Write the act here once it is adopted.")
    template = "admin/matching/confirm_revocation.html"
    effects = Effects.TRIED
    form_class = ConfirmForm
    is_grave = True
    refusals = {
        services.SamePerson: Refusal(_("You proposed this yourself: somebody else has to confirm it.")),
        services.ActMissing: Refusal(_("Write the act and its office."), "act_number"),
        services.NotRevocable: MOVED_ON,
    }
    needs_fresh_login = True

    @classmethod
    def is_possible(cls, row: Revocation) -> bool:
        """Say whether it waits."""
        return row.state == Revocation.State.PROPOSED

    def facts(self) -> list[tuple[Any, Any]]:
        """Say what was proposed, by whom and why."""
        return revocation_facts(self.row)

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Say what goes back to the fund, and what it means for campaign and donors."""
        grant, campaign = self.row.grant, self.row.grant.campaign
        return {
            "grant": grant,
            "campaign": campaign,
            "withdraws": Withdrawal.objects.asked().filter(campaign=campaign).exists(),
            "paid_out_cents": balance(Account.Kind.PAID_OUT, campaign=campaign),
            "is_own": self.row.proposed_by_id == self.request.user.pk,
        }

    def act(self, values: dict[str, Any]) -> str:
        """Confirm."""
        services.confirm_revocation(revocation=self.row, by=self.request.user, now=timezone.now(), **values)
        return gettext(
            "Confirmed: what the fund had given is the fund's again, and the promoter gets a mail."
        )


class DropRevocationStep(Step):
    """Drop a proposal that is not followed."""

    title = _("Drop the proposal")
    button = _("Drop it")
    template = "admin/matching/drop_revocation.html"
    effects = Effects.TRIED
    form_class = ReasonForm
    refusals = {services.ActMissing: NO_REASON, services.NotRevocable: MOVED_ON}

    @classmethod
    def is_possible(cls, row: Revocation) -> bool:
        """Say whether it waits."""
        return row.state == Revocation.State.PROPOSED

    def facts(self) -> list[tuple[Any, Any]]:
        """Say what was proposed, by whom and why."""
        return revocation_facts(self.row)

    def act(self, values: dict[str, Any]) -> str:
        """Drop it."""
        services.drop_revocation(
            revocation=self.row, reason=values["reason"], by=self.request.user, now=timezone.now()
        )
        return gettext("Dropped: the grant stays as it is.")


class AcknowledgeStep(Step):
    """Take note that a campaign above its threshold is withdrawn before its grant was awarded."""

    title = _("Take note of the withdrawal")
    button = _("Take note: the campaign ends")
    template = "admin/matching/acknowledge_withdrawal.html"
    effects = Effects.TRIED
    is_grave = True
    refusals = {
        WrongState: MOVED_ON,
        services.WaitsForAct: Refusal(_("The grant is awarded: only an act takes it back.")),
    }
    needs_fresh_login = True

    @classmethod
    def is_possible(cls, row: Withdrawal) -> bool:
        """Say whether an officer's note is all it waits for."""
        return row.state == Withdrawal.State.ASKED and row.stage == Withdrawal.Stage.REACHED

    def facts(self) -> list[tuple[Any, Any]]:
        """Say what the promoter wrote."""
        return [
            (gettext("Campaign"), self.row.campaign),
            (gettext("Organization"), self.row.campaign.organization),
            (gettext("Asked by"), f"{self.row.asked_by}, {moment(self.row.asked_at)}"),
            (gettext("With the reason"), self.row.reason),
        ]

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Say what goes back, to whom."""
        campaign = self.row.campaign
        grant = getattr(campaign, "grant", None)
        return {
            "campaign": campaign,
            "gifts": campaign.donations.settled().count(),
            "freed_cents": grant.amount_cents if grant and grant.state not in Grant.OVER else 0,
            "paid_out_cents": balance(Account.Kind.PAID_OUT, campaign=campaign),
        }

    def act(self, values: dict[str, Any]) -> str:
        """Take note."""
        services.acknowledge_withdrawal(withdrawal=self.row, by=self.request.user, now=timezone.now())
        return gettext("Noted: the promoter gets a mail.")


def grant_facts(grant: Grant) -> list[tuple[Any, Any]]:
    """Say which grant it is and what it comes to."""
    return [
        (gettext("Campaign"), grant.campaign),
        (gettext("Organization"), grant.campaign.organization),
        (gettext("Grant"), f"{grant.get_state_display()}, {euro(grant.total_cents)}"),
    ]


def revocation_facts(revocation: Revocation) -> list[tuple[Any, Any]]:
    """Say what was proposed, by whom and why."""
    return [
        *grant_facts(revocation.grant),
        (gettext("Proposed by"), f"{revocation.proposed_by}, {moment(revocation.proposed_at)}"),
        (gettext("Cause"), revocation.get_cause_display()),
        (gettext("With the reason"), revocation.reason),
    ]
