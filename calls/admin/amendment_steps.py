"""What officers do to change a published call: one proposes the amendment, another one decides."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calls import services
from calls.admin.amend_form import AmendForm
from calls.differences import differences, differences_of
from calls.models import Amendment, Call
from civicfund.desk import Effects, ReasonForm, Refusal, Step, StepForm
from civicfund.templatetags.clock import day, moment

NOT_ALONE = Refusal(_("You proposed this amendment: somebody else has to confirm it."))
MOVED_ON = Refusal(Step.too_late)


class AmendStep(Step):
    """Propose to change a published call."""

    title = _("Amend the call")
    button = _("Propose the amendment")
    lead = _(
        "Dates to a later time, texts, the contact, themes, documents and declarations can change by an act, and what is judged "
        "until the first application is handed in. The rules of money and of admission cannot: whoever applied or gave relied "
        "on them. A second person has to confirm."
    )
    template = "admin/calls/amend.html"
    effects = Effects.TOLD
    form_class = AmendForm
    is_grave = True
    faults: list[services.Fault] = []
    refusals = {
        services.NothingAmended: Refusal(_("Nothing differs from the call as it stands: change something.")),
        services.AmendmentWaits: Refusal(
            _("Another amendment of this call waits for its second person: decide on that one first.")
        ),
        services.ActMissing: Refusal(_("Write the act and the reason."), "act_number"),
    }

    @classmethod
    def is_possible(cls, row: Call) -> bool:
        """Say whether the call is published."""
        return row.status == Call.Status.PUBLISHED

    def form_arguments(self) -> dict[str, Any]:
        """Tell the form of which call it asks."""
        return {"call": self.row}

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Show before and afterwards."""
        form = self.form_class(call=self.row)
        return {"call": self.row, "differences": differences(form.content, form.contents(values))}

    def acted(self, form: Any) -> bool:
        """Propose, and put each fault next to its field."""
        self.changes = form.changes()
        try:
            return super().acted(form)
        except services.CallNotAmendable as refusal:
            for fault in refusal.faults:
                form.add_error(form.field_of(fault.field), fault.words)
            return False

    def act(self, values: dict[str, Any]) -> str:
        """Propose."""
        services.propose_amendment(
            call=self.row,
            act_number=values["act_number"],
            act_date=values["act_date"],
            reason=values["reason"],
            changes=self.changes,
            by=self.request.user,
            now=timezone.now(),
        )
        return gettext("Proposed: nothing changes until a second person confirms it.")


class DecideStep(Step):
    """Decide on a proposed amendment."""

    template = "admin/calls/amendment_step.html"
    effects = Effects.TRIED
    refusals = {
        services.SecondPersonNeeded: NOT_ALONE,
        services.AmendmentMovedOn: MOVED_ON,
        services.ReasonMissing: Refusal(_("Write the reason."), "reason"),
    }

    @classmethod
    def is_possible(cls, row: Amendment) -> bool:
        """Say whether nobody has decided yet."""
        return row.status == Amendment.Status.PROPOSED

    def facts(self) -> list[tuple[Any, Any]]:
        """Say which act it is, who proposed it and why."""
        amendment = self.row
        return [
            (gettext("Call"), amendment.call),
            (gettext("Act"), f"{amendment.act_number}, {day(amendment.act_date)}"),
            (gettext("Proposed"), f"{amendment.proposed_by}, {moment(amendment.proposed_at)}"),
            (gettext("With the reason"), amendment.reason),
        ]

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Show before and afterwards."""
        return {
            "amendment": self.row,
            "differences": differences_of(self.row),
            "confirms": isinstance(self, ConfirmStep),
        }


class ConfirmStep(DecideStep):
    """Make an amendment part of its call."""

    title = _("Confirm the amendment")
    button = _("Confirm and publish it")
    writes_to_many = True
    is_grave = True
    form_class = StepForm
    needs_fresh_login = True

    def acted(self, form: Any) -> bool:
        """Confirm, and say what time has made unlawful."""
        try:
            return super().acted(form)
        except services.CallNotAmendable as refusal:
            for fault in refusal.faults:
                form.add_error(None, fault.words)
            return False

    def act(self, values: dict[str, Any]) -> str:
        """Confirm."""
        done = services.confirm_amendment(amendment=self.row, by=self.request.user, now=timezone.now())
        return gettext("Confirmed: version %(version)s of the call is public.") % {"version": done.version}


class RefuseStep(DecideStep):
    """Leave a call as it is."""

    title = _("Refuse the amendment")
    button = _("Refuse")
    form_class = ReasonForm

    def act(self, values: dict[str, Any]) -> str:
        """Refuse."""
        services.refuse_amendment(
            amendment=self.row, by=self.request.user, reason=values["reason"], now=timezone.now()
        )
        return gettext("Refused: the call stays as it is.")
