"""Every change to the trail's rows that is not PostgreSQL's own happens in a function of this module.

Each function is one sentence of the business: keyword-only arguments, `now` passed in, an exception if it cannot be done.
"""

from datetime import datetime, timedelta
from typing import Any

from civicfund.trail.models import ListExport

#: Nobody needs more lists in an hour; what takes more is a program.
EXPORTS_IN_AN_HOUR = 60


class TooManyExports(Exception):
    """Somebody has taken too many lists within an hour."""


def check_exports(*, by: Any, now: datetime) -> None:
    """Refuse another export to whoever has taken too many within the hour. Raise TooManyExports."""
    recent = ListExport.objects.filter(by=by, at__gt=now - timedelta(hours=1))
    if recent.count() >= EXPORTS_IN_AN_HOUR:
        raise TooManyExports


def record_export(
    *, by: Any, model: str, narrowed: str, row_count: int, chosen: ListExport.Format, now: datetime
) -> ListExport:
    """Write down that a list has been taken away; `narrowed` is what its address says beside the list's own name."""
    return ListExport.objects.create(
        by=by, at=now, model=model, narrowed=narrowed, row_count=row_count, format=chosen
    )
