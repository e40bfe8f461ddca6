from datetime import date, datetime

from accounts.models import User
from matching.models import AdministrativeAct


class ActMissing(Exception):
    """Say that public money moves only by an act with its number and office, and with a reason."""


def record_act(*, number: str, day: date, office: str, by: User, now: datetime) -> AdministrativeAct:
    """Keep an act of the municipality; the same act named again is the same row. Raise ActMissing without a name."""
    if not (number.strip() and office.strip()):
        raise ActMissing
    act, _created = AdministrativeAct.objects.get_or_create(
        number=number.strip(),
        date=day,
        office=office.strip(),
        defaults={"recorded_by": by, "recorded_at": now},
    )
    return act
