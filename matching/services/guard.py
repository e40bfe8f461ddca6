from calls.models import Call, Stop
from donations.models import Difference


class ReleasesStopped(Exception):
    """Say that no grant is awarded, completed or paid out now; carries why."""


def refuse_while_stopped(call: Call) -> None:
    """Raise ReleasesStopped while releases of a call are switched off, or anything differs between books and Stripe.

    It is read under the lock of the fund, in the transaction that writes the award, the completion or the payout. A
    difference stops every call: as long as nobody knows why two books differ, nobody knows whose money is wrong.
    """
    if Difference.objects.open().exists():
        raise ReleasesStopped("a difference between the books and Stripe is open")
    if Stop.objects.holding(Stop.What.RELEASES).filter(call=call).exists():
        raise ReleasesStopped(f"releases of call {call.pk} are switched off")
