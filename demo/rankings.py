"""The demo's rankings: a committee judges, the ranking is published provisionally, and one of them becomes final."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from calls.models import Application, Call, CallSession
from calls.models.columns import RULES
from calls.services import draft_call, publish_call
from demo.cast import STORY, People
from demo.deciding import exclude, find_admissible, find_inadmissible
from demo.history import History
from demo.lives import CALL, OPEN_CALL, apply
from vetting.models import Ranking, Round
from vetting.models.sheet import criteria_of
from vetting.services import (
    Entry,
    Meeting,
    appoint_member,
    ask_for_review,
    assign_evenly,
    close_round,
    declare,
    finalise_sheet,
    open_round,
    propose_ranking,
    publish_ranking,
)

Story = dict[str, Any]
ACT = {"act_number": "DD 118/2025", "act_date": date(2025, 2, 3)}
PAST = {
    "applied": datetime(2025, 1, 9, 15, 0, tzinfo=UTC),
    "excluded": datetime(2025, 2, 12, 10, 0, tzinfo=UTC),
    "judged": datetime(2025, 2, 20, 14, 0, tzinfo=UTC),
    "provisional": datetime(2025, 3, 4, 11, 0, tzinfo=UTC),
    "final": datetime(2025, 3, 20, 9, 50, tzinfo=UTC),
}
PAST_FUND, PILOT_FUND = 300_000_00, 18_000_00
COMMENTS = ("Si capisce chi fa che cosa.", "Il bisogno è raccontato bene.", "I conti tornano.")
BELOW = "Sotto il minimo: la proposta resta generica su questo punto."
MINUTES = "Verbale della commissione n. 3: presenti tutti, approvato all'unanimità."


@dataclass
class Window:
    """A window that is ranked: what was told of it, and its applications as they come in."""

    people: People
    stories: Sequence[Story]
    committee: Sequence[User]
    applications: dict[str, Application]
    fund_cents: int

    @property
    def session(self) -> CallSession:
        """Return the window of its applications."""
        first = next(iter(self.applications.values()))
        return CallSession.objects.select_related("call", "fund").get(pk=first.session_id)

    def judge(self, when: datetime) -> None:
        """Conclude the formal checks, appoint the committee, let everybody judge, and close."""
        session, by = self.session, self.people.officer
        begun = when - timedelta(days=6)
        for one in self.stories:
            if "excluded" not in one:
                find_admissible(self.people, self._of(one["body"]), begun - timedelta(hours=20))
        for place, user in enumerate(self.committee):
            role = "president" if place == 0 else "member"
            appoint_member(call=session.call, session=session, user=user, role=role, by=by, now=begun, **ACT)
        round_ = open_round(call=session.call, session=session, readers=3, due_at=when, by=by, now=begun)
        assign_evenly(round_=round_, by=by, now=begun + timedelta(hours=1))
        given = {self._of(one["body"]).pk: one["points"] for one in self.stories if "points" in one}
        for assignment in round_.assignments.active().select_related("member__user", "application"):
            points = given[assignment.application_id]
            place = [user.pk for user in self.committee].index(assignment.member.user_id)
            self._judge_one(round_, assignment, points[place], begun + timedelta(days=2))
        everybody = list(round_.seats)
        meeting = Meeting(
            held_on=timezone.localdate(when), present=everybody, in_favour=3, against=0, abstained=0
        )
        close_round(round_=round_, meeting=meeting, by=self.committee[0], now=when)

    def publish(self, kind: Ranking.Kind, when: datetime) -> None:
        """Publish a version, as a colleague proposed it in the morning."""
        ranking = propose_ranking(
            session=self.session,
            kind=kind,
            fund_cents=self.fund_cents,
            reason=MINUTES,
            by=self.people.colleague,
            now=when - timedelta(hours=2),
        )
        publish_ranking(ranking=ranking, by=self.people.officer, now=when)

    def exclude(self, when: datetime) -> None:
        """Exclude what cannot be judged."""
        for one in self.stories:
            if "excluded" in one:
                application = self._of(one["body"])
                find_inadmissible(self.people, application, one["excluded"], when - timedelta(hours=3))
                exclude(self.people, application, one["excluded"], when)

    def ask(self, when: datetime) -> None:
        """Ask for the reviews that the story tells."""
        for one in self.stories:
            if "review" in one:
                application = self._of(one["body"])
                ask_for_review(application=application, text=one["review"], by=application.author, now=when)

    def _of(self, body: str) -> Application:
        """Return the application of a body."""
        found = self.applications.get(body)
        if found is None:
            session = self.session
            found = session.applications.get(organization=self.people.bodies[body])
        return found

    def _judge_one(self, round_: Round, assignment: Any, points: Sequence[int], when: datetime) -> None:
        """Declare no conflict and hand in a sheet; -1 stands for a criterion that does not apply."""
        by = assignment.member.user
        declare(assignment=assignment, answer="none", text="", by=by, now=when)
        entries = {}
        for rule, given in zip(criteria_of(round_.call), points, strict=True):
            words = BELOW if given < rule.min_points else COMMENTS[given % len(COMMENTS)]
            entries[rule.key] = Entry(None if given < 0 else given * 100, given < 0, words)
        finalise_sheet(
            assignment=assignment,
            version=assignment.application.versions.latest("number"),
            entries=entries,
            comment="",
            by=by,
            now=when + timedelta(hours=1),
        )


def tell(history: History, people: People, now: datetime) -> None:
    """Plan both rankings."""
    script = tomllib.loads((STORY / "rankings.toml").read_text())
    committee = [
        User.objects.create_user(f"commissione{number}@example.org", full_name=name, is_staff=True)
        for number, name in enumerate(script["committee"]["members"], 1)
    ]
    past = Window(people, script["past"], committee, {}, PAST_FUND)
    pilot = Window(people, script["pilots"], committee, {}, PILOT_FUND)
    _tell_past(history, past)
    _tell_pilot(history, pilot, script["pilot"], now)


def _tell_past(history: History, window: Window) -> None:
    """Plan the final ranking of the first window of the call of 2024."""

    def hand_in(when: datetime) -> None:
        for one in window.stories:
            if "title" in one:
                window.applications[one["body"]] = apply(window.people, one, CALL, when)

    history.at(PAST["applied"], hand_in)
    history.at(PAST["excluded"], window.exclude)
    history.at(PAST["judged"], window.judge)
    history.at(PAST["provisional"], lambda when: window.publish(Ranking.Kind.PROVISIONAL, when))
    history.at(PAST["final"], lambda when: window.publish(Ranking.Kind.FINAL, when))


def _tell_pilot(history: History, window: Window, told: Story, now: datetime) -> None:
    """Plan the provisional ranking of a call whose only window closed two months ago."""
    opens_at, closes_at = now - timedelta(days=120), now - timedelta(days=60)

    def hand_in(when: datetime) -> None:
        call = _pilot_call(window.people, told, opens_at, closes_at)
        for number, one in enumerate(window.stories):
            later = when + timedelta(minutes=11 * number)
            window.applications[one["body"]] = apply(window.people, one, call.slug, later)

    history.at(now - timedelta(days=80), hand_in)
    history.at(now - timedelta(days=12), window.judge)
    history.at(now - timedelta(days=4), lambda when: window.publish(Ranking.Kind.PROVISIONAL, when))
    history.at(now - timedelta(days=2), window.ask)


def _pilot_call(people: People, told: Story, opens_at: datetime, closes_at: datetime) -> Call:
    """Publish a call with the rules of the open one, its window over."""
    model = Call.objects.get(slug=OPEN_CALL)
    call = draft_call(
        now=opens_at - timedelta(days=10),
        sessions=[{"opens_at": opens_at, "closes_at": closes_at}],
        themes=[theme.name for theme in model.themes.all()],
        criteria=list(model.criteria.values("name", "description", "weight_bp", "max_points", "min_points")),
        documents=list(model.document_requirements.values("name", "description", "required")),
        text=model.text,
        contact_email=model.contact_email,
        **{name: getattr(model, name) for name in RULES},
        **told,
    )
    return publish_call(call=call, by=people.officer, now=opens_at - timedelta(days=10))
