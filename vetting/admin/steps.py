"""What an officer proposes about an application where no committee ranks it."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language, gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

from calls.admin_fields import AmountField
from calls.models import Application
from calls.services import ApplicationClosed
from civicfund.desk import Effects, ReasonedActForm, ReasonForm, Refusal, Step
from civicfund.money import format_euro
from vetting import services


class AdmitForm(ReasonForm):
    """Ask for the admitted cost and the reason."""

    foretold = ("admitted_cost",)
    admitted_cost = AmountField(label=_("Admitted cost"))
    field_order = ("admitted_cost", "reason")

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.application = application
        self.fields["admitted_cost"].help_text = gettext(
            "Proposed: %(proposed)s. You may admit less, within the call's limits: %(limits)s."
        ) % {"proposed": shown(application.cost_cents), "limits": cost_limits(application)}
        self.fields["reason"].help_text = gettext("The members of the organization read it in the mail.")

    def clean_admitted_cost(self) -> int:
        """Refuse a cost the service would refuse, so that what follows is told only for one that can be admitted."""
        cost = self.cleaned_data["admitted_cost"]
        if cost > self.application.cost_cents or not self.application.call.admits_cost(cost):
            raise forms.ValidationError(
                gettext("At most what is proposed, %(proposed)s, and within the call's limits: %(limits)s.")
                % {"proposed": shown(self.application.cost_cents), "limits": cost_limits(self.application)}
            )
        return cost


class DecisionStep(Step):
    """Propose a decision about a submitted application."""

    too_late = gettext_lazy("This application is not waiting for a decision any more.")
    lead = gettext_lazy("Nothing happens yet: a second officer reads the reason and confirms, or does not.")
    effects = Effects.TRIED
    refusals = {
        services.ReasonMissing: Refusal(gettext_lazy("Write the reason."), "reason"),
        services.ProposalWaits: Refusal(
            gettext_lazy("A decision about this application is proposed already: confirm or drop that one.")
        ),
        ApplicationClosed: Refusal(too_late),
    }

    @classmethod
    def is_possible(cls, row: Application) -> bool:
        """Say whether the application waits for a decision, and none is proposed."""
        waits = row.status == Application.Status.SUBMITTED
        return waits and not row.decision_proposals.waiting().exists()

    def facts(self) -> list[tuple[Any, Any]]:
        """Say which application it is."""
        return application_facts(self.row)

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Say whom the mail will reach once it is confirmed."""
        return {"members": self.row.organization.members.filter(is_active=True).count(), "proposes": True}


class AdmitStep(DecisionStep):
    """Propose to admit an application; where a committee judges, only the ranking admits."""

    title = gettext_lazy("Propose to admit the application")
    button = gettext_lazy("Propose to admit it")
    template = "admin/calls/admit.html"
    form_class = AdmitForm
    refusals = {
        **DecisionStep.refusals,
        services.CostNotAdmitted: Refusal(gettext_lazy("This cost cannot be admitted."), "admitted_cost"),
        services.NotFoundAdmissible: Refusal(
            gettext_lazy("Its formal check has not found it admissible yet.")
        ),
        services.RankedByCommittee: Refusal(
            gettext_lazy("A committee judges the applications of this window: the ranking admits.")
        ),
    }

    @classmethod
    def is_possible(cls, row: Application) -> bool:
        """Say whether the application waits, and no committee ranks it."""
        return super().is_possible(row) and not services.is_ranked(row)

    def form_arguments(self) -> dict[str, Any]:
        """Tell the form the limits."""
        return {"application": self.row}

    def initial(self) -> dict[str, Any]:
        """Propose what the organization proposed."""
        return {"admitted_cost": self.row.cost_cents}

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Work out the shares that will be frozen."""
        promise = self.row.call.promise(values["admitted_cost"])
        return {**super().what_follows(values), "promise": promise}

    def act(self, values: dict[str, Any]) -> str:
        """Propose."""
        services.propose_admission(
            application=self.row,
            by=self.request.user,
            reason=values["reason"],
            admitted_cost_cents=values["admitted_cost"],
            now=timezone.now(),
        )
        return proposed()


class ExcludeStep(DecisionStep):
    """Propose to close an application with a reason."""

    title = gettext_lazy("Propose to exclude the application")
    button = gettext_lazy("Propose to exclude it")
    template = "admin/calls/exclude.html"
    form_class = ReasonForm
    is_grave = True

    def act(self, values: dict[str, Any]) -> str:
        """Propose."""
        services.propose_exclusion(
            application=self.row, by=self.request.user, reason=values["reason"], now=timezone.now()
        )
        return proposed()


class AnnulStep(DecisionStep):
    """Propose to take an exclusion back."""

    title = gettext_lazy("Propose to take the exclusion back")
    button = gettext_lazy("Propose to take it back")
    template = "admin/calls/annul.html"
    form_class = ReasonedActForm
    too_late = gettext_lazy("This application is not excluded any more.")
    refusals = {
        **DecisionStep.refusals,
        services.ActMissing: Refusal(
            gettext_lazy("Write the number of an act that is adopted."), "act_number"
        ),
        ApplicationClosed: Refusal(too_late),
    }

    @classmethod
    def is_possible(cls, row: Application) -> bool:
        """Say whether the application is excluded, and nothing about it is proposed."""
        is_excluded = row.status == Application.Status.INADMISSIBLE
        return is_excluded and not row.decision_proposals.waiting().exists()

    def facts(self) -> list[tuple[Any, Any]]:
        """Say which application it is, and why it was excluded."""
        return [*application_facts(self.row), (gettext("Excluded because"), self.row.decision.reason)]

    def act(self, values: dict[str, Any]) -> str:
        """Propose."""
        services.propose_annulment(application=self.row, by=self.request.user, now=timezone.now(), **values)
        return proposed()


def proposed() -> str:
    """Say what has happened."""
    return gettext("Proposed: a second officer finds it under Decisions to confirm.")


def application_facts(application: Application) -> list[tuple[Any, Any]]:
    """Say which application it is."""
    return [
        (gettext("Protocol"), application.protocol_number),
        (gettext("Project"), application.title),
        (gettext("Organization"), application.organization),
        (gettext("Project cost"), shown(application.cost_cents)),
    ]


def shown(cents: int) -> str:
    """Return an amount in the reader's language."""
    return format_euro(cents, get_language() or "it")


def cost_limits(application: Application) -> str:
    """Return the cost limits of the application's call in words."""
    call = application.call
    least = shown(call.cost_min_cents)
    if call.cost_max_cents is None:
        return gettext("from %(least)s, without a ceiling") % {"least": least}
    return gettext("from %(least)s to %(most)s") % {"least": least, "most": shown(call.cost_max_cents)}
