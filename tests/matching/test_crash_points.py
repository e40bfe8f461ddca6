"""A process that dies at every point at which it touches the world, one after the other, changes nothing in the end.

The points are found, not listed: before and after each call of the Stripe gateway, each commit and each mail. A process
of its own does each step and dies at the first point at which none has died yet; the next one does the step again.
"""

import hashlib
import inspect
import os
import traceback
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMessage
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from accounts.models import Mail, User
from accounts.tasks import send_mails
from calls.models import Call
from campaigns.models import Campaign
from donations import services, stripe_gateway, tasks
from donations.models import Donation
from ledger.models import Account, Entry
from ledger.tasks import allocate_published_funds
from matching.audit import CHECKS, examine
from matching.models import Grant
from matching.tasks import release_due_grants, settle_campaigns
from tests.factories import make_call, make_campaign, pay, twin

DIED = 42
BROKEN = 1
#: Longer than any lease, and than the silence after which Stripe is asked.
PAUSE = timedelta(minutes=4)


class Life:
    """Two campaigns, one that reaches its threshold and one that fails, lived step by step."""

    def __init__(self, officer: User, promoter: User, *, deadly: bool) -> None:
        self.officer, self.deadly = officer, deadly
        self.now = timezone.now()
        call = make_call(
            officer=officer, now=self.now, reservation_mode=Call.ReservationMode.RESERVED, cap_cents=200_000
        )
        self.campaigns = [
            make_campaign(
                officer=officer, promoter=promoter, call=call, cost_cents=400_000, now=self.now, days=2
            )
            for _number in range(2)
        ]
        self.fund = self.campaigns[0].fund
        self.died: list[str] = []
        self.emails = [f"donor{number}-{self.campaigns[0].pk}@example.org" for number in range(4)]
        self.sent = Counter[str]()

    def live(self) -> None:
        """Go from the first gift to the last refund."""
        reached, failing = self.campaigns
        self.step("the fund is filled", allocate_published_funds)
        for campaign, cents, email in (
            (reached, 150_000, self.emails[0]),
            (reached, 60_000, self.emails[1]),
            (failing, 3_000, self.emails[2]),
            (failing, 5_000, self.emails[3]),
        ):
            self.step(f"{email} gives", lambda: self._start(campaign, cents, email))  # noqa: B023
            gift = Donation.objects.get(email=email)
            pay(gift)
        self.step("lost messages are found", tasks.reconcile_donations)
        self.step("events are applied", tasks.apply_events)
        self.step("receipts are written", tasks.send_receipts)
        self.step("the grant is released", release_due_grants)
        self.step("an officer gives a gift back", self._refund)
        self.step("refunds are sent", tasks.send_refunds)
        self.now = max(campaign.closes_at for campaign in self.campaigns) + timedelta(minutes=1)
        self.step("campaigns are settled", settle_campaigns)
        self.step("refunds of the failed one are sent", tasks.send_refunds)
        self.step("what is under way is asked about", tasks.reconcile_donations)
        self.step("mails are sent", send_mails)

    def step(self, name: str, act: Callable[[], object]) -> None:
        """Do one thing in a process of its own, again after each death, until it is done."""
        for _attempt in range(200):
            code, points, sent = self._in_a_child(name, act)
            self.sent.update(sent)
            assert code in (0, DIED), f"{name} broke"
            self.now += PAUSE
            if code == 0:
                return
            self.died += points
        pytest.fail(f"{name} never comes to an end: {self.died[-5:]}")

    def _in_a_child(self, name: str, act: Callable[[], object]) -> tuple[int, list[str], list[str]]:
        """Fork, act and return the exit code, the point of death, and the mails that have left."""
        connections.close_all()
        stripe_gateway._client.cache_clear()
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reader)
            os._exit(self._act(name, act, writer))
        os.close(writer)
        with os.fdopen(reader) as pipe:
            words = [line.split("\t") for line in pipe.read().splitlines()]
        _pid, status = os.waitpid(child, 0)
        deaths = [text for what, text in words if what == "died"]
        return os.waitstatus_to_exitcode(status), deaths, [text for what, text in words if what == "mail"]

    def _act(self, name: str, act: Callable[[], object], writer: int) -> int:
        """Do the step as a process that may die."""
        met: Counter[str] = Counter()

        def tell(what: str, text: str) -> None:
            os.write(writer, f"{what}\t{text}\n".encode())

        def point(where: str) -> None:
            met[where] += 1
            label = f"{name}: {where} ({met[where]})"
            if self.deadly and label not in self.died:
                tell("died", label)
                os._exit(DIED)

        try:
            with pytest.MonkeyPatch.context() as patch, time_machine.travel(self.now, tick=True):
                _place_points(patch, point, lambda text: tell("mail", text))
                act()
        except Exception:  # noqa: BLE001 (the parent is told, and fails)
            traceback.print_exc()
            return BROKEN
        return 0

    def _start(self, campaign: Campaign, cents: int, email: str) -> None:
        """Give as the form does: the same form sent again is the same gift."""
        gift = services.start_donation(
            campaign=campaign,
            amount_cents=cents,
            email=email,
            now=timezone.now(),
            public_id=uuid.uuid5(uuid.NAMESPACE_URL, email),
        )
        services.open_checkout(donation=gift, now=timezone.now())

    def _refund(self) -> None:
        gift = Donation.objects.get(email=self.emails[1])
        try:
            services.owe_refund(donation=gift, by=self.officer, reason="Richiesta", now=timezone.now())
        except services.NotRefundable:
            # Decided before the last death.
            assert gift.reversals.count() == 1


