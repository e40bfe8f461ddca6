"""Campaigns open at their time, with their grant set aside, or say why they do not."""

from datetime import datetime, timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Mail, User
from calls.models import Call
from campaigns.models import Campaign
from donations.models import ConnectedAccount
from donations.stripe_answers import StripeUnavailable
from ledger.models import Account, Entry
from ledger.services import balance
from matching.models import Grant
from matching.services import open_campaign
from tests.factories import (
    connect_stripe,
    make_application,
    make_call,
    make_campaign,
    make_organization,
    make_scheduled_campaign,
    twin,
)

Kind = Account.Kind
Refusal = Campaign.OpeningRefusal
Status = Campaign.Status


@pytest.fixture
def scheduled(stripe: str, call: Call, officer: User, organizer: User) -> Campaign:
    """Return an approved campaign that is due and whose body can receive gifts."""
    organization = make_organization(user=organizer)
    connect_stripe(organization)
    application = make_application(call=call, organization=organization, cost_cents=2_000_000)
    return make_scheduled_campaign(application=application, officer=officer)


def open_now(campaign: Campaign, now: datetime | None = None) -> Campaign:
    """Open a campaign if it may open now."""
    return open_campaign(campaign=campaign, now=now or timezone.now())


def test_open_campaign_sets_the_grant_aside(scheduled: Campaign) -> None:
    now = timezone.now()

    opened = open_now(scheduled, now)

    grant = opened.grant
    assert (opened.status, opened.opened_at) == (Status.OPEN, now)
    assert (grant.state, grant.amount_cents, grant.reserved_at) == (Grant.State.RESERVED, 1_000_000, now)
    assert (grant.cost_cents, grant.threshold_cents, grant.due_cents) == (2_000_000, 1_000_000, 1_000_000)
    assert (grant.threshold_bp, grant.grant_bp, grant.cap_cents) == (5000, 5000, 5_000_000)
    assert balance(Kind.AVAILABLE, fund=opened.fund) == 59_000_000
    assert balance(Kind.RESERVED, fund=opened.fund, campaign=opened) == 1_000_000
    call_command("audit")


def test_open_campaign_again_sets_nothing_aside_twice(scheduled: Campaign) -> None:
    open_now(scheduled)

    again = open_now(scheduled)

    assert again.status == Status.OPEN
    assert Entry.objects.filter(kind=Entry.Kind.RESERVATION).count() == 1


def test_open_campaign_waits_for_its_instant(scheduled: Campaign) -> None:
    early = open_now(scheduled, scheduled.opens_at - timedelta(microseconds=1))
    assert (early.status, early.opening_refusal) == (Status.SCHEDULED, Refusal.NONE)

    assert open_now(scheduled, scheduled.opens_at).status == Status.OPEN


def test_open_campaign_leaves_one_alone_whose_deadline_has_passed(scheduled: Campaign) -> None:
    assert open_now(scheduled, scheduled.closes_at).status == Status.SCHEDULED
    assert not Grant.objects.exists()


def test_open_campaign_says_when_the_body_cannot_receive_and_forgets_it_afterwards(
    scheduled: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Ready once, not any more: Stripe is asked again at the opening.
    assert ConnectedAccount.objects.get().is_ready
    with monkeypatch.context() as closed:
        closed.setattr("donations.stripe_gateway.account_is_ready", lambda account_id: False)
        refused = open_now(scheduled)
        open_now(scheduled)

    assert (refused.status, refused.opening_refusal) == (Status.SCHEDULED, Refusal.PAYMENTS_NOT_READY)
    assert Mail.objects.filter(key__startswith="campaign_not_opened:").count() == 1
    assert not Grant.objects.exists()
    assert not ConnectedAccount.objects.get().is_ready
    opened = open_now(scheduled)
    assert (opened.status, opened.opening_refusal) == (Status.OPEN, Refusal.NONE)


@pytest.mark.usefixtures("impatient")
def test_open_campaign_waits_for_stripes_answer(scheduled: Campaign) -> None:
    twin("fail", path="/v1/accounts", method="GET", status=500, count=3)

    with pytest.raises(StripeUnavailable):
        open_now(scheduled)

    scheduled.refresh_from_db()
    assert scheduled.status == Status.SCHEDULED


def test_open_campaign_says_when_the_fund_does_not_cover_its_grant(
    stripe: str, officer: User, organizer: User
) -> None:
    call = make_call(officer=officer, fund_cents=5_999_999)
    make_campaign(officer=officer, promoter=organizer, call=call, cost_cents=10_000_000)
    organization = make_organization(user=organizer)
    connect_stripe(organization)
    application = make_application(call=call, organization=organization, cost_cents=2_000_000)
    campaign = make_scheduled_campaign(application=application, officer=officer)

    refused = open_now(campaign)
    open_now(campaign)

    assert (refused.status, refused.opening_refusal) == (Status.SCHEDULED, Refusal.GRANT_NOT_COVERED)
    assert Mail.objects.filter(key__startswith=f"campaign_not_opened:{campaign.pk}").count() == 1
    assert balance(Kind.AVAILABLE, fund=campaign.fund) == 999_999
    assert Grant.objects.count() == 1
    call_command("audit")


def test_open_campaign_opens_when_the_fund_covers_its_grant_to_the_cent(
    stripe: str, officer: User, organizer: User
) -> None:
    call = make_call(officer=officer, fund_cents=6_000_000)
    make_campaign(officer=officer, promoter=organizer, call=call, cost_cents=10_000_000)

    last = make_campaign(officer=officer, promoter=organizer, call=call, cost_cents=2_000_000)

    assert last.status == Status.OPEN
    assert balance(Kind.AVAILABLE, fund=last.fund) == 0


def test_open_campaign_sets_nothing_aside_where_the_order_of_reaching_decides(
    stripe: str, officer: User, organizer: User
) -> None:
    call = make_call(officer=officer, reservation_mode=Call.ReservationMode.FIRST_REACHED)

    campaign = make_campaign(officer=officer, promoter=organizer, call=call)

    assert campaign.status == Status.OPEN
    assert not Grant.objects.exists()
    assert balance(Kind.RESERVED, fund=campaign.fund, campaign=campaign) == 0


def test_open_campaign_writes_nothing_when_its_mail_cannot_be_written(
    scheduled: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**fields: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr("campaigns.services.row.queue_mail_to_members", fail)
        with pytest.raises(RuntimeError):
            open_now(scheduled)

    scheduled.refresh_from_db()
    assert scheduled.status == Status.SCHEDULED
    assert not Grant.objects.exists()
    assert balance(Kind.RESERVED, fund=scheduled.fund, campaign=scheduled) == 0
