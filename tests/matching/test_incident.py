"""Each switch of an incident at the write it stops; no other call is hurt."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Mail, User
from calls.models import Call, Stop
from calls.services import confirm_off, confirm_on, propose_on, switch_off
from campaigns.models import Campaign
from donations.models import Donation, Reversal
from donations.services import (
    GiftsPaused,
    RefundsStopped,
    claim_reversals,
    open_checkout,
    owe_refund,
    send_refund,
    start_donation,
)
from donations.tasks import close_payment_pages, send_refunds
from ledger.models import Account
from ledger.services import balance
from matching.models import Grant
from matching.services import ReleasesStopped, release_grant, settle_campaign
from matching.tasks import release_due_grants, settle_campaigns
from tests.factories import give, make_call, make_campaign, make_donation, make_user, twin

What = Stop.What
Switch = Callable[[], None]


@pytest.fixture
def elsewhere(campaign: Campaign, officer: User, organizer: User) -> Campaign:
    """Return an open campaign of another call."""
    return make_campaign(officer=officer, promoter=organizer, call=make_call(officer=officer))


def off(call: Call, what: Stop.What, officer: User) -> Switch:
    """Stop something, and return how two people switch it on again."""
    stop = switch_off(
        call=call,
        what=what,
        by=officer,
        reason="Prova.",
        public_reason="Una verifica in corso.",
        now=timezone.now(),
    )

    def on() -> None:
        second = make_user(f"second-{what}", is_staff=True)
        confirm_off(stop=stop, by=second, reason="Visto.", now=timezone.now())
        propose_on(stop=stop, by=officer, reason="Finito.", now=timezone.now())
        confirm_on(stop=stop, by=second, reason="Visto.", now=timezone.now())

    return on


def begin(campaign: Campaign, **changes: Any) -> Donation:
    """Write a gift."""
    return start_donation(
        campaign=campaign, amount_cents=2000, email="ada@example.org", now=timezone.now(), **changes
    )


def test_new_gifts_are_refused_where_they_are_written(
    campaign: Campaign, elsewhere: Campaign, officer: User
) -> None:
    before = begin(campaign)
    on = off(campaign.call, What.GIFTS, officer)

    with pytest.raises(GiftsPaused, match="Una verifica in corso"):
        begin(campaign)
    with pytest.raises(GiftsPaused):
        open_checkout(donation=before, now=timezone.now())
    assert give(campaign=elsewhere).status == Donation.Status.SETTLED
    on()
    assert open_checkout(donation=before, now=timezone.now())


def test_payment_pages_of_a_call_without_gifts_are_closed_and_what_was_paid_counts(
    campaign: Campaign, elsewhere: Campaign, officer: User
) -> None:
    paid, unpaid = (make_donation(campaign=campaign, public_id=uuid.uuid4()) for _ in range(2))
    other = make_donation(campaign=elsewhere)
    twin("pay", session=paid.stripe_session_id, card="4242424242424242")
    off(campaign.call, What.GIFTS, officer)

    close_payment_pages()

    for gift in (paid, unpaid, other):
        gift.refresh_from_db()
    assert [gift.status for gift in (paid, unpaid, other)] == ["settled", "expired", "open"]


def test_citizen_reads_that_gifts_are_paused(client: Client, campaign: Campaign, officer: User) -> None:
    page = client.get(campaign.get_absolute_url())
    assert reverse("donations:donate", args=[campaign.slug]) in page.content.decode()
    off(campaign.call, What.GIFTS, officer)

    page = client.get(campaign.get_absolute_url())
    assert "Una verifica in corso." in page.content.decode()
    assert reverse("donations:donate", args=[campaign.slug]) not in page.content.decode()
    form = client.get(reverse("donations:donate", args=[campaign.slug]), follow=True)
    assert form.redirect_chain == [(campaign.get_absolute_url(), 302)]


def test_citizen_who_pays_while_gifts_are_paused_reads_why(
    client: Client, campaign: Campaign, officer: User
) -> None:
    gift = make_donation(campaign=campaign)
    off(campaign.call, What.GIFTS, officer)

    answer = client.post(reverse("donations:donation_pay", args=[gift.access_token]), follow=True)

    assert "Una verifica in corso." in answer.content.decode()


def test_grants_are_not_awarded_while_releases_are_stopped(
    campaign: Campaign, elsewhere: Campaign, officer: User
) -> None:
    on = off(campaign.call, What.RELEASES, officer)
    for reached in (campaign, elsewhere):
        give(campaign=reached, amount_cents=1_000_000)

    with pytest.raises(ReleasesStopped):
        release_grant(campaign=campaign, now=timezone.now())
    release_due_grants()
    states = dict(Grant.objects.values_list("campaign__pk", "state"))
    assert states == {campaign.pk: "reserved", elsewhere.pk: "awarded"}
    on()
    release_due_grants()
    assert Grant.objects.get(campaign=campaign).state == "awarded"


def test_outcome_that_would_award_waits_and_one_that_fails_does_not(
    campaign: Campaign, officer: User, organizer: User
) -> None:
    fails = make_campaign(officer=officer, promoter=organizer, call=campaign.call)
    give(campaign=campaign, amount_cents=1_000_000)
    give(campaign=fails, amount_cents=5000)
    on = off(campaign.call, What.RELEASES, officer)
    Campaign.objects.all().update(status="closing")

    with pytest.raises(ReleasesStopped):
        settle_campaign(campaign=campaign, now=timezone.now())
    settle_campaigns()
    campaign.refresh_from_db()
    fails.refresh_from_db()
    assert (campaign.status, fails.status) == ("closing", "failed")
    on()
    settle_campaigns()
    campaign.refresh_from_db()
    assert (campaign.status, campaign.grant.state) == ("succeeded", "awarded")


def test_refunds_stay_owed_and_leave_once_when_they_are_on_again(
    campaign: Campaign, elsewhere: Campaign, officer: User
) -> None:
    gifts = [give(campaign=one, email=f"{one.pk}@example.org") for one in (campaign, elsewhere)]
    here, there = (
        owe_refund(donation=gift, by=officer, reason="Doppio.", now=timezone.now()) for gift in gifts
    )
    on = off(campaign.call, What.REFUNDS, officer)

    assert [claimed.pk for claimed in claim_reversals(now=timezone.now())] == [there.pk]
    with pytest.raises(RefundsStopped):
        send_refund(reversal=here, now=timezone.now())
    Reversal.objects.filter(pk=there.pk).update(next_attempt_at=timezone.now())
    send_refunds()
    for reversal in (here, there):
        reversal.refresh_from_db()
    assert (here.status, here.attempts, there.status) == ("due", 0, "succeeded")
    assert list(Reversal.objects.held()) == [here]
    assert balance(Account.Kind.REFUNDS_OWED, campaign=campaign) == -2000
    on()
    send_refunds()
    here.refresh_from_db()
    assert here.status == "succeeded"
    assert twin("truth")["refunds"]["succeeded"]["count"] == 2


def test_mails_of_everything_in_a_call_carry_its_topic(campaign: Campaign, officer: User) -> None:
    give(campaign=campaign, amount_cents=1_000_000)
    release_due_grants()

    # What colleagues write each other at the desk is held back by nothing.
    about = Mail.objects.exclude(key__startswith="stop_").exclude(key__startswith="decision_to_confirm")
    assert about.count() >= 4
    assert set(about.values_list("topic", flat=True)) == {campaign.call.mail_topic}
