"""What officers do to rank a window: one proposes a version with what follows before the eyes, another one publishes."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calls.services import ApplicationClosed
from civicfund.desk import Effects, ReasonForm, Refusal, Step, StepForm
from civicfund.templatetags.clock import moment
from civicfund.templatetags.money import euro
from vetting import services
from vetting.admin.ranking_form import ProposeForm
from vetting.admin.ranking_money import money_of, waiting, who_left
from vetting.contenders import DrawNeeded, Unscored
from vetting.models import RankedSession, Ranking
from vetting.places import changes_between, entries_of, unsaved_entries, version_before
from vetting.ranking_csv import read_input
from vetting.ranking_rules import rank
from vetting.reasons import last_moment
from vetting.services.ranking_input import outcome_counts

Kind = Ranking.Kind

NOT_DUE = {
    "window_open": _("The window still takes applications."),
    "no_committee": _("No committee has judged the applications of this window."),
    "round_open": _("The president has not closed the committee's round yet."),
    "no_provisional": _("There is no provisional ranking yet."),
    "reviews_open": _("Reviews of the provisional ranking may still be asked for."),
    "reviews_pending": _("Some reviews are not answered yet."),
    "final_already": _("The ranking is final: only a new version of it can follow."),
    "no_final": _("There is no final ranking yet."),
}
OWN = Refusal(_("You belong to a body that is ranked: another officer has to do this."))
MOVED_ON = Refusal(
    _(
        "What this version was computed from has changed, or somebody was faster: drop it and propose another one."
    )
)


class ProposeRankingStep(Step):
    """Propose a version of a window's ranking."""

    kind = Kind.PROVISIONAL
    template = "admin/vetting/propose_ranking.html"
    form_class = ProposeForm
    button = _("Propose it")
    lead = _("Nobody outside the desk sees it until a second officer publishes it.")
    effects = Effects.TOLD
    closes_reserve = False
    refusals = {
        services.ReasonMissing: Refusal(_("Write the reason."), "reason"),
        services.RankingWaits: Refusal(
            _("Another version waits for its second person: publish or drop that one.")
        ),
        services.RankingNotDue: Refusal(Step.too_late),
        services.OwnApplication: OWN,
        services.ClosedByDecision: Refusal(
            _("It would open again what a decision has closed: that needs an act of its own.")
        ),
        DrawNeeded: Refusal(_("Equal scores need a draw: write what was drawn."), "draw_seed"),
        Unscored: Refusal(_("An application has no final sheet: it cannot be ranked.")),
    }

    @classmethod
    def is_possible(cls, row: RankedSession) -> bool:
        """Say whether a ranking of this kind is due and none waits."""
        waits = Ranking.objects.waiting().filter(session=row.pk).exists()
        return not waits and not services.why_not_due(row, cls.kind, timezone.now())

    def form_arguments(self) -> dict[str, Any]:
        """Tell the form of which window it asks."""
        return {"session": self.row}

    def initial(self) -> dict[str, Any]:
        """Begin with the money of the version before, or with what the window's fund has left for it."""
        before = Ranking.objects.latest_of(self.row)
        if before:
            rules = read_input(before.input_csv)[2]
            return {"fund": rules.fund_cents, "draw_seed": rules.draw_seed}
        return {"fund": money_of(self.row)}

    def facts(self) -> list[tuple[Any, Any]]:
        """Say which window it is, and what its fund has."""
        fund = self.row.fund
        return [
            (gettext("Call"), self.row.call),
            (gettext("Window"), self.row.number),
            (gettext("Fund"), euro(fund.allocation_cents) if fund else "–"),
            (gettext("Rules for equal scores"), ", ".join(self.row.call.tie_rule_names)),
        ]

    def left(self) -> dict[str, str]:
        """Return who has left the ranking since, and why, by protocol number."""
        return {}

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Show the ranking as it would be, and what it changes."""
        told: dict[str, Any] = {"kind": self.kind, "session": self.row}
        try:
            known = services.input_of(
                self.row,
                self.kind,
                fund_cents=values["fund"],
                draw_seed=values["draw_seed"],
                left=self.left(),
                closes_reserve=self.closes_reserve,
            )
            entries = unsaved_entries(known[0], rank(*known))
        except DrawNeeded as error:
            return {**told, "draw": error.protocols}
        except Unscored as error:
            return {**told, "unscored": str(error)}
        before = Ranking.objects.latest_of(self.row)
        return {
            **told,
            "entries": entries,
            "counts": outcome_counts(entries),
            "given_cents": sum(entry.grant_cents for entry in entries),
            "before": before,
            "changes": changes_between(entries_of(before), entries) if before else [],
            "reviews_until": last_moment(timezone.now(), self.row.call.review_days),
        }

    def act(self, values: dict[str, Any]) -> str:
        """Propose."""
        services.propose_ranking(
            session=self.row,
            kind=self.kind,
            fund_cents=values["fund"],
            draw_seed=values["draw_seed"],
            reason=values["reason"],
            left=self.left(),
            closes_reserve=self.closes_reserve,
            by=self.request.user,
            now=timezone.now(),
        )
        return gettext("Proposed: a second officer finds it under Versions of rankings.")


class ProposeProvisionalStep(ProposeRankingStep):
    """Propose a provisional ranking."""

    title = _("Propose the provisional ranking")


class ProposeFinalStep(ProposeRankingStep):
    """Propose the final ranking."""

    kind = Kind.FINAL
    title = _("Propose the final ranking")


class MoveUpStep(ProposeRankingStep):
    """Propose the version in which places move up after others have left."""

    kind = Kind.AMENDED
    title = _("Move the list up")
    lead = _(
        "Whoever has withdrawn or whose campaign has ended without money leaves; what that frees goes down the list. Nobody "
        "loses what the ranking has given."
    )

    @classmethod
    def is_possible(cls, row: RankedSession) -> bool:
        """Say whether the ranking is final and somebody waits on its reserve list or has left."""
        return super().is_possible(row) and (bool(who_left(row)) or waiting(row).exists())

    def left(self) -> dict[str, str]:
        """Return whose campaign has ended before it got money."""
        return who_left(self.row)


class CloseReserveStep(MoveUpStep):
    """Propose the version that ends the reserve list."""

    title = _("Close the reserve list")
    lead = _("Whoever still waits is told that the fund is used up or given back: nobody moves up any more.")
    closes_reserve = True
    is_grave = True

    @classmethod
    def is_possible(cls, row: RankedSession) -> bool:
        """Say whether somebody waits on the reserve list of a final ranking."""
        return super().is_possible(row) and waiting(row).exists()


class PublishStep(Step):
    """Publish a version as the second officer."""

    title = _("Publish the ranking")
    button = _("Publish it now")
    needs_fresh_login = True
    lead = _(
        "Everybody sees it at this instant, and every body gets a mail about its own place. It cannot be undone."
    )
    template = "admin/vetting/publish_ranking.html"
    effects = Effects.TRIED
    writes_to_many = True
    is_grave = True
    form_class = StepForm
    refusals = {
        services.SamePerson: Refusal(_("You proposed this yourself: somebody else has to publish it.")),
        services.OwnApplication: OWN,
        services.RankingMovedOn: MOVED_ON,
        services.RankingNotDue: MOVED_ON,
        services.ClosedByDecision: MOVED_ON,
        services.NotFoundAdmissible: Refusal(_("Conclude the formal check of every funded project first.")),
        ApplicationClosed: MOVED_ON,
    }

    @classmethod
    def is_possible(cls, row: Ranking) -> bool:
        """Say whether it waits."""
        return row.status == Ranking.Status.PROPOSED

    def facts(self) -> list[tuple[Any, Any]]:
        """Say what was proposed, by whom and why."""
        return ranking_facts(self.row)

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Say who is admitted, who waits, and how many mails leave."""
        entries = entries_of(self.row)
        before = version_before(self.row)
        bodies = {entry.protocol for entry in entries}
        return {
            "ranking": self.row,
            "entries": entries,
            "counts": outcome_counts(entries),
            "given_cents": sum(entry.grant_cents for entry in entries),
            "before": before,
            "changes": changes_between(entries_of(before), entries) if before else [],
            "bodies": len(bodies),
            "is_own": self.row.proposed_by_id == self.request.user.pk,
            "reviews_until": last_moment(timezone.now(), self.row.call.review_days),
        }

    def act(self, values: dict[str, Any]) -> str:
        """Publish."""
        done = services.publish_ranking(ranking=self.row, by=self.request.user, now=timezone.now())
        return gettext("Published: version %(number)s is public.") % {"number": done.number}


