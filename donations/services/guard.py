"""When no money leaves for a promoter, whoever has decided that it should."""

from calls.models import Call, Stop
from donations.models import Difference


class PayoutsStopped(Exception):
    """Say that no money leaves for promoters now; carries why."""


def why_money_stays(call: Call) -> str:
    """Return why no grant and no payout of a call leaves now; nothing when it may.

    An open difference stops every call: as long as nobody knows why two books differ, nobody knows whose money is wrong.
    """
    if Difference.objects.open().exists():
        return "a difference between the books and Stripe is open"
    if Stop.objects.holding(Stop.What.RELEASES).filter(call=call).exists():
        return f"releases of call {call.pk} are switched off"
    return ""
