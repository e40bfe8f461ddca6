"""What goes into a ranking and what comes out of it: plain values, amounts in integer cents, points in hundredths."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from vetting.filling import Filling
from vetting.sheet_rules import Points


class Outcome(StrEnum):
    """What a ranking says of an application."""

    FUNDED = "funded"
    RESERVE = "reserve"
    #: It passes, but the fund is used up and the call keeps no reserve list.
    UNFUNDED = "unfunded"
    BELOW_PASS_MARK = "below_pass_mark"  # noqa: S105  # nosec B105 - a word for a reason
    EXCLUDED = "excluded"
    #: It has left the ranking since: its place stays, without money.
    RENOUNCED = "renounced"


class TieRule(StrEnum):
    """What parts applications with the same score; the values are those of the call's column."""

    FIRST_CRITERION = "first_criterion"
    EARLIER = "earlier"
    CHEAPER = "cheaper"
    DRAW = "draw"


#: What parts those whom no tie rule parts.
BY_PROTOCOL = "protocol"


class Rounding(StrEnum):
    """How a score is rounded; the values are those of the call's column."""

    HUNDREDTHS = "hundredths"
    HUNDREDTHS_DOWN = "hundredths_down"
    TENTHS = "tenths"
    WHOLE = "whole"


class DrawNeeded(ValueError):
    """Carry the protocol numbers among which the call wants a draw, whose seed is missing."""

    def __init__(self, protocols: Sequence[str]) -> None:
        super().__init__(", ".join(protocols))
        self.protocols = list(protocols)


class Unscored(ValueError):
    """Carry the protocol number of an application that is to be ranked but has no sheet that judges it."""


@dataclass(frozen=True)
class Sheet:
    """What one member of the committee gave, by a name that does not tell who it is."""

    member: str
    points: tuple[Points, ...]


@dataclass(frozen=True)
class Contender:
    """An application as the ranking knows it; amounts in cents."""

    protocol: str
    title: str
    body: str
    cost_cents: int
    grant_cents: int
    submitted_at: datetime
    sheets: tuple[Sheet, ...] = ()
    #: Why it was excluded; empty otherwise.
    exclusion: str = ""
    #: Why it has left the ranking since; empty otherwise.
    renounced: str = ""
    #: What an earlier final ranking gave it: kept, whatever happens above it.
    kept_cents: int = 0


@dataclass(frozen=True)
class RankingRules:
    """The rules of the call and what there is to give out; points are whole points, amounts cents."""

    pass_mark: int
    rounding: Rounding
    tie_rules: tuple[TieRule, ...]
    fund_fill: Filling
    fund_cents: int
    has_reserve: bool
    #: The smallest part of a grant worth giving; None when only whole grants are given.
    partial_cents: int | None = None
    #: What was drawn in public; empty where no draw is needed.
    draw_seed: str = ""


@dataclass(frozen=True)
class Reason:
    """Why a place is what it is: a code that the pages put into words, and what it is about."""

    code: str
    about: str = ""
    points: int | None = None
    needed: int | None = None


@dataclass(frozen=True)
class Tie:
    """What parted an application from its neighbour of the same score."""

    rule: str
    neighbour: str
    #: Whether it stands before the neighbour or after it.
    is_ahead: bool


@dataclass(frozen=True)
class Place:
    """What the ranking says of one application: points in hundredths, amounts in cents."""

    protocol: str
    rank: int | None
    score: int | None
    outcome: Outcome
    grant_cents: int = 0
    reasons: tuple[Reason, ...] = ()
    tie: Tie | None = None
