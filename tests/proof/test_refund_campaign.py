"""A campaign fails and everybody gets the money back, while refunds fail, wait and are contested, and workers die.

300 donors in each run of the tests; PROOF_DONORS=1000 takes as many as a large campaign has.
"""

import os
import signal
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from accounts.models import Mail, User
from campaigns.models import Campaign
from donations import stripe_gateway, tasks
from donations.models import Donation, Reversal
from donations.services import sync_payment
from ledger.models import Account
from ledger.services import balance
from matching.services import close_campaign, settle_campaign
from stripe_twin.server import Server
from tests.factories import make_campaign, make_donation, pay, twin
from tests.journeys.waiting import until

DONORS = int(os.environ.get("PROOF_DONORS", "300"))
FAILS, WAITS, PLAIN = "4000000000005126", "4000000000007726", "4242424242424242"
#: Of each hundred donors: three whose refund comes back, two whose refund takes days, one who contests the charge.
CARDS = {0: FAILS, 30: FAILS, 60: FAILS, 10: WAITS, 40: WAITS}
CONTESTS = 99
KILLS = 5
BANK_TAKES = timedelta(days=3)
Progress = Reversal.Status


def card_of(number: int) -> str:
    """Return the card a donor pays with."""
    return CARDS.get(number % 100, PLAIN)


def contests(number: int) -> bool:
    """Say whether a donor contests the charge while the refunds are on their way."""
    return number % 100 == CONTESTS


def in_a_child(now: datetime, act: Callable[[], object]) -> int:
    """Run something in a process of its own, from an instant on, and return its number."""
    connections.close_all()
    stripe_gateway._client.cache_clear()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            with time_machine.travel(now, tick=True):
                act()
            code = 0
        finally:
            os._exit(code)
    return child


def send_what_is_due() -> None:
    """Be a worker that sends refunds until it finds none that it may take; its turn is not waited for."""
    send = tasks.send_refunds.run.__wrapped__
    while Reversal.objects.due(timezone.now()).exists():
        send()


def kill(child: int) -> None:
    """Kill a worker in the middle of whatever it does."""
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


@pytest.fixture
def failed(
    stripe: str, officer: User, organizer: User, monkeypatch: pytest.MonkeyPatch
) -> tuple[Campaign, list[Donation]]:
    """Return a campaign that has failed, and its gifts; some were contested after the outcome, unknown to the site."""
    # The bank of a card takes days to say what becomes of a refund.
    monkeypatch.setattr("stripe_twin.refunds.SETTLES_AFTER", BANK_TAKES.total_seconds())
    campaign = make_campaign(officer=officer, promoter=organizer, days=2)
    gifts = []
    for number in range(DONORS):
        gift = make_donation(
            campaign=campaign, amount_cents=500 + number % 7, email=f"donor{number}@example.org"
        )
        pay(gift, card_of(number))
        gifts.append(sync_payment(donation=gift, now=timezone.now()))
    close_campaign(campaign=campaign, now=campaign.closes_at)
    settle_campaign(campaign=campaign, now=campaign.closes_at)
    for number, gift in enumerate(gifts):
        if contests(number):
            twin("dispute", charge=gift.stripe_charge_id)
    return campaign, gifts


def send_while_workers_die(now: datetime, sent: Callable[[], int]) -> None:
    """Let two workers send refunds side by side; one dies whenever some more have left, in the midst of whatever it does."""
    workers = [in_a_child(now, send_what_is_due) for _number in range(2)]
    for number in range(1, KILLS + 1):
        enough = number * DONORS // (KILLS + 2)
        until(lambda enough=enough: sent() >= enough, f"{enough} refunds have left", 240)  # type: ignore[misc]
        kill(workers.pop(0))
        workers.append(in_a_child(now, send_what_is_due))
    wait_for(workers)


def wait_for(workers: list[int]) -> None:
    """Wait until workers have come to a good end."""
    for child in workers:
        _pid, status = os.waitpid(child, 0)
        assert status == 0


@pytest.mark.usefixtures("real_transactions")
def test_everybody_of_a_failed_campaign_is_paid_once(
    failed: tuple[Campaign, list[Donation]], stripe_server: Server
) -> None:
    campaign, gifts = failed
    now = campaign.closes_at
    assert now
    twin("advance", to=now.isoformat())

    def refunds_at_stripe() -> int:
        return int(stripe_server.twin.store.rows("select count(*) from objects where kind = 'refund'")[0][0])

    send_while_workers_die(now, refunds_at_stripe)
    for _turn in range(2):
        # What the dead had taken is free when their lease is over; the second turn finds nothing to do.
        now += Reversal.LEASE + timedelta(seconds=1)
        wait_for([in_a_child(now, send_what_is_due) for _number in range(2)])
    waiting = Reversal.objects.filter(status=Progress.SENT).count()
    # Three days later the banks have taken what waited, and given back what they do not take.
    now += BANK_TAKES
    twin("advance", to=now.isoformat())
    with time_machine.travel(now, tick=True):
        for gift in gifts:
            sync_payment(donation=gift, now=timezone.now())
        tasks.send_refunds()
        tasks.ask_for_bank_accounts()

    at_stripe = Counter(
        refund.payment_intent
        for refund in stripe_gateway._client().v1.refunds.list({"limit": 100}).auto_paging_iter()
    )
    ends: dict[str, Any] = {}
    for number, gift in enumerate(gifts):
        gift.refresh_from_db()
        kind = "contested" if contests(number) else card_of(number)
        progress = tuple(sorted(gift.reversals.values_list("status", flat=True)))
        asked = at_stripe[gift.stripe_payment_intent_id or ""]
        ends.setdefault(kind, Counter())[gift.status, progress, asked] += 1
    hundreds = DONORS // 100
    assert ends == {
        PLAIN: {("refunded", (Progress.SUCCEEDED,), 1): 94 * hundreds},
        WAITS: {("refunded", (Progress.SUCCEEDED,), 1): 2 * hundreds},
        FAILS: {("refund_due", (Progress.ASKED, Progress.FAILED), 1): 3 * hundreds},
        "contested": {("disputed", (Progress.DUE,), 0): hundreds},
    }
    assert waiting == 2 * hundreds
    # Stripe would have refused to pay a contested charge back: it was not even asked.
    in_vain = "select body from idempotency where path = '/v1/refunds' and status <> 200"
    assert stripe_server.twin.store.rows(in_vain) == []
    returned = Mail.objects.filter(key__startswith="donation_refunded:")
    assert returned.values("recipient").distinct().count() == returned.count()
    # With the promoter stays what came back, and what the banks have not decided.
    kept = [number for number in range(DONORS) if card_of(number) == FAILS or contests(number)]
    assert balance(Account.Kind.STRIPE, campaign=campaign) == sum(gifts[one].amount_cents for one in kept)
    call_command("audit", books_only=True, verbosity=0)
