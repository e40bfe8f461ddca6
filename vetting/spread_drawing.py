"""How far the sheets of an application lie apart, as a small drawing and in words."""

from dataclasses import dataclass
from fractions import Fraction

from accounts.models import User
from vetting.models import Round
from vetting.progress import JudgedBy, Verdict, verdicts_of

#: The drawing's width stands for the highest total; places on it are thousandths.
WHOLE = 1000


@dataclass(frozen=True)
class Dot:
    """A sheet on the scale."""

    place: int
    stands_out: bool


@dataclass(frozen=True)
class DrawnVerdict:
    """An application's verdict with its drawing and its note."""

    verdict: Verdict
    dots: list[Dot]
    start: int
    length: int
    median: int
    note: str

    @property
    def judged(self) -> list[JudgedBy]:
        """Return the sheets, the highest first."""
        return sorted(self.verdict.judged, key=lambda one: -one.total)

    @property
    def outliers(self) -> int:
        """Return how many sheets stand out."""
        return sum(one.stands_out for one in self.verdict.judged)


def drawn_verdicts(round_: Round, *, reader: User) -> list[DrawnVerdict]:
    """Return the verdicts a reader may see, those furthest apart first."""
    notes = dict(round_.notes.values_list("application_id", "text"))
    drawn = [_drawn(one, notes.get(one.application.pk, "")) for one in verdicts_of(round_, reader=reader)]
    return sorted(drawn, key=lambda one: -one.length)


def _drawn(verdict: Verdict, note: str) -> DrawnVerdict:
    """Return one verdict with its drawing."""
    spread, highest = verdict.spread, verdict.highest
    if spread is None:
        return DrawnVerdict(verdict, [], 0, 0, 0, note)
    start, end = _place(spread.lowest, highest), _place(spread.highest, highest)
    dots = [Dot(_place(one.total, highest), one.stands_out) for one in verdict.judged]
    return DrawnVerdict(verdict, dots, start, end - start, _place(spread.median, highest), note)


def _place(total: Fraction, highest: Fraction) -> int:
    """Return where a total stands on the scale."""
    return round(WHOLE * total / highest)
