from calls.models import Call, Stop


class ReleasesStopped(Exception):
    """Say that no grant is awarded, completed or paid out now; carries why."""


def refuse_while_stopped(call: Call) -> None:
    """Raise ReleasesStopped while releases of a call are switched off.

    It is read under the lock of the fund, in the transaction that writes the award, the completion or the payout.
    """
    if Stop.objects.holding(Stop.What.RELEASES).filter(call=call).exists():
        raise ReleasesStopped(f"releases of call {call.pk} are switched off")
