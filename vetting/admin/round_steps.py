"""What is done to a round: assigning evenly or by hand, another due date, closing with the minutes."""

from copy import copy
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
)

from accounts.foretell import tell_mailings
from accounts.services import instead_of_writing
from calls.models import Application
from civicfund.desk import DayWidget, Effects, LocalTimeWidget, Refusal, Step, StepForm
from civicfund.desk.own import belongs_to_promoter
from civicfund.templatetags.clock import by_when
from vetting import services
from vetting.conflicts import conflicts_between
from vetting.models import CommitteeMember, ConflictMatch, Round
from vetting.planning import plan_round
from vetting.progress import applications_of, missing_in

REMINDED = _("These leave three days before that date, to whoever then still has sheets to come.")
CLOSED = _("The president has closed this round.")


class RoundStep(Step):
    """Do something to a round that is open."""

    too_late = CLOSED
    template = "admin/vetting/round_step.html"
    effects = Effects.TRIED

    @classmethod
    def is_possible(cls, row: Round) -> bool:
        """Say whether the round is open."""
        return row.is_open

    def facts(self) -> list[tuple[Any, Any]]:
        """Say which round it is."""
        return [
            (gettext("Round"), self.row),
            (gettext("Applications to judge"), self.row.applications.count()),
            (gettext("Members per application"), self.row.readers),
            (gettext("Sheets are due"), by_when(self.row.due_at)),
        ]


class AssignEvenlyStep(RoundStep):
    """Assign what is missing, evenly."""

    title = _("Assign evenly")
    button = _("Assign")
    lead = _(
        "Every application that lacks readers gets them, so that all members have as much to read as the others. Whoever "
        "has a conflict that can be found is left out; substitutes read only where the members are not enough."
    )
    refusals = {services.RoundClosed: Refusal(CLOSED)}

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Show the plan: who gets how many, and what stays short."""
        plan = plan_round(self.row)
        new: dict[Any, int] = {}
        for members in plan.assigned.values():
            for member in members:
                new[member] = new.get(member, 0) + 1
        titles = {one.pk: one for one in self.row.applications}
        return {
            "what": "evenly",
            "loads": [(one, new.get(one.pk, 0), plan.load.get(one.pk, 0)) for one in self.row.seats],
            "number": sum(new.values()),
            "short": [(titles[pk], number) for pk, number in plan.short.items()],
        }

    def act(self, values: dict[str, Any]) -> str:
        """Assign."""
        made = services.assign_evenly(round_=self.row, by=self.request.user, now=timezone.now())
        words = ngettext(
            "%(number)s file assigned. Within minutes its member gets a mail.",
            "%(number)s files assigned. Within minutes each member gets one mail.",
            len(made),
        )
        return words % {"number": len(made)}


class AssignForm(StepForm):
    """Ask which application goes to whom."""

    foretold = ("application", "member")
    application = forms.ModelChoiceField(
        label=_("Application"), queryset=Application.objects.none(), widget=UnfoldAdminSelectWidget
    )
    member = forms.ModelChoiceField(
        label=_("Member"), queryset=CommitteeMember.objects.none(), widget=UnfoldAdminSelectWidget
    )

    def __init__(self, *args: Any, row: Round, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["application"].queryset = row.applications  # type: ignore[attr-defined]
        self.fields["member"].queryset = row.seats  # type: ignore[attr-defined]

    def clean_application(self) -> Application:
        """Refuse that somebody chooses who judges the own body."""
        application: Application = self.cleaned_data["application"]
        if belongs_to_promoter(self.user, application):
            raise forms.ValidationError(Step.own_body)
        return application


class AssignStep(RoundStep):
    """Assign one application to one member."""

    title = _("Assign by hand")
    button = _("Assign")
    form_class = AssignForm
    refusals = {
        services.RoundClosed: Refusal(CLOSED),
        services.NotServing: Refusal(_("This person does not sit on the committee."), "member"),
        services.NotToJudge: Refusal(_("This application is not to be judged in this round."), "application"),
        services.AlreadyAssigned: Refusal(_("This member has, or had, this application."), "member"),
        services.ConflictFound: Refusal(
            _("Something ties this member to the application: see what follows."), "member"
        ),
    }

    def form_arguments(self) -> dict[str, Any]:
        """Tell the form what there is to choose from."""
        return {"row": self.row, "user": self.request.user}

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Show what ties the two, and the load."""
        application, member = values.get("application"), values.get("member")
        if not application or not member:
            return {"what": "choose"}
        matches = conflicts_between(member, application)
        kinds = ConflictMatch.Kind
        return {
            "what": "one",
            "chosen": member,
            "load": self.row.assignments.active().filter(member=member).count(),
            "bars": [f"{kinds(one.kind).label}: {one.detail}" for one in matches if not one.is_warning],
            "warnings": [f"{kinds(one.kind).label}: {one.detail}" for one in matches if one.is_warning],
        }

    def act(self, values: dict[str, Any]) -> str:
        """Assign."""
        services.assign_member(
            round_=self.row,
            application=values["application"],
            member=values["member"],
            by=self.request.user,
            now=timezone.now(),
        )
        return gettext("Assigned. Within minutes the member gets a mail.")


