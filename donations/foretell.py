"""What a step of the desk makes due for Stripe: read by the workers' own questions, before the step and after it was tried."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy, ngettext

from accounts.foretell import tell_mailings
from accounts.services import instead_of_writing
from civicfund.desk.effects import Effect, Movement
from donations import services
from donations.models import Outgoing, Reversal

#: When the workers do what has become due.
SOON = gettext_lazy("Not by this button itself: it follows by itself, as a rule within seconds.")
BACK = gettext_lazy("These leave later, one by one, as the money goes back.")
ARRIVED = gettext_lazy("These leave later, when the bank has the money.")


@contextmanager
def watch_refunds(user: Any) -> Iterator[Callable[[], list[Effect]]]:
    """Tell the refunds that will be sent and were not before, those a stop holds, and the mails to their donors."""
    due, held = _keys(_due_refunds()), _keys(Reversal.objects.held())

    def tell() -> list[Effect]:
        new = _due_refunds().exclude(pk__in=due)
        waiting = list(Reversal.objects.held().exclude(pk__in=held))
        going = list(new.select_related("donation__campaign__application__call").order_by("pk"))
        with instead_of_writing() as drafts:
            for one in going:
                services.tell_of_refund(reversal=one, now=timezone.now())
        found: list[Effect] = []
        if going:
            words = ngettext("%(number)s refund is sent", "%(number)s refunds are sent", len(going))
            found.append(Movement(words % {"number": len(going)}, _sum(going), later=SOON))
        if waiting:
            words = ngettext(
                "%(number)s refund waits: they are stopped",
                "%(number)s refunds wait: they are stopped",
                len(waiting),
            )
            found.append(Movement(words % {"number": len(waiting)}, _sum(waiting)))
        return [*found, *tell_mailings(drafts, user, later=BACK)]

    yield tell


@contextmanager
def watch_outgoing(user: Any) -> Iterator[Callable[[], list[Effect]]]:
    """Tell what will leave for promoters and did not before, and the mails about payouts that have arrived."""
    due = _keys(_due_outgoing())

    def tell() -> list[Effect]:
        going = list(_due_outgoing().exclude(pk__in=due).select_related("campaign").order_by("pk"))
        with instead_of_writing() as drafts:
            for one in going:
                one.status = Outgoing.Status.PAID
                if one.kind == Outgoing.Kind.PAYOUT:
                    services.tell_of_payout(outgoing=one, now=timezone.now())
        sums = [(kind, [one for one in going if one.kind == kind]) for kind in Outgoing.Kind]
        moved = [Movement(_money_leaves(kind), _sum(ones), later=SOON) for kind, ones in sums if ones]
        return [*moved, *tell_mailings(drafts, user, later=ARRIVED)]

    yield tell


def _due_refunds() -> QuerySet[Reversal]:
    """Return what the worker that sends refunds would take now."""
    return Reversal.objects.due(timezone.now())


def _due_outgoing() -> QuerySet[Outgoing]:
    """Return what the worker that sends money to promoters would take now."""
    return Outgoing.objects.due(timezone.now())


def _keys(rows: QuerySet) -> list[int]:
    """Return the keys of rows as they are now."""
    return list(rows.values_list("pk", flat=True))


def _sum(rows: list[Any]) -> int:
    """Return what rows are about in all, in cents."""
    return sum(one.amount_cents for one in rows)


def _money_leaves(kind: Outgoing.Kind) -> str:
    """Say which way money goes."""
    return gettext("Money leaves: %(way)s") % {"way": kind.label}
