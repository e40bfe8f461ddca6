"""A window with a closed committee, made quickly: what tests of rankings take for granted."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from calls.models import Application, Call, CallSession
from tests import factories
from tests.deciding import colleague
from tests.vetting import judging
from vetting.models import Assignment, ConflictDeclaration, Ranking, Round, Score, ScoreSheet
from vetting.services import propose_ranking, publish_ranking

Points = Sequence[int | None]


def make_window(*, officer: User, now: datetime, **changes: Any) -> Call:
    """Publish a call whose only window is over, with criteria like those of the committee's tests."""
    sessions = [{"opens_at": now - timedelta(days=60), "closes_at": now - timedelta(days=30)}]
    return judging.make_judged_call(
        officer=officer, now=now - timedelta(days=61), **{"sessions": sessions, **changes}
    )


def apply_to(call: Call, number: int, *, now: datetime, **changes: Any) -> list[Application]:
    """Hand in applications of different bodies while the window was open, one minute after the other."""
    made = []
    first = call.sessions.get().opens_at + timedelta(days=1)
    for place in range(number):
        user = factories.make_user(f"ente{place}-{call.pk}")
        body = factories.make_organization(user=user, now=first)
        made.append(
            factories.make_application(
                call=call,
                organization=body,
                now=first + timedelta(minutes=place),
                title=f"Progetto {place + 1}",
                **{
                    name: value[place] if isinstance(value, list) else value
                    for name, value in changes.items()
                },
            )
        )
    return made


def score(call: Call, sheets: dict[Application, Sequence[Points]], *, officer: User, now: datetime) -> Round:
    """Have a committee judge applications and close: for each, every member's points in hundredths, by criterion.

    The rows are written at once: three hundred sheets through the services would take longer than what is tested.
    """
    readers = max(len(given) for given in sheets.values())
    seats = judging.make_committee(call, by=officer, members=max(readers, 2), now=now - timedelta(days=29))
    round_ = judging.make_round(call, by=officer, readers=readers, now=now - timedelta(days=28))
    then = now - timedelta(days=27)
    pairs = [
        (application, seats[place], points)
        for application, given in sheets.items()
        for place, points in enumerate(given)
    ]
    assignments = Assignment.objects.bulk_create(
        Assignment(round=round_, application=one, member=seat, assigned_at=then, assigned_by=officer)
        for one, seat, _points in pairs
    )
    ConflictDeclaration.objects.bulk_create(
        ConflictDeclaration(assignment=one, answer="none", declared_at=then) for one in assignments
    )
    versions = {one.pk: one.versions.latest("number") for one in sheets}
    rows = ScoreSheet.objects.bulk_create(
        ScoreSheet(
            assignment=assignment,
            application_version=versions[assignment.application_id],
            comment="Buona idea.",
            saved_at=then,
        )
        for assignment in assignments
    )
    criteria = list(call.criteria.all())
    Score.objects.bulk_create(
        Score(
            sheet=sheet,
            criterion=criterion,
            points=given,
            not_applicable=given is None,
            comment="Motivo scritto.",
        )
        for sheet, (_one, _seat, points) in zip(rows, pairs, strict=True)
        for criterion, given in zip(criteria, points, strict=True)
    )
    ScoreSheet.objects.filter(pk__in=[sheet.pk for sheet in rows]).update(
        status=ScoreSheet.Status.FINAL, finalised_at=then
    )
    Round.objects.filter(pk=round_.pk).update(closed_at=then, closed_by=officer)
    round_.refresh_from_db()
    return round_


def publish(
    session: CallSession, kind: str, *, officer: User, now: datetime, fund_cents: int, **changes: Any
) -> Ranking:
    """Have a colleague propose a version and an officer publish it."""
    ranking = propose_ranking(
        session=session,
        kind=kind,
        fund_cents=fund_cents,
        by=colleague(),
        now=now,
        **{"reason": "Verbale n. 3.", **changes},
    )
    return publish_ranking(ranking=ranking, by=officer, now=now)


def after_reviews(ranking: Ranking) -> datetime:
    """Return the instant at which no review can be asked for any more."""
    assert ranking.reviews_until
    return ranking.reviews_until


def today() -> datetime:
    """Return now, to the second."""
    return timezone.now().replace(microsecond=0)
