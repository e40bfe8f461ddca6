"""The clock of campaigns: openings, awards and deadlines, in an order decided beforehand."""

import time
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from calls.models import Call
from campaigns.models import Campaign
from campaigns.services import suspend_campaign
from civicfund.operation import runs
from donations.models import Donation
from donations.services import start_donation
from donations.stripe_answers import StripeUnavailable
from ledger.models import Account
from ledger.services import balance
from matching import services, tasks
from matching.models import Grant
from matching.services import line
from tests.factories import (
    connect_stripe,
    give,
    make_application,
    make_call,
    make_campaign,
    make_donation,
    make_organization,
    make_scheduled_campaign,
    pay,
    twin,
)

Kind = Account.Kind
State = Grant.State
Status = Campaign.Status


def scheduled(call: Call, officer: User, organizer: User) -> Campaign:
    """Return an approved campaign that is due."""
    organization = make_organization(user=organizer)
    connect_stripe(organization)
    application = make_application(call=call, organization=organization)
    return make_scheduled_campaign(application=application, officer=officer)


def first_reached(officer: User, **changes: Any) -> Call:
    """Publish a call in which the order of reaching decides, with money for one whole grant of 50,000 euro."""
    rules = {
        "reservation_mode": "first_reached",
        "fund_cents": 5_000_000,
        "partial_policy": "none",
        **changes,
    }
    return make_call(officer=officer, **rules)


def reach(campaign: Campaign, now: datetime) -> Campaign:
    """Let a campaign reach its threshold at an instant."""
    give(campaign=campaign, amount_cents=campaign.threshold_cents, now=now)
    campaign.refresh_from_db()
    assert campaign.reached_at == now
    return campaign


def fail_for(monkeypatch: pytest.MonkeyPatch, name: str, bad: Campaign) -> None:
    """Let a service fail for one campaign."""
    works = getattr(services, name)

    def service(*, campaign: Campaign, now: datetime) -> Any:
        if campaign.pk == bad.pk:
            raise RuntimeError("a bad row")
        return works(campaign=campaign, now=now)

    monkeypatch.setattr(services, name, service)


def states(*campaigns: Campaign) -> list[str]:
    """Return the states of campaigns as they are now."""
    return [Campaign.objects.get(pk=campaign.pk).status for campaign in campaigns]


def awarded(*campaigns: Campaign) -> list[str]:
    """Return the states of the grants of campaigns, nothing where there is none."""
    found = dict(Grant.objects.values_list("campaign", "state"))
    return [found.get(campaign.pk, "") for campaign in campaigns]


