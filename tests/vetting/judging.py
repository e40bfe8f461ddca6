"""A committee at work, made only through the services."""

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from calls.models import Application, ApplicationVersion, Attachment, Call, DocumentRequirement
from calls.services import keep_attachment, submit_application
from calls.services.version import file_version
from tests import factories
from tests.desk import permission_of
from vetting.models import Assignment, CommitteeMember, ConflictDeclaration, Round, ScoreSheet
from vetting.models.sheet import criteria_of
from vetting.services import (
    Entry,
    Meeting,
    appoint_member,
    assign_evenly,
    close_round,
    declare,
    finalise_sheet,
    open_round,
)

ACT = {"act_number": "DD 77/2027", "act_date": date(2027, 1, 8)}
#: What a member of a committee may do at the desk.
MEMBER_RIGHTS = ("vetting.view_assignment", "vetting.score_application")
PRESIDENT_RIGHTS = (*MEMBER_RIGHTS, "vetting.view_round", "vetting.close_round")
CLERK_RIGHTS = (
    "calls.view_application",
    "vetting.assign_committee",
    "vetting.view_assignment",
    "vetting.view_committeemember",
    "vetting.view_round",
)
CRITERIA = [
    {"name": "Utilità", "max_points": 50, "min_points": 20, "weight_bp": 10_000},
    {"name": "Novità", "max_points": 30, "weight_bp": 10_000},
    {"name": "Conti", "max_points": 20, "weight_bp": 10_000},
]


def make_judged_call(*, officer: User, **changes: Any) -> Call:
    """Publish a call with three criteria, the first with a minimum."""
    return factories.make_call(officer=officer, **{"criteria": CRITERIA, **changes})


def make_judge(name: str, *rights: str) -> User:
    """Register a person at the desk with the rights of a member of a committee, or others."""
    user = factories.make_user(name, is_staff=True)
    for right in rights or MEMBER_RIGHTS:
        user.user_permissions.add(permission_of(right))
    return user


def make_committee(
    call: Call, *, by: User, members: int = 3, substitutes: int = 0, now: datetime | None = None
) -> list[CommitteeMember]:
    """Appoint a president, members and substitutes for all windows of a call."""
    now = now or timezone.now()
    seats = []
    for number in range(members + substitutes):
        rights = PRESIDENT_RIGHTS if number == 0 else MEMBER_RIGHTS
        user = make_judge(f"giudice{number}-{call.pk}", *rights)
        seats.append(
            appoint_member(
                call=call,
                user=user,
                role="president" if number == 0 else "member",
                is_substitute=number >= members,
                by=by,
                now=now,
                **ACT,
            )
        )
    return seats


def make_applications(call: Call, number: int) -> list[Application]:
    """Hand in applications of different bodies."""
    made = []
    for place in range(number):
        user = factories.make_user(f"ente{place}-{call.pk}")
        body = factories.make_organization(user=user)
        made.append(factories.make_application(call=call, organization=body, title=f"Progetto {place + 1}"))
    return made


def make_round(call: Call, *, by: User, readers: int = 3, now: datetime | None = None) -> Round:
    """Open a round about all windows of a call, due in ten days."""
    now = now or timezone.now()
    return open_round(call=call, readers=readers, due_at=now + timedelta(days=10), by=by, now=now)


def make_assigned_round(call: Call, *, by: User, readers: int = 3) -> Round:
    """Open a round and assign what there is evenly."""
    round_ = make_round(call, by=by, readers=readers)
    assign_evenly(round_=round_, by=by, now=timezone.now())
    return round_


def entries(call: Call, *points: int | None, comment: str = "Sotto il minimo.") -> dict[str, Entry]:
    """Return what a member types: whole points in the order of the criteria, None where one does not apply."""
    return {
        rule.key: Entry(None if given is None else given * 100, given is None, comment)
        for rule, given in zip(criteria_of(call), points, strict=True)
    }


def judge(assignment: Assignment, *points: int | None, now: datetime | None = None) -> ScoreSheet:
    """Declare no conflict, where that is still to do, and make a final sheet."""
    now, by = now or timezone.now(), assignment.member.user
    if not ConflictDeclaration.objects.filter(assignment=assignment).exists():
        declare(assignment=assignment, answer="none", text="", by=by, now=now)
    return finalise_sheet(
        assignment=assignment,
        version=assignment.application.versions.latest("number"),
        entries=entries(assignment.round.call, *points),
        comment="Buona idea.",
        by=by,
        now=now,
    )


def judge_all(round_: Round, *points: int) -> None:
    """Let everybody judge everything alike."""
    for assignment in round_.assignments.active():
        judge(assignment, *(points or (40, 20, 10)))


def meeting_of(round_: Round, **changes: Any) -> Meeting:
    """Return a meeting with everybody there, all in favour."""
    present = [one for one in round_.seats if not one.is_substitute]
    told = {"held_on": timezone.localdate(), "present": present, "against": 0, "abstained": 0}
    return Meeting(**{**told, "in_favour": len(present), **changes})


def president_of(round_: Round) -> User:
    """Return who leads the committee."""
    return round_.seats.get(role="president").user


def close(round_: Round) -> Round:
    """Close a round whose sheets are all there."""
    close_round(round_=round_, meeting=meeting_of(round_), by=president_of(round_), now=timezone.now())
    round_.refresh_from_db()
    return round_


def hand_in_again(application: Application) -> ApplicationVersion:
    """File the application once more, as an answer to a request of the office does."""
    return file_version(
        application=application,
        call=application.call,
        session=application.session,
        kind=ApplicationVersion.Kind.ANSWER,
        by=application.author,
        now=timezone.now(),
    )


def keep(draft: Application, requirement: DocumentRequirement, content: bytes) -> Attachment:
    """Upload a document of a draft."""
    return keep_attachment(
        application=draft,
        requirement=requirement,
        pieces=[content],
        name="statuto.pdf",
        by=draft.author,
        now=timezone.now(),
    )


def submit(draft: Application) -> Application:
    """Hand a draft in."""
    return submit_application(application=draft, by=draft.author, now=timezone.now())


def version_of_another(call: Call, user: User) -> ApplicationVersion:
    """Hand in an application of a person's new body and return its version."""
    body = factories.make_organization(user=user)
    return factories.make_application(call=call, organization=body).versions.get()
