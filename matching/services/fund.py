"""Money the municipality adds to a fund, takes out of it or passes on, each by an act of its own."""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from accounts.models import User
from calls.models import Application, CallSession, Fund
from campaigns.models import Campaign
from ledger.models import Account, Entry
from ledger.services import account, allocate_fund, balance, post
from matching.models import FundMovement, Grant
from matching.services.act import ActMissing, ActName, record_act
from matching.services.campaign import order_of, refuse_other_sum
from matching.services.completion import partial_grants
from matching.services.guard import ReleasesStopped
from matching.services.line import serve_line
from vetting.services import held_cents

Kind = Account.Kind
State = Grant.State
Status = Campaign.Status

#: States in which a campaign may still ask for a grant.
ALIVE = (
    Status.DRAFT,
    Status.IN_REVIEW,
    Status.SCHEDULED,
    Status.OPEN,
    Status.CLOSING,
    Status.CURE,
    Status.SUSPENDED,
)


class NothingMoves(Exception):
    """Say that a movement of nothing, or of less, is none."""


class MovedAlready(Exception):
    """Say that this act has moved this fund already."""


class FundCommitted(Exception):
    """Carry the campaigns that would be hit if more than what is left were taken out of a fund, the last ones first."""

    def __init__(self, available_cents: int, hit: list[Campaign]) -> None:
        super().__init__(f"{available_cents} cents are free")
        self.available_cents = available_cents
        self.hit = hit


