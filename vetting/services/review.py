"""Reviews of a provisional ranking: a body asks, an officer answers, and what the committee corrects counts next time."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q, Sum

from accounts.models import User
from accounts.services import queue_mail_to_members
from calls.models import Application, CallSession, Criterion, Fund
from vetting.models import Ranking, RankingEntry, ReviewRequest, ScoreCorrection, ScoreSheet
from vetting.services.decision import require_reason

Outcome = ReviewRequest.Outcome


class ReviewsClosed(Exception):
    """Say that no review can be asked for: the ranking is not provisional any more, or its days are over."""


class ReviewAsked(Exception):
    """Say that a review of this place is asked for already."""


class ReviewMovedOn(Exception):
    """Say that a review is answered already."""


class WrongPoints(Exception):
    """Say that corrected points are above the highest score, about another application, or change nothing."""


class Correction(NamedTuple):
    """What the committee gives instead of a score, in hundredths; None where the criterion does not apply."""

    sheet: ScoreSheet
    criterion: Criterion
    points: int | None


@transaction.atomic
def ask_for_review(*, application: Application, text: str, by: User, now: datetime) -> ReviewRequest:
    """Ask that the place of an application in the provisional ranking be looked at again.

    The money that place may need stays set aside until the answer. Raise ReasonMissing, ReviewsClosed, ReviewAsked.
    """
    text = require_reason(text)
    if application.session_id is None:
        raise ReviewsClosed(application.public_id)
    CallSession.objects.select_for_update(no_key=True).get(pk=application.session_id)
    entry = place_of(application)
    if entry is None or not may_be_reviewed(entry, now):
        raise ReviewsClosed(application.public_id)
    if ReviewRequest.objects.filter(entry=entry).exists():
        raise ReviewAsked(application.public_id)
    review = ReviewRequest.objects.create(entry=entry, text=text, filed_at=now, filed_by=by)
    _tell(review, "review_asked", now)
    return review


@transaction.atomic
def answer_review(
    *,
    review: ReviewRequest,
    upheld: bool,
    answer: str,
    by: User,
    now: datetime,
    corrections: Iterable[Correction] = (),
) -> ReviewRequest:
    """Answer a review; one that is upheld may carry the committee's corrected points, which count in the next version.

    Raise ReasonMissing, ReviewMovedOn, WrongPoints.
    """
    answer = require_reason(answer)
    review = ReviewRequest.objects.select_for_update(no_key=True, of=("self",)).get(pk=review.pk)
    if review.outcome != Outcome.PENDING:
        raise ReviewMovedOn(str(review.pk))
    found = list(corrections)
    if found and not upheld:
        raise WrongPoints
    for one in found:
        _require_points(review, one)
        ScoreCorrection.objects.create(
            review=review, sheet=one.sheet, criterion=one.criterion, points=one.points
        )
    review.outcome = Outcome.UPHELD if upheld else Outcome.REJECTED
    review.answer = answer
    review.decided_by = by
    review.decided_at = now
    review.save(update_fields=["outcome", "answer", "decided_by", "decided_at"])
    _tell(review, "review_answered", now)
    return review


def place_of(application: Application) -> RankingEntry | None:
    """Return the place of an application in the version of its window's ranking that holds, or None."""
    if application.session is None:
        return None
    ranking = Ranking.objects.latest_of(application.session)
    entries = RankingEntry.objects.filter(ranking=ranking, application=application)
    return entries.select_related("ranking__session__call").first() if ranking else None


def may_be_reviewed(entry: RankingEntry, now: datetime) -> bool:
    """Say whether a review of a place may be asked for at an instant."""
    until = entry.ranking.reviews_until
    return until is not None and now < until


def held_cents(fund: Fund, *, but: Application | None = None) -> int:
    """Return what a fund keeps, in cents, for places of provisional rankings and for reviews that are not answered.

    `but` leaves out one application's own window.
    """
    held = 0
    for session in fund.sessions.all():
        if but and session.pk == but.session_id:
            continue
        ranking = Ranking.objects.latest_of(session)
        if ranking is None or not ranking.is_provisional:
            continue
        entries = ranking.entries.filter(Q(outcome="funded") | Q(review__outcome="pending"))
        given = entries.aggregate(
            given=Sum("grant_cents", default=0), due=Sum("due_cents", filter=~Q(outcome="funded"), default=0)
        )
        held += given["given"] + given["due"]
    return held


def _require_points(review: ReviewRequest, one: Correction) -> None:
    """Refuse points that no sheet about this application could carry."""
    if one.sheet.assignment.application_id != review.entry.application_id:
        raise WrongPoints(one.sheet.pk)
    if one.points is not None and not 0 <= one.points <= one.criterion.max_points * 100:
        raise WrongPoints(one.criterion.name)


def _tell(review: ReviewRequest, template: str, now: datetime) -> None:
    """Write to the members of the body."""
    application = review.entry.application
    queue_mail_to_members(
        organization=application.organization,
        key=f"{template}:{review.pk}",
        topic=application.call.mail_topic,
        template=template,
        context={"review": review, "application": application, "ranking": review.entry.ranking},
        now=now,
    )