class DropRankingStep(Step):
    """Drop a version that is not followed."""

    title = _("Drop the version")
    button = _("Drop it")
    template = "admin/vetting/drop_ranking.html"
    effects = Effects.TOLD
    form_class = ReasonForm
    refusals = {
        services.ReasonMissing: Refusal(_("Write the reason."), "reason"),
        services.RankingMovedOn: MOVED_ON,
    }
    is_possible = PublishStep.is_possible  # type: ignore[assignment]

    def facts(self) -> list[tuple[Any, Any]]:
        """Say what was proposed, by whom and why."""
        return ranking_facts(self.row)

    def act(self, values: dict[str, Any]) -> str:
        """Drop it."""
        services.drop_ranking(
            ranking=self.row, by=self.request.user, reason=values["reason"], now=timezone.now()
        )
        return gettext("Dropped: nobody outside the desk has seen it.")


def ranking_facts(ranking: Ranking) -> list[tuple[Any, Any]]:
    """Say which version it is, by whom it was proposed and why."""
    return [
        (gettext("Call"), ranking.call),
        (gettext("Window"), ranking.session.number),
        (gettext("Kind"), ranking.get_kind_display()),
        (gettext("To give out"), euro(read_input(ranking.input_csv)[2].fund_cents)),
        (gettext("Proposed by"), f"{ranking.proposed_by}, {moment(ranking.proposed_at)}"),
        (gettext("With the reason"), ranking.reason),
    ]
