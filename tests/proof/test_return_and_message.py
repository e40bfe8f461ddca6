"""The donor comes back and Stripe's message comes: in either order and at the same instant, it is one gift."""

from functools import partial
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.models import Mail
from campaigns.models import Campaign
from donations import tasks
from donations.models import Donation, Receipt, StripeEvent
from ledger.models import Entry
from ledger.services import raised_cents
from tests.donations.at_stripe import deliver, events
from tests.factories import make_donation, pay
from tests.threads import at_once

PAIRS = 300
#: So many pairs at the same instant; each is two people.
TOGETHER = 10


@pytest.fixture(autouse=True)
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Apply events when a test says so, and not by a worker."""
    monkeypatch.setattr(tasks.apply_events, "delay_on_commit", lambda: None)


def come_back(gift: Donation) -> str:
    """Open the page to which Stripe leads a donor who has paid."""
    address = reverse("donations:donation_status", args=[gift.access_token])
    response = Client().get(address, {"sid": gift.stripe_session_id})
    assert response.status_code == 200
    return response.content.decode()


def tell(message: dict[str, Any]) -> None:
    """Deliver a message and let a worker apply what has come, whoever else does the same."""
    assert deliver(Client(), message).status_code == 200
    tasks.apply_events.run.__wrapped__()


def is_thanked(page: str) -> bool:
    """Say whether a page tells the donor that the gift has arrived."""
    return "outcome__mark--settled" in page and "outcome__mark--wait" not in page


@pytest.mark.usefixtures("real_transactions")
def test_300_returns_and_messages_in_every_order_post_each_gift_once(campaign: Campaign) -> None:
    gifts = [
        make_donation(campaign=campaign, amount_cents=1_000 + number, email=f"{number}@example.org")
        for number in range(PAIRS)
    ]
    for gift in gifts:
        pay(gift)
    told = {
        event["data"]["object"]["id"]: event
        for event in events()
        if event["type"] == "checkout.session.completed"
    }
    pairs = [(gift, told[gift.stripe_session_id or ""]) for gift in gifts]
    third = PAIRS // 3
    pages = []
    for gift, message in pairs[:third]:
        pages.append(come_back(gift))
        tell(message)
    for gift, message in pairs[third : 2 * third]:
        tell(message)
        pages.append(come_back(gift))
    for start in range(2 * third, PAIRS, TOGETHER):
        few = pairs[start : start + TOGETHER]
        jobs = [job for gift, message in few for job in (partial(come_back, gift), partial(tell, message))]
        pages += [answer for answer in at_once(*jobs) if answer]
    # An event whose worker has lost the race for its row is taken up by the next turn.
    tasks.apply_events()
    at_once(*[tasks.send_receipts.run.__wrapped__] * 3)
    tasks.send_receipts()

    assert [is_thanked(page) for page in pages] == [True] * PAIRS
    assert set(StripeEvent.objects.values_list("outcome", flat=True)) == {"applied"}
    assert Entry.objects.filter(kind=Entry.Kind.CHARGE).count() == PAIRS
    assert raised_cents(campaign) == sum(gift.amount_cents for gift in gifts)
    assert Donation.objects.settled().count() == PAIRS
    assert Receipt.objects.values("donation").distinct().count() == Receipt.objects.count() == PAIRS
    receipts = Mail.objects.filter(key__startswith="donation_receipt:")
    assert receipts.values("recipient").distinct().count() == receipts.count() == PAIRS
    call_command("audit", verbosity=0)
