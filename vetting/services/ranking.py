"""Rankings of a window: one officer proposes a version, another one publishes it, at one instant, to everybody."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.services import queue_mail_to_members, queue_mail_to_officers
from calls.models import Application, CallSession
from calls.services import mark_reserve
from vetting.contenders import Contender, Place
from vetting.models import Ranking, RankingEntry, ReviewRequest, Round
from vetting.places import unsaved_entries
from vetting.ranking_csv import Input, digest_of_input, read_input, write_input
from vetting.ranking_rules import rank
from vetting.reasons import last_moment, words_of_reasons
from vetting.services.decision import admit_application, leave_out_application, require_reason
from vetting.services.proposal import SamePerson
from vetting.services.ranking_input import contenders_of, criteria_of, rules_of

Kind = Ranking.Kind
Status = Ranking.Status
Outcome = RankingEntry.Outcome
#: Whoever holds it may publish.
PUBLISH_RIGHT = "vetting.change_ranking"


class RankingNotDue(Exception):
    """Carry why a ranking of this kind cannot be proposed or published now: a code that the desk puts into words."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class RankingMovedOn(Exception):
    """Say that a proposed ranking is decided already, or that what it was computed from has changed since."""


class RankingWaits(Exception):
    """Say that another version of the window's ranking waits for its second person."""


class OwnApplication(Exception):
    """Say that somebody belongs to a body that is ranked: another officer has to do this."""


class ClosedByDecision(Exception):
    """Carry the protocol number of an application that a decision has closed and that this version would open again."""


@transaction.atomic
def propose_ranking(
    *,
    session: CallSession,
    kind: Ranking.Kind,
    fund_cents: int,
    reason: str,
    by: User,
    now: datetime,
    draw_seed: str = "",
    left: Mapping[str, str] | None = None,
    closes_reserve: bool = False,
) -> Ranking:
    """Compute a version of a window's ranking and propose it, with what there is to give out in cents.

    `left` says why applications, by protocol number, have left the ranking since; `closes_reserve` ends the reserve list.
    Raise ReasonMissing, RankingNotDue, RankingWaits, OwnApplication, ClosedByDecision, and the rules' DrawNeeded and
    Unscored.
    """
    reason = require_reason(reason)
    session = _locked(session)
    require_due(session, kind, now)
    if Ranking.objects.waiting().filter(session=session).exists():
        raise RankingWaits(str(session))
    known = input_of(
        session, kind, fund_cents=fund_cents, draw_seed=draw_seed, left=left, closes_reserve=closes_reserve
    )
    _require_lawful(session, known, by)
    text = write_input(*known)
    ranking = Ranking.objects.create(
        session=session,
        kind=kind,
        reason=reason,
        input_csv=text,
        sha256=digest_of_input(text),
        proposed_at=now,
        proposed_by=by,
    )
    _tell_publishers(ranking, by, now)
    return ranking


@transaction.atomic
def publish_ranking(*, ranking: Ranking, by: User, now: datetime) -> Ranking:
    """Publish a proposed version as the second person: places, decisions and mails at one instant.

    Raise SamePerson, OwnApplication, RankingNotDue, and RankingMovedOn when what it was computed from has changed since.
    """
    session = _locked(ranking.session)
    # Nobody withdraws between the last look and the decision.
    list(Application.objects.select_for_update(no_key=True).filter(session=session).order_by("pk"))
    ranking = _proposed(ranking)
    if ranking.proposed_by_id == by.pk:
        raise SamePerson(str(ranking.pk))
    require_due(session, ranking.kind, now)
    contenders, criteria, rules = read_input(ranking.input_csv)
    left = {one.protocol: one.renounced for one in contenders if one.renounced}
    again = input_of(
        session,
        ranking.kind,
        fund_cents=rules.fund_cents,
        draw_seed=rules.draw_seed,
        left=left,
        closes_reserve=not rules.has_reserve and session.call.has_reserve_list,
    )
    if write_input(*again) != ranking.input_csv:
        raise RankingMovedOn(str(ranking.pk))
    _require_lawful(session, again, by)
    places = rank(contenders, criteria, rules)
    _decide(ranking, Status.PUBLISHED, by, now)
    entries = _write_entries(ranking, contenders, places)
    if ranking.kind != Kind.PROVISIONAL:
        for entry in entries:
            _carry_out(entry, by, now)
    _tell_everybody(ranking, entries, now)
    return ranking


@transaction.atomic
def drop_ranking(*, ranking: Ranking, by: User, reason: str, now: datetime) -> Ranking:
    """Drop a proposed version, and say why; nobody outside the desk has seen it. Raise ReasonMissing, RankingMovedOn."""
    reason = require_reason(reason)
    ranking = _proposed(ranking)
    ranking.drop_reason = reason
    _decide(ranking, Status.DROPPED, by, now)
    return ranking


def input_of(
    session: CallSession,
    kind: str,
    *,
    fund_cents: int,
    draw_seed: str = "",
    left: Mapping[str, str] | None = None,
    closes_reserve: bool = False,
) -> Input:
    """Return what a version of a window's ranking would be computed from now."""
    rules = rules_of(session, fund_cents=fund_cents, draw_seed=draw_seed, closes_reserve=closes_reserve)
    return contenders_of(session, kind, left or {}), criteria_of(session)[0], rules


def require_due(session: CallSession, kind: str, now: datetime) -> None:
    """Refuse a ranking whose time has not come, or is over."""
    if code := why_not_due(session, kind, now):
        raise RankingNotDue(code)


