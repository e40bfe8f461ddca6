"""Do what has fallen due on the virtual clock."""

import traceback
from collections.abc import Callable

from stripe_twin import disputes, payouts, refunds, sessions
from stripe_twin.errors import StripeRefusal
from stripe_twin.twin import Cause, Twin

ACTIONS: dict[str, Callable[[Twin, str, str], object]] = {
    "session.expire": lambda twin, target, _: sessions.expire_due(twin, target),
    "refund.fund": lambda twin, target, _: refunds.fund_due(twin, target),
    "refund.settle": refunds.settle,
    "payout.settle": payouts.settle,
    "dispute.open": lambda twin, target, _: disputes.open_dispute(twin, target),
}


def run_due(twin: Twin) -> None:
    """Run every due job in its own transaction; a job that fails is reported and not tried again."""
    with twin.store.lock:
        found = twin.store.rows(
            "select id, action, target, data from jobs where due_at <= ? order by due_at, id",
            twin.clock.now(),
        )
        twin.cause = Cause()
        for job, action, target, data in found:
            try:
                with twin.store.transaction():
                    twin.store.run("delete from jobs where id = ?", job)
                    ACTIONS[action](twin, target, data)
            except StripeRefusal:
                _drop(twin, job)  # The object has moved on, e.g. it was refunded before its dispute began.
            except Exception:  # noqa: BLE001 - one bad job must not stop the clock
                traceback.print_exc()
                _drop(twin, job)


def _drop(twin: Twin, job: int) -> None:
    with twin.store.transaction():
        twin.store.run("delete from jobs where id = ?", job)
