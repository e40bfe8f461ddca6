"""One worker that books gifts, Stripe's answers at hand: `python -m benchmarks.speed.lane LANE LANES [FILE]`.

Books every open gift whose number falls to this lane by `sync_payment`, and says how many and how long it took. With a
FILE, it also writes down every statement, so that other programs can send the same.
"""

import json
import os
import re
import sys
import time
from contextlib import nullcontext
from datetime import datetime
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civicfund.settings")
django.setup()

# The models can be imported only now.
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from civicfund.trail.context import program  # noqa: E402
from donations import stripe_gateway  # noqa: E402
from donations.models import Donation  # noqa: E402
from donations.services import sync_payment  # noqa: E402
from donations.stripe_answers import Payment  # noqa: E402

INSERTED = re.compile(r'INSERT INTO "(\w+)".* RETURNING ', re.DOTALL)


def answer(donation: Donation, now: datetime) -> Payment:
    """Return what Stripe would say of a gift that was paid."""
    return Payment(
        is_over=True,
        paid=True,
        amount_cents=donation.amount_cents,
        currency="eur",
        livemode=False,
        reference=str(donation.public_id),
        destination=donation.stripe_account_id,
        payment_intent_id=f"pi_s{donation.pk}",
        charge_id=f"ch_s{donation.pk}",
        charged_at=now,
        reversible_cents=donation.amount_cents,
        read_in_seconds=0,
        card_fingerprint=f"card{donation.pk}",
        refunds=(),
        method="card",
    )


class Notes:
    """Every statement as it was sent, with the number of a row it has made in the place of that number."""

    def __init__(self) -> None:
        self.gifts: list[list[str]] = []
        self._made: dict[str, str] = {}

    def begin(self) -> None:
        """Turn to the next gift."""
        self.gifts.append([])
        self._made = {}

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """Send a statement and write it down."""
        text = context["cursor"].cursor.mogrify(sql, params).decode()
        result = execute(sql, params, many, context)
        for number, name in self._made.items():
            text = re.sub(rf"\b{number}\b", f"@{name}@", text)
        self.gifts[-1].append(text)
        if found := INSERTED.search(sql):
            with connection.connection.cursor() as cursor:
                cursor.execute("SELECT currval(pg_get_serial_sequence(%s, 'id'))", [found[1]])
                self._made[str(cursor.fetchone()[0])] = f"made{len(self._made)}"
        return result


def main() -> None:
    """Book."""
    lane, lanes = map(int, sys.argv[1:3])
    # One lane that writes down what two will send keeps each one's order.
    gifts = [one for one in Donation.objects.filter(status="open").order_by("pk") if one.pk % lanes == lane]
    if sys.argv[3:]:
        gifts = list(Donation.objects.filter(status="open").order_by("pk"))
    now = timezone.now()
    stripe_gateway.retrieve_payment = lambda donation: answer(donation, now)  # type: ignore[assignment]
    notes = Notes()
    # What writes down stands within the program's own wrapper, which takes away the last one when it ends.
    with program("benchmark"), connection.execute_wrapper(notes) if sys.argv[3:] else nullcontext():
        began = time.perf_counter()
        for gift in gifts:
            notes.begin()
            sync_payment(donation=gift, now=now)
        took = time.perf_counter() - began
    if sys.argv[3:]:
        with open(sys.argv[3], "w") as file:
            json.dump(notes.gifts, file)
    booked = Donation.objects.filter(pk__in=[one.pk for one in gifts], status="settled").count()
    print("LANE " + json.dumps({"booked": booked, "seconds": took, "began": began}))


if __name__ == "__main__":
    main()