def _place_points(
    patch: pytest.MonkeyPatch, point: Callable[[str], None], on_mail: Callable[[str], None]
) -> None:
    """Put a point before and after everything that touches the world."""

    def around(owner: Any, name: str, label: str) -> None:
        original = getattr(owner, name)

        def wrapped(*args: Any, **kwargs: Any) -> Any:
            point(f"before {label}")
            result = original(*args, **kwargs)
            if owner is EmailMessage:
                on_mail(hashlib.sha256(f"{args[0].to[0]} {args[0].body}".encode()).hexdigest())
            point(f"after {label}")
            return result

        patch.setattr(owner, name, wrapped)

    for name, function in vars(stripe_gateway).items():
        if inspect.isfunction(function) and function.__module__ == stripe_gateway.__name__ and name[0] != "_":
            if inspect.isgeneratorfunction(function) or name in ("read_event",):
                continue
            around(stripe_gateway, name, name)
    around(BaseDatabaseWrapper, "_commit", "a commit")
    around(EmailMessage, "send", "a mail")


def ending(life: Life) -> dict[str, Any]:
    """Return how a life has ended, in words that do not depend on ids."""
    names = [campaign.pk for campaign in life.campaigns]
    gifts = Donation.objects.filter(campaign__in=names).order_by("email")
    accounts = Account.objects.filter(campaign__in=names) | Account.objects.filter(fund=life.fund)
    intents = [
        one
        for one in twin("truth")["payment_intents"].values()
        if int(one["metadata"].get("campaign", 0)) in names
    ]
    return {
        "campaigns": [Campaign.objects.get(pk=name).status for name in names],
        "gifts": [(gift.email[:6], gift.status, gift.reversals.count()) for gift in gifts],
        "accounts": sorted(accounts.values_list("kind", "balance_cents").distinct()),
        "entries": Counter(
            Entry.objects.filter(postings__account__in=accounts).distinct().values_list("kind", flat=True)
        ),
        "grants": list(Grant.objects.filter(campaign__in=names).values_list("state", "amount_cents")),
        "mails": Counter(
            (address[:6], key.partition(":")[0])
            for address, key in Mail.objects.filter(recipient__in=life.emails).values_list("recipient", "key")
        ),
        "stripe": sorted((one["received"], one["refunded"]) for one in intents),
    }


@pytest.mark.usefixtures("real_transactions")
def test_a_process_that_dies_everywhere_ends_as_one_that_never_dies(
    stripe: str, officer: User, organizer: User
) -> None:
    quiet = Life(officer, organizer, deadly=False)
    quiet.live()
    deadly = Life(officer, organizer, deadly=True)
    deadly.live()

    assert ending(deadly) == ending(quiet)
    assert ending(quiet)["campaigns"] == ["succeeded", "refunded"]
    assert [found.check.name for found in examine(CHECKS, now=deadly.now) if not found.is_fine] == []
    # Every kind of place has been died at; a mail whose process died is stuck, and never goes twice.
    places = {label.partition(": ")[2].partition(" (")[0] for label in deadly.died}
    assert {
        "before create_checkout", "after create_checkout", "before retrieve_payment", "after retrieve_payment",
        "before create_refund", "after create_refund", "before a commit", "after a commit", "before a mail",
        "after a mail",
    } <= places  # fmt: skip
    assert len(deadly.died) >= 60
    assert max(deadly.sent.values()) == 1
    stuck = Mail.objects.filter(recipient__in=deadly.emails, status=Mail.Status.SENDING).count()
    assert stuck <= sum("a mail" in label for label in deadly.died)
    assert mail.outbox == []
