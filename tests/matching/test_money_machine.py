"""Money under any sequence of events: a state machine of gifts, refunds, disputes, crashes and deadlines.

After each step the books balance and no fund is overspent; after each life everything is read from Stripe once more, and
the books are Stripe's to the cent. The lives are the same at each run; MONEY_EXAMPLES and MONEY_STEPS make others of them,
and longer ones: 500 and 60 are a night's work.
"""

import json
import os
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, currently_in_test_context, settings, target
from hypothesis.stateful import run_state_machine_as_test

from accounts.models import User
from calls.models import Call
from stripe_twin.server import Server
from tests.factories import make_call, make_campaign
from tests.matching.money_gifts import GiftsOnTheSite
from tests.matching.money_outside import GiftsOutside
from tests.matching.money_stage import CAMPAIGNS, FUND_CENTS, STEPS

#: Where a run leaves how often chance has reached each of REACHED.
FOUND = Path(__file__).resolve().parents[2] / "var" / "money"
EXAMPLES = int(os.environ.get("MONEY_EXAMPLES", "15"))
COST_CENTS = 400_000
#: After so long an officer's days for gifts outside the site are over, and then those to restore a threshold.
WAITS = (timedelta(0), timedelta(days=18), timedelta(days=29))


class Money(GiftsOnTheSite, GiftsOutside):
    """Everything that can happen to the money of three campaigns of one fund."""

    def __init__(self) -> None:
        super().__init__()
        self.seen_before = Counter(self.seen)

    def teardown(self) -> None:
        if currently_in_test_context():
            # Chance is led to lives in which much happens.
            kinds = sum(self.seen[what] > self.seen_before[what] for what in REACHED)
            target(kinds, label="kinds of things that happen in a life")
        try:
            # Every life comes to its end: the deadline, the days to restore a threshold, the last refunds.
            for wait in WAITS:
                self.settle_all(self.world["closes_at"] + wait)
            self.give_back_outside()
            self.now += timedelta(hours=2)
            self.refunds_are_sent("succeeded", at_once=True)
            for gift in self.gifts():
                self.sync(gift)
            self.audit()
            self.compare_with_stripe()
        finally:
            transaction.savepoint_rollback(self.savepoint)


#: One life in which nearly everything rare happens, whatever the others come upon: what is done, and with what.
WRITTEN_LIFE: list[tuple[str, tuple[Any, ...]]] = [
    ("begin", ([200_000, 200_000, 1_999],)),
    ("begin_outside", (100_000,)),
    ("an_officer_verifies_a_gift_outside", (0, "whole")),
    ("grants_are_released", ()),
    ("a_donor_pays", (0, ["declined", "paid"])),
    ("stripe_tells_about_a_gift", (3,)),
    ("a_donor_opens_the_payment_page", (0, 1_999)),
    ("a_payment_page_runs_out", (0,)),
    ("an_officer_gives_a_gift_back", (2,)),
    ("stripe_tells_about_a_gift", (2,)),
    ("refunds_are_sent", ("failed", True)),
    ("an_officer_tries_a_failed_refund_again", (0,)),
    ("refunds_are_sent", ("succeeded", True)),
    ("a_bank_contests_a_gift", (2,)),
    ("a_bank_decides", (0, False)),
    ("a_bank_contests_a_gift", (1,)),
    ("a_bank_decides", (0, True)),
    ("stripe_warns_of_fraud", (0,)),
    ("the_process_dies_while_booking", (0,)),
    ("promoters_enter_gifts_outside", ([(1, 1_000), (1, 40_000)],)),
    ("a_gift_outside_is_not_verified", (0, True)),
    ("a_gift_outside_is_not_verified", (0, False)),
    ("an_officer_lets_a_gift_outside_go_back", (0, "refused")),
    ("a_gift_outside_goes_back", (0, True)),
    ("the_money_outside_never_came", (0,)),
    ("an_officer_suspends_a_campaign", (2, 0)),
]


def live_as_written() -> None:
    """Play the written life, with what always holds after each step and the books read from Stripe at its end."""
    life = Money()
    try:
        for step, arguments in WRITTEN_LIFE:
            getattr(life, step)(*arguments)
            life.the_ledger_balances_and_no_fund_is_overspent()
    finally:
        life.teardown()


#: What must have been reached at least once, or the machine proves less than it says.
REACHED = (
    "paid", "declined", "gift settled", "gift expired", "gift refund_due", "gift refunded", "gift disputed", "gift lost",
    "dispute won", "dispute lost", "warning", "crash", "officer refund", "refund failed", "refund tried again",
    "grant awarded", "grant waitlisted", "campaign succeeded", "campaign refunded", "campaign cure", "suspended",
    "outside entered", "outside verified", "outside refused", "outside withdrawn", "outside lapsed",
    "outside return_due", "outside returned", "outside annulled", "outside proof refused", "outside counted in part",
)  # fmt: skip


def test_money_survives_any_sequence_of_events(
    stripe: str, stripe_server: Server, officer: User, organizer: User
) -> None:
    now = timezone.now()
    call = make_call(
        officer=officer,
        now=now,
        fund_cents=FUND_CENTS,
        cap_cents=200_000,
        minimum_gift_cents=50,
        offline_share_bp=3_000,
        reservation_mode=Call.ReservationMode.FIRST_REACHED,
        partial_policy=Call.PartialPolicy.NONE,
    )
    campaigns = [
        make_campaign(officer=officer, promoter=organizer, call=call, cost_cents=COST_CENTS, now=now, days=10)
        for _number in range(CAMPAIGNS)
    ]
    Money.world = {
        "server": stripe_server,
        "officer": officer,
        "campaigns": campaigns,
        "fund": campaigns[0].fund,
        "closes_at": campaigns[0].closes_at,
    }
    Money.seen = Counter()

    live_as_written()
    written = Counter(Money.seen)
    run_state_machine_as_test(
        Money,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            derandomize="MONEY_EXAMPLES" not in os.environ,
            suppress_health_check=list(HealthCheck),
        ),
    )

    # Counted apart: what the written life has reached says nothing of where chance comes by itself.
    by_chance = Money.seen - written
    never = [what for what in REACHED if not by_chance[what]]
    FOUND.mkdir(parents=True, exist_ok=True)
    (FOUND / "by-chance.json").write_text(json.dumps({what: by_chance[what] for what in REACHED}, indent=2))
    assert [what for what in REACHED if not Money.seen[what]] == [], Money.seen
    assert len(never) <= len(REACHED) // 5, never