def test_open_due_campaigns_opens_what_is_due_and_goes_on_after_one_that_fails(
    stripe: str, call: Call, officer: User, organizer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = scheduled(call, officer, organizer), scheduled(call, officer, organizer)
    with monkeypatch.context() as broken:
        fail_for(broken, "open_campaign", bad)
        tasks.open_due_campaigns()
    assert states(bad, good) == [Status.SCHEDULED, Status.OPEN]

    tasks.open_due_campaigns()

    assert states(bad, good) == [Status.OPEN, Status.OPEN]


def test_open_due_campaigns_serves_the_fund_in_the_order_of_protocol_numbers(
    stripe: str, officer: User, organizer: User
) -> None:
    call = make_call(officer=officer, fund_cents=6_000_000, cost_max_cents=10_000_000)
    big = [
        make_application(call=call, organization=make_organization(user=organizer), cost_cents=10_000_000)
        for _number in range(2)
    ]
    for application in big:
        connect_stripe(application.organization)
    now = timezone.now()
    second, first = (
        make_scheduled_campaign(application=application, officer=officer, now=now)
        for application in reversed(big)
    )

    tasks.open_due_campaigns()

    assert states(first, second) == [Status.OPEN, Status.SCHEDULED]


def test_release_due_grants_awards_each_once_and_goes_on_after_one_that_fails(
    stripe: str, call: Call, officer: User, organizer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good, short = (make_campaign(officer=officer, promoter=organizer, call=call) for _number in range(3))
    for campaign in (bad, good):
        reach(campaign, timezone.now())
    give(campaign=short)
    with monkeypatch.context() as broken:
        fail_for(broken, "release_grant", bad)
        tasks.release_due_grants()
    assert awarded(bad, good, short) == [State.RESERVED, State.AWARDED, State.RESERVED]

    tasks.release_due_grants()
    tasks.release_due_grants()

    assert awarded(bad, good, short) == [State.AWARDED, State.AWARDED, State.RESERVED]
    assert balance(Kind.AVAILABLE, fund=call.funds.get()) == 57_000_000
    call_command("audit")


def test_release_due_grants_keeps_the_order_of_reaching(
    stripe: str, officer: User, organizer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "QUIET", timedelta(0))
    call = first_reached(officer)
    early_number, late_number = (
        make_campaign(officer=officer, promoter=organizer, call=call, cost_cents=10_000_000)
        for _number in range(2)
    )
    now = timezone.now()
    reach(early_number, now + timedelta(seconds=3))
    reach(late_number, now + timedelta(seconds=2))

    with time_machine.travel(now + timedelta(seconds=4), tick=False):
        tasks.release_due_grants()

    assert awarded(late_number, early_number) == [State.AWARDED, State.WAITLISTED]


def test_release_due_grants_takes_the_protocol_number_within_one_second(
    stripe: str, officer: User, organizer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "QUIET", timedelta(0))
    call = first_reached(officer)
    early_number, late_number = (
        make_campaign(officer=officer, promoter=organizer, call=call, cost_cents=10_000_000)
        for _number in range(2)
    )
    second = (timezone.now() + timedelta(seconds=1)).replace(microsecond=0)
    reach(late_number, second)
    reach(early_number, second + timedelta(microseconds=999_999))

    with time_machine.travel(second + timedelta(seconds=1), tick=False):
        tasks.release_due_grants()

    assert awarded(early_number, late_number) == [State.AWARDED, State.WAITLISTED]


def test_release_due_grants_looks_only_when_no_earlier_instant_can_still_come(
    stripe: str, officer: User, organizer: User
) -> None:
    campaign = make_campaign(officer=officer, promoter=organizer, call=first_reached(officer))
    now = timezone.now()
    reach(campaign, now)

    with time_machine.travel(now + line.QUIET - timedelta(milliseconds=1), tick=False):
        tasks.release_due_grants()
    assert awarded(campaign) == [""]

    with time_machine.travel(now + line.QUIET, tick=False):
        tasks.release_due_grants()
    assert awarded(campaign) == [State.AWARDED]


def test_release_due_grants_serves_nobody_after_one_who_waits_for_the_same_fund(
    stripe: str, officer: User, organizer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "QUIET", timedelta(0))
    call = first_reached(officer, fund_cents=6_000_000)
    first, large, small = (
        make_campaign(officer=officer, promoter=organizer, call=call, cost_cents=cost)
        for cost in (10_000_000, 10_000_000, 2_000_000)
    )
    for campaign in (first, large, small):
        reach(campaign, timezone.now())

    elsewhere = make_campaign(officer=officer, promoter=organizer, call=first_reached(officer))
    reach(elsewhere, timezone.now())

    for _turn in range(3):
        tasks.release_due_grants()

    assert awarded(first, large, small) == [State.AWARDED, State.WAITLISTED, ""]
    assert awarded(elsewhere) == [State.AWARDED]
    assert balance(Kind.AVAILABLE, fund=call.funds.get()) == 1_000_000
    call_command("audit")


def test_release_due_grants_leaves_a_suspended_campaign_alone(campaign: Campaign, officer: User) -> None:
    reach(campaign, timezone.now())
    suspend_campaign(campaign=campaign, by=officer, reason="Verifica in corso", now=timezone.now())

    tasks.release_due_grants()

    assert awarded(campaign) == [State.RESERVED]


def test_release_due_grants_asks_one_question_when_nothing_is_due(
    campaign: Campaign, django_assert_max_num_queries: Any
) -> None:
    reach(campaign, timezone.now())
    tasks.release_due_grants()

    with django_assert_max_num_queries(4):
        tasks.release_due_grants()


def test_release_due_grants_asks_as_much_per_campaign_however_many_there_are(
    stripe: str,
    call: Call,
    officer: User,
    organizer: User,
    django_assert_num_queries: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(services, "release_grant", lambda campaign, now: None)
    # Every process writes a task down now and then; here it has just done so, and asks nothing more for it.
    monkeypatch.setitem(runs._written, "matching.tasks.release_due_grants", time.monotonic())
    for _number in range(2):
        reach(make_campaign(officer=officer, promoter=organizer, call=call), timezone.now())
    with django_assert_num_queries(6):
        tasks.release_due_grants()

    reach(make_campaign(officer=officer, promoter=organizer, call=call), timezone.now())

    with django_assert_num_queries(6):
        tasks.release_due_grants()


def test_settle_campaigns_closes_expires_and_decides_in_one_turn(campaign: Campaign) -> None:
    paid = make_donation(campaign=campaign, amount_cents=1_000_000)
    pay(paid)
    left = make_donation(campaign=campaign)
    never_opened = start_donation(
        campaign=campaign, amount_cents=2000, email="a@example.org", now=timezone.now()
    )

    with time_machine.travel(campaign.closes_at, tick=False):
        tasks.settle_campaigns()

    statuses = [Donation.objects.get(pk=one.pk).status for one in (paid, left, never_opened)]
    assert statuses == ["settled", "expired", "expired"]
    assert states(campaign) == [Status.SUCCEEDED]
    assert "open" not in twin("truth")["sessions"]
    call_command("audit")


def test_settle_campaigns_before_the_deadline_touches_nothing(campaign: Campaign) -> None:
    gift = make_donation(campaign=campaign)

    with time_machine.travel(campaign.closes_at - timedelta(seconds=1), tick=False):
        tasks.settle_campaigns()

    gift.refresh_from_db()
    assert (states(campaign), gift.status) == ([Status.OPEN], "open")


@pytest.mark.usefixtures("impatient")
def test_settle_campaigns_waits_for_stripe(campaign: Campaign, caplog: pytest.LogCaptureFixture) -> None:
    make_donation(campaign=campaign)
    twin("fail", path="checkout/sessions", status="drop_before", count=3)

    with time_machine.travel(campaign.closes_at, tick=False):
        tasks.settle_campaigns()
        assert states(campaign) == [Status.CLOSING]
        assert "waits for Stripe" in caplog.text
        tasks.settle_campaigns()

    assert states(campaign) == [Status.REFUNDED]


def test_settle_campaigns_decides_first_where_nothing_is_under_way(
    stripe: str, call: Call, officer: User, organizer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    hanging, quiet = (make_campaign(officer=officer, promoter=organizer, call=call) for _number in range(2))
    page = make_donation(campaign=hanging)
    outcomes_when_asked = []

    def hang(*, donation: Donation, now: datetime) -> None:
        assert donation == page
        outcomes_when_asked.append(states(quiet))
        raise StripeUnavailable("no answer")

    with monkeypatch.context() as broken, time_machine.travel(hanging.closes_at, tick=False):
        broken.setattr(tasks, "expire_checkout", hang)
        tasks.settle_campaigns()

    assert outcomes_when_asked == [[Status.REFUNDED]]
    assert states(hanging, quiet) == [Status.CLOSING, Status.REFUNDED]


@pytest.mark.parametrize("name", ["close_campaign", "settle_campaign"])
def test_settle_campaigns_goes_on_after_one_that_fails(
    stripe: str,
    call: Call,
    officer: User,
    organizer: User,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    bad, good = (make_campaign(officer=officer, promoter=organizer, call=call) for _number in range(2))
    fail_for(monkeypatch, name, bad)

    with time_machine.travel(bad.closes_at, tick=False):
        tasks.settle_campaigns()

    assert states(bad, good) == [Status.OPEN if name == "close_campaign" else Status.CLOSING, Status.REFUNDED]


def test_settle_campaigns_leaves_a_suspended_campaign_to_the_officer(
    campaign: Campaign, officer: User
) -> None:
    suspend_campaign(campaign=campaign, by=officer, reason="Verifica in corso", now=timezone.now())

    with time_machine.travel(campaign.closes_at, tick=False):
        tasks.settle_campaigns()

    assert states(campaign) == [Status.SUSPENDED]