def why_not_due(session: CallSession, kind: str, now: datetime) -> str:
    """Return why a kind of ranking cannot be proposed now, as a code; nothing when it can."""
    before = Ranking.objects.latest_of(session)
    if kind == Kind.AMENDED:
        return "" if before and not before.is_provisional else "no_final"
    if before and not before.is_provisional:
        return "final_already"
    if kind == Kind.FINAL:
        return _why_not_final(before, now)
    if now < session.closes_at:
        return "window_open"
    rounds = Round.objects.overlapping(session.call, session)
    if not rounds.exists():
        return "no_committee"
    return "round_open" if rounds.under_way().exists() else ""


def _why_not_final(before: Ranking | None, now: datetime) -> str:
    """Return what a final ranking waits for: the provisional one, its days, the answers to every review."""
    if before is None or before.reviews_until is None:
        return "no_provisional"
    if now < before.reviews_until:
        return "reviews_open"
    return "reviews_pending" if pending_reviews(before.session).exists() else ""


def pending_reviews(session: CallSession):  # type: ignore[no-untyped-def]
    """Return the reviews of a window's rankings that wait for an answer."""
    return ReviewRequest.objects.pending().filter(entry__ranking__session=session)


def _require_lawful(session: CallSession, known: Input, by: User) -> None:
    """Refuse somebody's own ranking, and one that opens what a decision has closed."""
    contenders, criteria, rules = known
    protocols = [one.protocol for one in contenders]
    ranked = Application.objects.filter(protocol_number__in=protocols)
    if ranked.filter(organization__members=by).exists():
        raise OwnApplication(str(session))
    closed = set(
        ranked.filter(status=Application.Status.NOT_SELECTED).values_list("protocol_number", flat=True)
    )
    for place in rank(contenders, criteria, rules):
        if place.protocol in closed and place.outcome.value in (Outcome.FUNDED.value, Outcome.RESERVE.value):
            raise ClosedByDecision(place.protocol)


def _write_entries(
    ranking: Ranking, contenders: Sequence[Contender], places: Sequence[Place]
) -> list[RankingEntry]:
    """Keep the places of a published version."""
    entries = unsaved_entries(contenders, places)
    protocols = [place.protocol for place in places]
    rows = Application.objects.filter(protocol_number__in=protocols).select_related("call", "organization")
    applications = {row.protocol_number: row for row in rows}
    for entry, place in zip(entries, places, strict=True):
        entry.ranking = ranking
        entry.application = applications[place.protocol]
    return RankingEntry.objects.bulk_create(entries)


def _carry_out(entry: RankingEntry, by: User, now: datetime) -> None:
    """Do to an application what a final version says of it; what it says already is done."""
    application = Application.objects.select_related("call").get(pk=entry.application_id)
    waiting = application.status in (Application.Status.SUBMITTED, Application.Status.RESERVE)
    if not waiting or entry.outcome == Outcome.RENOUNCED:
        return
    reason = words_of_reasons(entry, language="it")
    if entry.outcome == Outcome.FUNDED:
        admit_application(
            application=application, by=by, reason=reason, admitted_cost_cents=entry.cost_cents, now=now
        )
    elif entry.outcome == Outcome.RESERVE:
        if application.status == Application.Status.SUBMITTED:
            mark_reserve(application=application)
    else:
        leave_out_application(application=application, by=by, reason=reason, now=now)


def _tell_publishers(ranking: Ranking, by: User, now: datetime) -> None:
    """Write to the officers who may publish."""
    queue_mail_to_officers(
        right=PUBLISH_RIGHT,
        key=f"ranking_to_publish:{ranking.pk}",
        template="ranking_to_publish",
        context={"ranking": ranking},
        now=now,
        leave_out=by,
    )


def _tell_everybody(ranking: Ranking, entries: Sequence[RankingEntry], now: datetime) -> None:
    """Write to the members of every body about its own place, in their language."""
    for entry in entries:
        queue_mail_to_members(
            organization=entry.application.organization,
            key=f"ranking_published:{ranking.pk}:{entry.application_id}",
            topic=ranking.call.mail_topic,
            template="ranking_published",
            context={"ranking": ranking, "entry": entry, "application": entry.application},
            now=now,
        )


def _decide(ranking: Ranking, status: str, by: User, now: datetime) -> None:
    """Write who decided a version, and number it when it is published."""
    ranking.status = status
    ranking.decided_by = by
    ranking.decided_at = now
    if status == Status.PUBLISHED:
        before = Ranking.objects.latest_of(ranking.session)
        ranking.number = (before.number or 0) + 1 if before else 1
        if ranking.is_provisional:
            ranking.reviews_until = last_moment(now, ranking.call.review_days)
    ranking.save(
        update_fields=["status", "decided_by", "decided_at", "number", "reviews_until", "drop_reason"]
    )


def _locked(session: CallSession) -> CallSession:
    """Return a window, locked against another version of its ranking."""
    locked = CallSession.objects.select_for_update(no_key=True, of=("self",)).select_related("call")
    return locked.get(pk=session.pk)


def _proposed(ranking: Ranking) -> Ranking:
    """Return a proposed version, locked, or raise RankingMovedOn."""
    ranking = Ranking.objects.select_for_update(no_key=True, of=("self",)).get(pk=ranking.pk)
    if ranking.status != Status.PROPOSED:
        raise RankingMovedOn(str(ranking.pk))
    return ranking
