"""Two clocks beat by mistake: five minutes of every periodic task, twice at each tick, have each effect once."""

import io
import logging
from collections import Counter
from datetime import datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Mail, User
from calls.models import Call
from campaigns.models import Campaign
from campaigns.services import approve_campaign, submit_campaign
from civicfund.celery import app
from donations.models import Donation, Outgoing, Receipt, Reconciliation, Reversal
from donations.services import owe_payout, owe_refund
from ledger.models import Entry
from matching.models import AuditRun, Grant
from matching.services import close_campaign, settle_campaign
from tests.factories import (
    connect_stripe,
    give,
    make_application,
    make_call,
    make_campaign,
    make_donation,
    make_draft_campaign,
    make_organization,
    pay,
    twin,
)
from tests.threads import at_once

MINUTES = 5
#: At each step everything that is scheduled runs, so that what belongs together happens together.
STEP_SECONDS = 30


def beat() -> None:
    """Be one of two clocks: run whatever the schedule names, as a worker would, in its order."""
    for entry in app.conf.beat_schedule.values():
        app.tasks[entry["task"]].run()


def prepare(officer: User, promoter: User) -> datetime:
    """Leave something to do for everybody: gifts to count and to give back, campaigns to open, award, close and pay."""
    now = timezone.now()
    call = make_call(officer=officer, cap_cents=100_000, reservation_mode=Call.ReservationMode.RESERVED)
    reached, failing, over = (
        make_campaign(officer=officer, promoter=promoter, call=call, cost_cents=200_000, days=days)
        for days in (40, 1, 40)
    )
    for campaign, cents in ((reached, 100_000), (failing, 700), (failing, 800)):
        pay(make_donation(campaign=campaign, amount_cents=cents))
    make_donation(campaign=failing, amount_cents=900)
    back = give(campaign=reached, amount_cents=500, email="back@example.org")
    owe_refund(donation=back, by=officer, reason="Richiesta", now=now)
    give(campaign=over, amount_cents=100_000, email="over@example.org")
    close_campaign(campaign=over, now=over.closes_at)
    settle_campaign(campaign=over, now=now)
    owe_payout(campaign=over, by=officer, now=now)
    organization = make_organization(user=promoter)
    connect_stripe(organization)
    application = make_application(call=call, organization=organization, cost_cents=200_000)
    waiting = make_draft_campaign(application=application, officer=officer)
    submit_campaign(campaign=waiting, now=now)
    approve_campaign(campaign=waiting, by=officer, opens_at=now + timedelta(hours=1), days=40, now=now)
    # Within the two days that are looked back upon, at whatever hour this runs: what is older may be told as a difference.
    assert failing.closes_at and failing.closes_at < now + timedelta(hours=36)
    return failing.closes_at + timedelta(hours=9)


@pytest.mark.usefixtures("real_transactions")
def test_two_clocks_have_each_effect_once(
    stripe: str, officer: User, organizer: User, caplog: pytest.LogCaptureFixture
) -> None:
    app.loader.import_default_modules()
    morning = prepare(officer, organizer)
    for second in range(0, MINUTES * 60, STEP_SECONDS):
        with time_machine.travel(morning + timedelta(seconds=second), tick=True):
            at_once(beat, beat)

    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []
    statuses = Counter(Campaign.objects.values_list("status", flat=True))
    assert statuses == {"open": 2, "refunded": 1, "succeeded": 1}
    assert Counter(Donation.objects.values_list("status", flat=True)) == {
        "settled": 2, "refunded": 3, "expired": 1,
    }  # fmt: skip
    assert Counter(Grant.objects.values_list("state", flat=True)) == {
        "awarded": 2,
        "returned": 1,
        "reserved": 1,
    }
    # What went out of the house, and what is written once an hour, once a night and once a day.
    truth = twin("truth")
    assert truth["refunds"]["succeeded"]["count"] == Reversal.objects.count() == 3
    assert Outgoing.objects.filter(status="paid").count() == truth["events"]["payout.created"] == 1
    assert Counter(Receipt.objects.values_list("donation", flat=True)).most_common(1)[0][1] == 1
    runs = Counter(Reconciliation.objects.values_list("kind", flat=True))
    assert (runs["recent"], runs["balances"], AuditRun.objects.count()) == (1, 1, 1)
    assert AuditRun.objects.get().is_balanced
    sent = Counter((message.to[0], message.subject, message.body) for message in mail.outbox)
    assert len(mail.outbox) == Mail.objects.filter(status=Mail.Status.SENT).count() > 5
    assert not Mail.objects.exclude(status=Mail.Status.SENT).exists()
    assert sent.most_common(1)[0][1] == 1
    assert Counter(Entry.objects.values_list("kind", flat=True))["grant"] == 2
    call_command("audit", books_only=True, stdout=io.StringIO())
