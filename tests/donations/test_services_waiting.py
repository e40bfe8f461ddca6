"""Gifts that wait: no page for a campaign that takes none, dead payments, and whom Stripe is asked about next."""

from datetime import timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from calls.models import Call
from campaigns.models import Campaign
from campaigns.services import suspend_campaign
from donations import services, stripe_gateway, tasks
from donations.models import Donation, Reversal
from donations.services import (
    CampaignNotOpen,
    claim_gifts_to_check,
    claim_reversals,
    open_checkout,
    owe_refund,
    send_refund,
    start_donation,
    sync_payment,
)
from donations.services.gift import QUIET
from ledger.models import Entry
from ledger.services import raised_cents
from matching.services import close_campaign, settle_campaign
from tests.factories import DECLINED, give, make_campaign, make_donation, pay, twin
from tests.threads import at_once

Status = Donation.Status


def start(campaign: Campaign) -> Donation:
    """Start a gift whose page is not opened yet."""
    return start_donation(campaign=campaign, amount_cents=2000, email="a@example.org", now=timezone.now())


def suspend(campaign: Campaign) -> None:
    """Stop a campaign for a while."""
    assert campaign.approved_by
    suspend_campaign(
        campaign=campaign, by=campaign.approved_by, reason="Verifica in corso", now=timezone.now()
    )


def end_intent(monkeypatch: pytest.MonkeyPatch, status: str) -> None:
    """Let every page be complete at Stripe and its payment stand so: a method that takes days is not modelled here."""
    read = stripe_gateway.read_payment

    def later(session: Any, *rest: Any) -> Any:
        session.status = "complete"
        session.payment_intent.status = status
        return read(session, *rest)

    monkeypatch.setattr(stripe_gateway, "read_payment", later)


def test_open_checkout_refuses_from_the_deadline_on(campaign: Campaign) -> None:
    donation = start(campaign)

    with pytest.raises(CampaignNotOpen):
        open_checkout(donation=donation, now=campaign.closes_at)

    donation.refresh_from_db()
    assert donation.status == Status.CREATED
    assert twin("truth")["sessions"] == {}
    assert open_checkout(donation=donation, now=campaign.closes_at - timedelta(seconds=1))


@pytest.mark.parametrize("end", ["closed", "suspended"])
def test_open_checkout_refuses_a_campaign_that_takes_no_gifts(campaign: Campaign, end: str) -> None:
    donation, opened = start(campaign), make_donation(campaign=campaign)
    if end == "closed":
        close_campaign(campaign=campaign, now=campaign.closes_at)
    else:
        suspend(campaign)

    for one in (donation, opened):
        with pytest.raises(CampaignNotOpen):
            open_checkout(donation=one, now=timezone.now())

    assert twin("truth")["sessions"] == {"open": 1}


def test_close_payment_pages_closes_those_of_suspended_campaigns(
    campaign: Campaign, call: Call, officer: User, organizer: User
) -> None:
    other = make_campaign(officer=officer, promoter=organizer, call=call)
    opened, paid, elsewhere = (make_donation(campaign=one) for one in (campaign, campaign, other))
    created = start(campaign)
    pay(paid)
    tasks.close_payment_pages()
    assert twin("truth")["sessions"]["open"] == 2
    suspend(campaign)

    tasks.close_payment_pages()

    gifts = [Donation.objects.get(pk=gift.pk).status for gift in (opened, paid, created, elsewhere)]
    assert gifts == [Status.EXPIRED, Status.SETTLED, Status.EXPIRED, Status.OPEN]
    assert twin("truth")["sessions"]["open"] == 1


