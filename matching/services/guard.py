from calls.models import Call
from donations.services import why_money_stays


class ReleasesStopped(Exception):
    """Say that no grant is awarded, completed or paid out now; carries why."""


def refuse_while_stopped(call: Call) -> None:
    """Raise ReleasesStopped while releases of a call are switched off, or anything differs between books and Stripe.

    It is read under the lock of the fund, in the transaction that writes the award, the completion or the payout. What
    Stripe sends to promoters asks the same question.
    """
    why = why_money_stays(call)
    if why:
        raise ReleasesStopped(why)
