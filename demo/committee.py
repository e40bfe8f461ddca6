"""The committee of the open call: appointed, at work, not yet done."""

import tomllib
from datetime import datetime, time, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.utils import timezone

from accounts.models import User
from calls.models import Application, Call
from demo.cast import STORY, People
from demo.deciding import find_admissible
from demo.history import History
from matching.roles import ROLES
from vetting.models import Assignment, CommitteeMember, Round
from vetting.models.sheet import criteria_of
from vetting.services import (
    Entry,
    appoint_member,
    assign_evenly,
    declare,
    finalise_sheet,
    open_file,
    open_round,
    save_sheet,
    tell_member,
)

MEMBER = next(role for role in ROLES if role.key == "member")

Story = dict[str, Any]


def tell(history: History, people: People, now: datetime) -> None:
    """Plan the committee of story/committee.toml: its appointment, its round, its first sheets."""
    script = tomllib.loads((STORY / "committee.toml").read_text())
    work = Work(people, script, now)
    history.at(now - timedelta(days=script["appointed_days_ago"]), work.appoint)
    history.at(now - timedelta(days=script["opened_days_ago"]), work.open)
    for story in script["conflicts"]:
        history.at(_ago(now, story), lambda when, one=story: work.conflict(one, when))
    for story in script["sheets"]:
        history.at(_ago(now, story), lambda when, one=story: work.judge(one, when))


def _ago(now: datetime, story: Story) -> datetime:
    """Return when something was done; what was done today was done an hour ago."""
    return now - timedelta(days=story["days_ago"], hours=1)


class Work:
    """The work of one committee."""

    def __init__(self, people: People, script: Story, now: datetime) -> None:
        self.people = people
        self.script = script
        self.now = now
        self.seats: dict[str, CommitteeMember] = {}
        self.round: Round

    def appoint(self, when: datetime) -> None:
        """Enter the members."""
        for one in self.script["members"]:
            user = self.people.users[one["account"]] if "account" in one else _sign_up(one)
            self.seats[one["key"]] = appoint_member(
                call=Call.objects.get(slug=self.script["call"]),
                user=user,
                role=one.get("role", "member"),
                is_substitute=one.get("substitute", False),
                act_number=self.script["act_number"],
                act_date=when.date(),
                by=self.people.officer,
                now=when,
            )

    def open(self, when: datetime) -> None:
        """Conclude the formal checks that are done, open the round, assign those and tell the members."""
        for title in self.script["admissible"]:
            application = Application.objects.get(title=title)
            find_admissible(self.people, application, when - timedelta(hours=2))
        self.round = open_round(
            call=Call.objects.get(slug=self.script["call"]),
            readers=self.script["readers"],
            due_at=self._due_at(),
            by=self.people.officer,
            now=when,
        )
        assign_evenly(round_=self.round, by=self.people.officer, now=when)
        for seat in self.seats.values():
            tell_member(member=seat, round_=self.round, now=when + timedelta(minutes=6))

    def _due_at(self) -> datetime:
        """Return the midnight until which sheets may come, in the city's time."""
        day = timezone.localdate(self.now) + timedelta(days=self.script["due_in_days"])
        return datetime.combine(day, time(0), timezone.get_default_timezone())

    def conflict(self, story: Story, when: datetime) -> None:
        """Declare a conflict; the substitute steps in."""
        assignment = self._assignment(story)
        by = assignment.member.user
        declare(assignment=assignment, answer="conflict", text=story["text"], by=by, now=when)
        tell_member(member=self.seats["substitute"], round_=self.round, now=when + timedelta(minutes=6))

    def judge(self, story: Story, when: datetime) -> None:
        """Declare no conflict, read, and write a sheet."""
        assignment = self._assignment(story)
        by = assignment.member.user
        declare(assignment=assignment, answer="none", text="", by=by, now=when)
        open_file(assignment=assignment, by=by, now=when)
        typed = {"entries": self._entries(story), "comment": story["comment"], "by": by, "now": when}
        if story.get("draft"):
            save_sheet(assignment=assignment, **typed)
        else:
            version = assignment.application.versions.latest("number")
            finalise_sheet(assignment=assignment, version=version, **typed)

    def _assignment(self, story: Story) -> Assignment:
        """Return who reads what in a story."""
        return self.round.assignments.get(
            member=self.seats[story["member"]], application__title=story["application"], removed_at=None
        )

    def _entries(self, story: Story) -> dict[str, Entry]:
        """Return a sheet's points; a draft leaves open what has none."""
        words = story.get("criterion_comment", "")
        entries = {}
        for rule, points in zip(criteria_of(self.round.call), story["points"], strict=True):
            if points == "":
                entries[rule.key] = Entry(not_applicable=not story.get("draft", False))
            else:
                entries[rule.key] = Entry(points, comment=words if points < rule.min_points * 100 else "")
        return entries


def _sign_up(one: Story) -> User:
    """Register a member of the committee who is no account of the demo's."""
    user = User.objects.create_user(one["email"], None, full_name=one["full_name"], is_staff=True)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    user.groups.add(Group.objects.get(name=MEMBER.name))
    return user
