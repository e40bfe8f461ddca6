"""Which grants go on once a step of the desk lets money leave again, by the service the worker calls too."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from django.utils import timezone

from accounts.foretell import tell_mailings
from accounts.services import instead_of_writing
from calls.models import Call, Fund, Stop
from civicfund.desk.effects import Effect
from donations.foretell import SOON
from donations.models import Difference
from donations.services import why_money_stays
from ledger.foretell import watch_money
from matching import services


@contextmanager
def watch_grants(user: Any) -> Iterator[Callable[[], list[Effect]]]:
    """Tell the grants that are awarded and completed because a stop, or the last difference, no longer holds them."""
    held = [call for call in _calls() if why_money_stays(call)] if _anything_holds() else []

    def tell() -> list[Effect]:
        free = [call for call in held if not why_money_stays(call)]
        if not free:
            return []
        with instead_of_writing() as drafts, watch_money(user) as moved:
            for fund in Fund.objects.filter(call__in=free).order_by("pk"):
                services.serve_line(fund=fund, now=timezone.now())
            money = [replace(one, later=SOON) for one in moved()]
        return [*money, *tell_mailings(drafts, user, later=SOON)]

    yield tell


def _anything_holds() -> bool:
    """Say whether anything keeps money from leaving now: as a rule nothing does, and no more is asked."""
    return Difference.objects.open().exists() or Stop.objects.holding(Stop.What.RELEASES).exists()


def _calls() -> list[Call]:
    """Return the calls that have a fund."""
    return list(Call.objects.filter(funds__isnull=False).distinct().order_by("pk"))
