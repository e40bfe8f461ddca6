"""Opening a closed round again: its president asks, somebody of the office lets it happen or does not."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from civicfund.desk import Effects, LocalTimeWidget, ReasonForm, Refusal, Step
from civicfund.templatetags.clock import by_when, moment
from vetting import services
from vetting.models import Assignment, Reopening, Round

MOVED_ON = _("A second person has decided about this already, or the round has moved on.")
RANKED = _(
    "A ranking of these applications is proposed or published: what it was made of is not changed any more."
)


class ReopeningStep(Step):
    """Do something about a closed round that is to be opened again."""

    too_late = MOVED_ON
    template = "admin/vetting/reopening_step.html"
    effects = Effects.TRIED
    refusals = {
        services.ReasonMissing: Refusal(_("Write the reason."), "reason"),
        services.RoundOpen: Refusal(MOVED_ON),
        services.RankingStands: Refusal(RANKED),
        services.ReopeningMovedOn: Refusal(MOVED_ON),
    }

    def facts(self) -> list[tuple[Any, Any]]:
        """Say which round it is, when it was closed, and what is asked."""
        told = [
            (gettext("Round"), self.row),
            (gettext("Closed"), f"{moment(self.row.closed_at)}, {self.row.closed_by}"),
        ]
        if asked := waiting_in(self.row):
            told += [
                (gettext("Asked by"), f"{asked.proposed_by}, {moment(asked.proposed_at)}"),
                (gettext("With the reason"), asked.reason),
                (gettext("Sheets are due"), by_when(asked.due_at)),
            ]
        return told


def waiting_in(round_: Round) -> Reopening | None:
    """Return what a second person has to decide about a round, or None."""
    return round_.reopenings.waiting().select_related("proposed_by").first()


def named(rows: Any) -> list[str]:
    """Say whose sheets about what are meant."""
    return [f"{one.application}: {one.member}" for one in rows.select_related("application", "member__user")]


class _Again(forms.ModelMultipleChoiceField):
    """Sheets by application and member."""

    def label_from_instance(self, obj: Any) -> str:
        """Name whose sheet about what it is."""
        return f"{obj.application}: {obj.member}"


class ReopenForm(ReasonForm):
    """Ask why, until when, and whose sheets are to be made anew."""

    foretold = ("again",)
    due_at = forms.DateTimeField(label=_("Sheets are due by"), widget=LocalTimeWidget)
    again = _Again(
        label=_("Sheets to be made anew"),
        help_text=_(
            "All other final sheets stand as they are. Without any, only notes, votes and minutes are done again."
        ),
        queryset=Assignment.objects.none(),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    field_order = ("reason", "due_at", "again")

    def __init__(self, *args: Any, row: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = row.assignments.active().filter(member__in=row.seats)
        self.fields["again"].queryset = rows.select_related("application", "member__user")  # type: ignore[attr-defined]
        self.fields["reason"].help_text = gettext("The second person reads it, and it stands in the minutes.")


class ReopenStep(ReopeningStep):
    """Ask that a closed round be opened again."""

    title = _("Ask to open the round again")
    button = _("Ask")
    lead = _(
        "Nothing happens yet: somebody of the office reads the reason and opens the round, or leaves it closed. It can be "
        "opened until a ranking of its applications is proposed."
    )
    form_class = ReopenForm
    refusals = {
        **ReopeningStep.refusals,
        services.NotPresident: Refusal(_("Only the president of this committee asks for it.")),
        services.ReopeningWaits: Refusal(_("It is asked for already.")),
        services.DueTooEarly: Refusal(_("This date is over."), "due_at"),
        services.NotToJudge: Refusal(_("One of these members has the application no more."), "again"),
    }

    @classmethod
    def is_possible(cls, row: Round) -> bool:
        """Say whether the round is closed, nobody has asked, and no ranking was made of it."""
        return not row.is_open and waiting_in(row) is None and not services.has_ranking(row)

    def form_arguments(self) -> dict[str, Any]:
        """Tell the form whose sheets there are."""
        return {"row": self.row}

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Say whose sheets would be made anew."""
        chosen = values.get("again")
        return {"asks": True, "again": [] if chosen is None else named(chosen)}

    def act(self, values: dict[str, Any]) -> str:
        """Ask."""
        services.propose_reopening(
            round_=self.row,
            reason=values["reason"],
            due_at=values["due_at"],
            again=list(values["again"]),
            by=self.request.user,
            now=timezone.now(),
        )
        return gettext("Asked: it waits for somebody of the office.")


class ConfirmReopenStep(ReopeningStep):
    """Open a round again as its president has asked."""

    title = _("Open the round again")
    button = _("Open it again")
    is_grave = True
    refusals = {
        **ReopeningStep.refusals,
        services.SamePerson: Refusal(_("You proposed this yourself: somebody else has to confirm it.")),
        services.OnCommittee: Refusal(_("You sit on this committee: somebody else has to confirm it.")),
        services.DueTooEarly: Refusal(
            _("The date that was asked for is over: leave the round closed, and have it asked for anew.")
        ),
    }

    @classmethod
    def is_possible(cls, row: Round) -> bool:
        """Say whether it was asked for, and no ranking has been made meanwhile."""
        return not row.is_open and waiting_in(row) is not None and not services.has_ranking(row)

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Say whose sheets will be made anew."""
        asked = waiting_in(self.row)
        again = self.row.assignments.active().filter(pk__in=asked.again if asked else [])
        return {"again": named(again)}

    def act(self, values: dict[str, Any]) -> str:
        """Open it again."""
        services.confirm_reopening(reopening=waiting_in(self.row), by=self.request.user, now=timezone.now())  # type: ignore[arg-type]
        return gettext(
            "The round is open again. Within minutes the members with sheets to make anew get a mail."
        )


class DropReopenStep(ReopeningStep):
    """Leave a round closed."""

    title = _("Leave the round closed")
    button = _("Leave it closed")
    form_class = ReasonForm

    @classmethod
    def is_possible(cls, row: Round) -> bool:
        """Say whether it was asked for."""
        return waiting_in(row) is not None

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Say that nothing changes."""
        return {"stays": True}

    def act(self, values: dict[str, Any]) -> str:
        """Leave it closed."""
        services.drop_reopening(
            reopening=waiting_in(self.row),  # type: ignore[arg-type]
            by=self.request.user,
            reason=values["reason"],
            now=timezone.now(),
        )
        return gettext("The round stays closed; the president reads your reason on its page.")
