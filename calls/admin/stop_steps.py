"""What officers do with the switches of a call in an incident: one acts, another confirms."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from calls import services
from calls.models import Call, Stop
from civicfund.desk import Effects, ReasonForm, Refusal, Step, StepForm
from civicfund.templatetags.clock import moment

What = Stop.What
Status = Stop.Status
NOT_ALONE = Refusal(_("You asked for this yourself: somebody else has to confirm it."))
MOVED_ON = Refusal(Step.too_late)
NO_REASON = Refusal(_("Write the reason."), "reason")
REFUSALS = {
    services.SecondPersonNeeded: NOT_ALONE,
    services.StopMovedOn: MOVED_ON,
    services.ReasonMissing: NO_REASON,
}


class SwitchOffForm(StepForm):
    """Ask what is stopped and why."""

    foretold = ("what",)
    what = forms.ChoiceField(label=_("What is stopped"), choices=What, widget=UnfoldAdminSelectWidget)
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("For the officers and the records: what has happened, and what would end the stop."),
        max_length=2000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )
    public_reason = forms.CharField(
        label=_("Public reason"),
        help_text=_(
            "Everybody reads it on the pages of the call while gifts are paused: name no person. Needed for gifts only."
        ),
        required=False,
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for the public reason next to its field when gifts are stopped."""
        typed = super().clean() or {}
        # Nothing is foretold from the reasons, so a preview may come without them.
        if typed.get("what") == What.GIFTS and not typed.get("public_reason", "").strip():
            self.add_error("public_reason", gettext("Citizens have to read why gifts are paused."))
        return typed


class SwitchOffStep(Step):
    """Switch something of a call off."""

    title = _("Stop something in this call")
    button = _("Stop it now")
    lead = _(
        "For incidents: the stop acts at once, on your word alone. A second person has a day to confirm it, and switching "
        "on again takes two people as well."
    )
    template = "admin/calls/switch_off.html"
    effects = Effects.TRIED
    form_class = SwitchOffForm
    is_grave = True
    refusals = {
        services.AlreadyOff: Refusal(_("This is stopped already."), "what"),
        services.ReasonMissing: NO_REASON,
    }

    @classmethod
    def is_possible(cls, row: Call) -> bool:
        """Say whether the call is published."""
        return row.status == Call.Status.PUBLISHED

    def initial(self) -> dict[str, Any]:
        """Begin with the gifts."""
        return {"what": What.GIFTS}

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Say what a stop of this kind does."""
        off = Stop.objects.off().filter(call=self.row)
        return {
            "what": values.get("what"),
            "until": timezone.now() + Stop.CONFIRM_WITHIN,
            "already": [stop.get_what_display() for stop in off],
        }

    def act(self, values: dict[str, Any]) -> str:
        """Switch off."""
        stop = services.switch_off(
            call=self.row,
            what=What(values["what"]),
            by=self.request.user,
            reason=values["reason"],
            public_reason=values["public_reason"],
            now=timezone.now(),
        )
        return gettext("Stopped: %(what)s. A second person has to confirm it until %(until)s.") % {
            "what": stop.get_what_display(),
            "until": moment(stop.confirm_until),
        }


class StopStep(Step):
    """Move a stop on from one state, with a reason, by one service."""

    template = "admin/calls/stop_step.html"
    effects = Effects.TRIED
    form_class = ReasonForm
    refusals = REFUSALS
    state: Status
    service: Any
    done: Any = ""

    @classmethod
    def is_possible(cls, row: Stop) -> bool:
        """Say whether the stop is in the state the step starts from."""
        return row.status == cls.state

    def facts(self) -> list[tuple[Any, Any]]:
        """Say what is stopped, by whom and why."""
        asked_by = self.row.proposed_by or self.row.off_by
        last = self.row.steps.last()
        return [
            (gettext("Call"), self.row.call),
            (gettext("What is stopped"), self.row.get_what_display()),
            (gettext("Off since"), moment(self.row.off_at)),
            (gettext("Asked for by"), asked_by),
            (gettext("With the reason"), last.reason if last else self.row.reason),
        ]

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Say what will be switched on, or what stays off."""
        return {"stop": self.row, "step_name": type(self).__name__}

    def act(self, values: dict[str, Any]) -> str:
        """Call the service."""
        self.service(stop=self.row, by=self.request.user, reason=values["reason"], now=timezone.now())
        return str(self.done)


class ConfirmOffStep(StopStep):
    title = _("Confirm that it stays off")
    button = _("Confirm the stop")
    state = Status.UNCONFIRMED
    service = staticmethod(services.confirm_off)
    done = _("Confirmed: it stays off until two people switch it on.")


class RefuseOffStep(StopStep):
    title = _("Do not confirm: switch on again")
    button = _("Switch on again")
    is_grave = True
    state = Status.UNCONFIRMED
    service = staticmethod(services.refuse_off)
    done = _("Not confirmed: it is on again.")


class ProposeOnStep(StopStep):
    title = _("Propose to switch on again")
    button = _("Propose")
    state = Status.CONFIRMED
    service = staticmethod(services.propose_on)
    done = _("Proposed: it stays off until a second person agrees.")


class ConfirmOnStep(StopStep):
    title = _("Switch on again")
    button = _("Switch on")
    is_grave = True
    state = Status.ENDING
    service = staticmethod(services.confirm_on)
    done = _("It is on again.")
    needs_fresh_login = True


class RefuseOnStep(StopStep):
    title = _("Leave it off")
    button = _("Leave it off")
    state = Status.ENDING
    service = staticmethod(services.refuse_on)
    done = _("It stays off.")
