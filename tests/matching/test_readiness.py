"""Each thing /readyz looks for is seen missing once; tests/matching/test_operation.py has the clock, the broker, the database."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import User
from calls.models import Call
from campaigns.models import Campaign
from civicfund.celery import app
from civicfund.operation.runs import record_run
from donations.services import owe_payout, owe_refund
from matching.operation import BACKLOGS
from matching.services import close_campaign, open_campaign, settle_campaign
from tests.deciding import admit
from tests.donations.at_stripe import deliver, events
from tests.factories import connect_stripe, give, make_application, make_organization, make_scheduled_campaign

pytestmark = pytest.mark.django_db


@pytest.fixture
def scheduled(stripe: str, call: Call, officer: User, organizer: User) -> Campaign:
    """Return an approved campaign that is due, of a body that cannot receive gifts yet."""
    application = make_application(call=call, organization=make_organization(user=organizer))
    return make_scheduled_campaign(application=application, officer=officer)


def _message(client: Client, request: pytest.FixtureRequest) -> None:
    give(campaign=request.getfixturevalue("campaign"))
    assert deliver(client, events()[-1]).status_code == 200


def _refund(client: Client, request: pytest.FixtureRequest) -> None:
    gift = give(campaign=request.getfixturevalue("campaign"))
    owe_refund(donation=gift, by=request.getfixturevalue("officer"), reason="Chiesto", now=timezone.now())


def _receipt(client: Client, request: pytest.FixtureRequest) -> None:
    give(campaign=request.getfixturevalue("campaign"))


def _payout(client: Client, request: pytest.FixtureRequest) -> None:
    campaign = request.getfixturevalue("campaign")
    give(campaign=campaign, amount_cents=1_000_000)
    for step in (close_campaign, settle_campaign):
        campaign = step(campaign=campaign, now=campaign.closes_at)
    owe_payout(campaign=campaign, by=request.getfixturevalue("officer"), now=timezone.now())


def _opening(client: Client, request: pytest.FixtureRequest) -> None:
    connect_stripe(request.getfixturevalue("scheduled").organization)


def _outcome(client: Client, request: pytest.FixtureRequest) -> None:
    campaign = request.getfixturevalue("campaign")
    close_campaign(campaign=campaign, now=campaign.closes_at)
    # As if its deadline had been today.
    Campaign.objects.filter(pk=campaign.pk).update(closes_at=timezone.now())


def _draft(client: Client, request: pytest.FixtureRequest) -> None:
    call, officer = request.getfixturevalue("call"), request.getfixturevalue("officer")
    body = make_organization(user=request.getfixturevalue("organizer"))
    application = make_application(call=call, organization=body)
    admit(application=application, by=officer, reason="Utile al quartiere.", now=timezone.now())


def _mail(client: Client, request: pytest.FixtureRequest) -> None:
    # A new application is confirmed by a mail.
    make_application(
        call=request.getfixturevalue("call"),
        organization=make_organization(user=request.getfixturevalue("organizer")),
    )


SCENES: dict[str, Callable[[Client, pytest.FixtureRequest], None]] = {
    "donations.tasks.apply_events": _message,
    "accounts.tasks.send_mails": _mail,
    "donations.tasks.send_refunds": _refund,
    "donations.tasks.send_receipts": _receipt,
    "donations.tasks.send_outgoing": _payout,
    "matching.tasks.open_due_campaigns": _opening,
    "matching.tasks.settle_campaigns": _outcome,
    "campaigns.tasks.draft_admitted_campaigns": _draft,
}


def _asked(client: Client, at: datetime) -> tuple[int, str]:
    """Return what /readyz says at an instant at which every task has just ended."""
    for entry in app.conf.beat_schedule.values():
        record_run(task=entry["task"], began_at=at, ended_at=at)
    with time_machine.travel(at, tick=False):
        answer = client.get("/readyz")
    return answer.status_code, answer.content.decode()


@pytest.mark.parametrize("backlog", BACKLOGS, ids=lambda backlog: backlog.task)
def test_readyz_says_which_rows_wait_for_too_long(
    client: Client, stripe: str, request: pytest.FixtureRequest, backlog: object
) -> None:
    task, patience = backlog.task, backlog.too_long  # type: ignore[attr-defined]
    SCENES[task](client, request)
    now = timezone.now()

    assert task not in _asked(client, now + patience / 2)[1]
    status, text = _asked(client, now + patience + timedelta(seconds=5))
    assert status == 503
    assert f"{task} leaves a row waiting for " in text


def test_readyz_says_that_a_campaign_cannot_open_and_stays_ready(client: Client, scheduled: Campaign) -> None:
    # No machine can mend that: an officer and the body have to.
    open_campaign(campaign=scheduled, now=timezone.now())
    scheduled.refresh_from_db()
    assert scheduled.opening_refusal == Campaign.OpeningRefusal.PAYMENTS_NOT_READY
    later = timezone.now() + timedelta(minutes=1)

    assert _asked(client, later) == (
        200,
        f"ok\nfor people: {scheduled.slug} cannot open: payments_not_ready\n",
    )