class DueForm(StepForm):
    """Ask for a date."""

    due_at = forms.DateTimeField(label=_("Sheets are due by"), widget=LocalTimeWidget)


class MoveDueStep(RoundStep):
    """Give the members another date."""

    title = _("Another due date")
    button = _("Set the date")
    form_class = DueForm
    refusals = {
        services.RoundClosed: Refusal(CLOSED),
        services.DueTooEarly: Refusal(_("This date is over."), "due_at"),
    }

    def initial(self) -> dict[str, Any]:
        """Start from the date there is."""
        return {"due_at": timezone.localtime(self.row.due_at)}

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Say that they are reminded."""
        return {"what": "due"}

    def later_effects(self, values: dict[str, Any]) -> list[Any]:
        """Tell the reminders as they would leave if nobody wrote a sheet until then."""
        moved = copy(self.row)
        moved.due_at = values["due_at"]
        with instead_of_writing() as drafts:
            for member in services.members_to_remind(moved):
                services.remind_member(member=member, round_=moved, now=timezone.now())
        return tell_mailings(drafts, self.request.user, later=REMINDED)

    def act(self, values: dict[str, Any]) -> str:
        """Set it."""
        services.move_due_date(
            round_=self.row, due_at=values["due_at"], by=self.request.user, now=timezone.now()
        )
        return gettext("Set. Whoever has sheets to come is reminded three days before.")


class CloseForm(StepForm):
    """Ask about the meeting in which the committee closed."""

    held_on = forms.DateField(label=_("Day of the meeting"), widget=DayWidget)
    present = forms.ModelMultipleChoiceField(
        label=_("Members present"),
        queryset=CommitteeMember.objects.none(),
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    in_favour = forms.IntegerField(
        label=_("Votes in favour"), min_value=0, widget=UnfoldAdminIntegerFieldWidget
    )
    against = forms.IntegerField(
        label=_("Votes against"), min_value=0, initial=0, widget=UnfoldAdminIntegerFieldWidget
    )
    abstained = forms.IntegerField(
        label=_("Abstained"), min_value=0, initial=0, widget=UnfoldAdminIntegerFieldWidget
    )
    remarks = forms.CharField(
        label=_("What else is to be kept"),
        required=False,
        max_length=4000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, row: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["present"].queryset = row.seats  # type: ignore[attr-defined]

    def clean_held_on(self) -> Any:
        """Refuse a day to come."""
        if self.cleaned_data["held_on"] > timezone.localdate():
            raise forms.ValidationError(gettext("This day is still to come."))
        return self.cleaned_data["held_on"]


class CloseStep(RoundStep):
    """Close the round with its minutes."""

    title = _("Close the round")
    button = _("Close the round")
    lead = _(
        "The scores are not changed any more, the members see each other's sheets, and the minutes are made. Until a ranking "
        "is proposed you can ask, with a reason, that it be opened again; somebody of the office has to agree."
    )
    form_class = CloseForm
    # Its minutes are a file, so it is not tried; it writes to nobody.
    effects = Effects.TOLD
    is_grave = True
    refusals = {
        services.RoundClosed: Refusal(CLOSED),
        services.NotPresident: Refusal(_("Only the president of this committee closes its round.")),
        services.RoundIncomplete: Refusal(_("Sheets are missing: see the list below. The round stays open.")),
        services.NobodyPresent: Refusal(
            _("The president and at least one more member have to be present."), "present"
        ),
        services.VotesDoNotAdd: Refusal(
            _("The votes have to be as many as the members present."), "in_favour"
        ),
    }

    def form_arguments(self) -> dict[str, Any]:
        """Tell the form who sits on the committee."""
        return {"row": self.row}

    def initial(self) -> dict[str, Any]:
        """Start from today, with all members there and in favour."""
        members = [one for one in self.row.seats if not one.is_substitute]
        return {"held_on": timezone.localdate(), "present": members, "in_favour": len(members)}

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Show what is missing, or what will be closed."""
        rows = applications_of(self.row)
        return {
            "what": "close",
            "missing": missing_in(self.row),
            "number": len(rows),
            "lacking": [row for row in rows if row.lacking and row.assignments],
        }

    def act(self, values: dict[str, Any]) -> str:
        """Close."""
        meeting = services.Meeting(**{**values, "present": list(values["present"])})
        services.close_round(round_=self.row, meeting=meeting, by=self.request.user, now=timezone.now())
        return gettext("The round is closed; its minutes are below.")
