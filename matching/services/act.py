from dataclasses import dataclass
from datetime import date, datetime

from accounts.models import User
from matching.models import AdministrativeAct


class ActMissing(Exception):
    """Say that public money moves only by an act with its number and office, and with a reason."""


@dataclass(frozen=True)
class ActName:
    """What names an act of the municipality."""

    number: str
    day: date
    office: str
    kind: str = AdministrativeAct.Kind.DETERMINATION


def record_act(
    *,
    number: str,
    day: date,
    office: str,
    by: User,
    now: datetime,
    kind: str = AdministrativeAct.Kind.DETERMINATION,
) -> AdministrativeAct:
    """Keep an act of the municipality; the same act named again is the same row. Raise ActMissing without a name."""
    if not (number.strip() and office.strip()):
        raise ActMissing
    act, _created = AdministrativeAct.objects.get_or_create(
        number=number.strip(),
        date=day,
        office=office.strip(),
        kind=kind,
        defaults={"recorded_by": by, "recorded_at": now},
    )
    return act