class WindowUndecided(Exception):
    """Carry why what a window has left over cannot pass on yet, one sentence each, in the reader's language."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


@transaction.atomic
def increase_fund(
    *, fund: Fund, amount_cents: int, act: ActName, reason: str, by: User, now: datetime
) -> FundMovement:
    """Add money to a fund; in the same transaction partial awards are completed, then the waiting list is served.

    While an incident stops releases the money is added and nobody is served yet. Raise NothingMoves, ActMissing,
    MovedAlready.
    """
    _require(amount_cents, reason)
    fund = _lock(fund, now)[0]
    movement = _move(FundMovement.Kind.INCREASE, fund, None, amount_cents, act, reason, by, now)
    _serve(fund, now)
    return movement


@transaction.atomic
def decrease_fund(
    *, fund: Fund, amount_cents: int, act: ActName, reason: str, by: User, now: datetime
) -> FundMovement:
    """Take money out of a fund, up to what is left of it: what is set aside or awarded is promised to others.

    Raise FundCommitted with the campaigns that would be hit, NothingMoves, ActMissing, MovedAlready.
    """
    _require(amount_cents, reason)
    fund = _lock(fund, now)[0]
    # What a provisional ranking gives, and what a review may win, is promised as long as it is not decided.
    available = max(0, balance(Kind.AVAILABLE, fund=fund) - held_cents(fund))
    if amount_cents > available:
        raise FundCommitted(available, campaigns_hit(fund, amount_cents - available))
    return _move(FundMovement.Kind.DECREASE, fund, None, amount_cents, act, reason, by, now)


@transaction.atomic
def carry_over_fund(
    *, fund: Fund, amount_cents: int, act: ActName, reason: str, by: User, now: datetime
) -> FundMovement:
    """Pass what a window has left over to the next window's fund, once the window's last grant is decided.

    The amount, in cents, is what the officer has read: all that is left. The next window's partial awards and waiting list
    are served with it. Raise WindowUndecided, NothingMoves, OtherSum when another sum is left by now, ActMissing,
    MovedAlready.
    """
    following = next_fund(fund)
    if following is None:
        raise WindowUndecided([_("No window with a fund of its own follows.")])
    fund, following = _lock(fund, now, following)
    reasons = list(undecided(fund, now))
    if reasons:
        raise WindowUndecided(reasons)
    left = balance(Kind.AVAILABLE, fund=fund)
    _require(left, reason)
    refuse_other_sum(amount_cents, left)
    movement = _move(FundMovement.Kind.CARRY_OVER, fund, following, left, act, reason, by, now)
    _serve(following, now)
    return movement


def campaigns_hit(fund: Fund, missing_cents: int) -> list[Campaign]:
    """Return the campaigns whose money would have to be freed to find a sum in cents, the last in the line first."""
    holding = fund.grants.filter(state__in=[State.RESERVED, State.OFFERED, State.AWARDED])
    grants = holding.select_related("campaign__application").prefetch_related("completions")

    def key(grant: Grant) -> tuple[bool, object]:
        reached = grant.reached_at or grant.campaign.reached_at
        # Those that have not reached come last in the line.
        number = grant.campaign.application.protocol_number
        return (True, number) if reached is None else (False, order_of(grant.campaign, reached))

    hit: list[Campaign] = []
    for grant in sorted(grants, key=key, reverse=True):
        if missing_cents <= 0:
            break
        hit.append(grant.campaign)
        missing_cents -= grant.total_cents
    return hit


def next_fund(fund: Fund) -> Fund | None:
    """Return the fund of the window that follows the last one of this fund, or None."""
    last = fund.sessions.order_by("opens_at").last()
    if last is None:
        return None
    later = CallSession.objects.filter(call=fund.call_id, opens_at__gt=last.opens_at).exclude(fund=fund)
    session = later.order_by("opens_at").select_related("fund").first()
    return session.fund if session else None


def undecided(fund: Fund, now: datetime) -> Iterator[str]:
    """Yield what still has to be decided in the windows of a fund, one sentence each."""
    if fund.sessions.filter(closes_at__gt=now).exists():
        yield _("The window still takes applications.")
    applications = Application.objects.filter(session__fund=fund)
    if applications.filter(status=Application.Status.SUBMITTED).exists():
        yield _("Some applications are not decided yet.")
    if applications.filter(status=Application.Status.RESERVE).exists():
        yield _("Some projects wait on the reserve list: move it up, or close it.")
    admitted = applications.filter(status=Application.Status.ADMITTED)
    if admitted.filter(campaign=None).exists() or admitted.filter(campaign__status__in=ALIVE).exists():
        yield _("Some campaigns are not over yet.")
    if fund.grants.filter(state__in=[State.RESERVED, State.OFFERED, State.WAITLISTED]).exists():
        yield _("Some campaigns still wait for their grant.")
    if partial_grants().filter(fund=fund).exists():
        yield _("Some grants are partial: what is left completes them first.")


def funds_to_pass_on(now: datetime) -> QuerySet[Fund]:
    """Return the funds with money left whose windows are decided, so that it can pass to the window that follows.

    It asks in one query what `next_fund` and `undecided` ask of one fund.
    """
    windows = CallSession.objects.filter(fund=OuterRef("pk"))
    last = Subquery(windows.order_by("-opens_at").values("opens_at")[:1])
    later = CallSession.objects.filter(call=OuterRef("call"), opens_at__gt=OuterRef("last_window"))
    applications = Application.objects.filter(session__fund=OuterRef("pk"))
    admitted = applications.filter(status=Application.Status.ADMITTED)
    grants = Grant.objects.filter(fund=OuterRef("pk"))
    waiting = (
        windows.filter(closes_at__gt=now),
        applications.filter(status__in=[Application.Status.SUBMITTED, Application.Status.RESERVE]),
        admitted.filter(Q(campaign=None) | Q(campaign__status__in=ALIVE)),
        grants.filter(state__in=[State.RESERVED, State.OFFERED, State.WAITLISTED]),
        partial_grants().filter(fund=OuterRef("pk")),
    )
    left = Account.objects.filter(fund=OuterRef("pk"), kind=Kind.AVAILABLE, balance_cents__gt=0)
    funds = Fund.objects.annotate(last_window=last).filter(Exists(left))
    for reason in waiting:
        funds = funds.filter(~Exists(reason))
    return funds.filter(Exists(later.exclude(fund=OuterRef("pk"))))


def _require(amount_cents: int, reason: str) -> None:
    """Raise NothingMoves or ActMissing when a movement has no amount or no reason."""
    if amount_cents <= 0:
        raise NothingMoves(amount_cents)
    if not reason.strip():
        raise ActMissing


def _lock(fund: Fund, now: datetime, other: Fund | None = None) -> list[Fund]:
    """Lock one fund, or two in the order of their rows, and return them, filled, in the order given."""
    wanted = [each.pk for each in (fund, other) if each]
    rows = Fund.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
    locked = {row.pk: row for row in rows}
    for row in locked.values():
        allocate_fund(fund=row, now=now)
    return [locked[pk] for pk in wanted]


def _move(
    kind: FundMovement.Kind,
    fund: Fund,
    to_fund: Fund | None,
    amount: int,
    act: ActName,
    reason: str,
    by: User,
    now: datetime,
) -> FundMovement:
    """Write a movement and its entry; amount in cents. Raise MovedAlready when the act has moved this fund so already."""
    recorded = record_act(**vars(act), by=by, now=now)
    if FundMovement.objects.filter(kind=kind, fund=fund, act=recorded).exists():
        raise MovedAlready(str(recorded))
    signed = amount if kind == FundMovement.Kind.INCREASE else -amount
    postings = [(account(Kind.AVAILABLE, fund=fund), signed), (account(Kind.ALLOCATED, fund=fund), -signed)]
    if to_fund:
        postings += [
            (account(Kind.AVAILABLE, fund=to_fund), amount),
            (account(Kind.ALLOCATED, fund=to_fund), -amount),
        ]
    entry = post(
        key=f"{kind}:{fund.pk}:{recorded.pk}",
        kind=Entry.Kind(kind),
        postings=postings,
        now=now,
        by=by,
        reason=f"{recorded}: {reason.strip()}"[:500],
    )
    return FundMovement.objects.create(
        kind=kind,
        fund=fund,
        to_fund=to_fund,
        amount_cents=amount,
        act=recorded,
        reason=reason.strip(),
        moved_by=by,
        moved_at=now,
        entry=entry,
    )


def _serve(fund: Fund, now: datetime) -> None:
    """Serve whoever waits for a fund, unless an incident stops releases: then the clock serves them afterwards."""
    try:
        with transaction.atomic():
            serve_line(fund=fund, now=now)
    except ReleasesStopped:
        return
