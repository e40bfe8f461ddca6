"""What a step of the desk would move: seen while the step is tried, before all of it is undone."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models import Max, Sum

from civicfund.desk.effects import Movement
from ledger.models import Entry


@contextmanager
def watch_money(_user: Any) -> Iterator[Callable[[], list[Movement]]]:
    """Tell the entries that are new since the beginning, kind by kind."""
    last = Entry.objects.aggregate(last=Max("pk"))["last"] or 0
    yield lambda: _movements(last)


def _movements(last: int) -> list[Movement]:
    """Return what the entries after one move: of each, what leaves is what arrives, so one side is the amount."""
    new = Entry.objects.filter(pk__gt=last, postings__amount_cents__gt=0)
    sums = new.values("kind").annotate(cents=Sum("postings__amount_cents")).order_by("kind")
    return [Movement(str(Entry.Kind(one["kind"]).label), one["cents"]) for one in sums]