def test_close_payment_pages_goes_on_after_one_that_fails(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = (make_donation(campaign=campaign) for _number in range(2))
    suspend(campaign)
    works = services.expire_checkout

    def expire(*, donation: Donation, **fields: Any) -> Donation:
        if donation == first:
            raise RuntimeError
        return works(donation=donation, **fields)

    monkeypatch.setattr(services, "expire_checkout", expire)

    tasks.close_payment_pages()

    assert f"the payment page of gift {first.public_id} stays open" in caplog.text
    assert [Donation.objects.get(pk=one.pk).status for one in (first, second)] == [
        Status.OPEN,
        Status.EXPIRED,
    ]


@pytest.mark.parametrize("status", ["canceled", "requires_payment_method"])
def test_sync_payment_of_a_complete_page_with_a_dead_payment_lets_the_campaign_end(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch, status: str
) -> None:
    donation = make_donation(campaign=campaign)
    pay(donation, DECLINED)
    close_campaign(campaign=campaign, now=campaign.closes_at)
    with monkeypatch.context() as alive:
        end_intent(alive, "processing")
        assert sync_payment(donation=donation, now=timezone.now()).status == Status.OPEN
    assert settle_campaign(campaign=campaign, now=campaign.closes_at).status == Campaign.Status.CLOSING
    end_intent(monkeypatch, status)

    over = sync_payment(donation=donation, now=timezone.now())

    assert over.status == Status.EXPIRED
    assert settle_campaign(campaign=campaign, now=campaign.closes_at).status == Campaign.Status.REFUNDED
    call_command("audit")


def test_sync_payment_books_at_the_instant_at_which_stripe_had_told(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    donation = make_donation(campaign=campaign, amount_cents=1_000_000)
    pay(donation)
    ticks = iter([100.0, 107.9])
    monkeypatch.setattr(stripe_gateway, "time", SimpleNamespace(monotonic=lambda: next(ticks)))
    now = timezone.now()

    settled = sync_payment(donation=donation, now=now)

    campaign.refresh_from_db()
    entry = Entry.objects.get(kind=Entry.Kind.CHARGE)
    assert settled.settled_at == entry.created_at == campaign.reached_at == now + timedelta(seconds=7)


def test_claim_gifts_to_check_takes_what_stripe_is_silent_about(campaign: Campaign, officer: User) -> None:
    created, opened = start(campaign), make_donation(campaign=campaign)
    give(campaign=campaign)
    returning = give(campaign=campaign)
    reversal = owe_refund(donation=returning, by=officer, reason="Richiesta", now=timezone.now())
    twin("next_refunds", status="pending", at_once=True)
    send_refund(reversal=reversal, now=timezone.now())
    assert Reversal.objects.get().status == Reversal.Status.SENT

    young = claim_gifts_to_check(now=created.created_at + QUIET - timedelta(seconds=1))
    later = claim_gifts_to_check(now=timezone.now() + 2 * QUIET)

    assert young == [returning]
    assert later == [created, opened, returning]


def test_claim_gifts_to_check_asks_about_the_one_asked_about_longest_ago_first(campaign: Campaign) -> None:
    one, two, three = (make_donation(campaign=campaign) for _number in range(3))
    now = timezone.now() + QUIET

    turns = [claim_gifts_to_check(now=now + turn * QUIET, limit=2) for turn in range(3)]

    assert turns == [[one, two], [three, one], [two, one]]
    assert Donation.objects.get(pk=three.pk).checked_at == now + QUIET


def test_claim_gifts_to_check_leaves_alone_what_was_just_taken(campaign: Campaign) -> None:
    donation = make_donation(campaign=campaign)
    now = timezone.now() + QUIET

    assert claim_gifts_to_check(now=now) == [donation]
    assert claim_gifts_to_check(now=now + QUIET - timedelta(seconds=1)) == []
    assert claim_gifts_to_check(now=now + QUIET) == [donation]


def test_claim_gifts_to_check_asks_once_a_day_what_a_bank_has_decided(campaign: Campaign) -> None:
    gift = give(campaign=campaign)
    dispute = twin("dispute", charge=gift.stripe_charge_id)
    now = timezone.now()
    sync_payment(donation=gift, now=now)
    # Nobody tells the site.
    twin("dispute_close", dispute=dispute["id"], status="won")
    day = timedelta(days=1)

    assert claim_gifts_to_check(now=now + day - timedelta(seconds=1)) == []
    assert claim_gifts_to_check(now=now + day) == [gift]
    assert claim_gifts_to_check(now=now + day + timedelta(hours=23)) == []
    assert sync_payment(donation=gift, now=now + day).status == Status.SETTLED
    assert claim_gifts_to_check(now=now + 3 * day) == []


@pytest.mark.usefixtures("real_transactions")
def test_claim_gifts_to_check_never_hands_one_gift_to_two_workers(campaign: Campaign) -> None:
    for _number in range(12):
        start(campaign)
    now = timezone.now() + QUIET

    claimed = at_once(*[partial(claim_gifts_to_check, now=now, limit=3)] * 6)

    taken = [gift.pk for batch in claimed for gift in batch]
    assert len(taken) == len(set(taken)) >= 3
    assert len(taken) + len(claim_gifts_to_check(now=now)) == 12
    assert claim_reversals(now=now) == []
    assert raised_cents(campaign) == 0
