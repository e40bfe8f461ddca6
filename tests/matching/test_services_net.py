"""In a call that counts gifts without Stripe's fees, what is missing to the threshold is counted so too."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from calls.models import Call
from campaigns.models import Campaign
from donations.services import basis_cents, has_reached
from ledger.models import Account
from ledger.services import balance
from matching.services import follow_shortfall, record_cure_payment, release_grant, shortfalls_to_follow
from tests.factories import give, make_call, make_campaign
from tests.matching.undoing import end, undo


@pytest.fixture
def net(stripe: str, officer: User, organizer: User) -> Campaign:
    """Return a campaign with a threshold of 10,000 euro of which Stripe's fees are taken away."""
    call = make_call(officer=officer, count_basis=Call.CountBasis.NET, promoter_may_cure=True)
    return make_campaign(officer=officer, promoter=organizer, call=call)


def test_cure_payment_restores_the_threshold_after_the_fees(net: Campaign, officer: User) -> None:
    give(campaign=net, amount_cents=1_100_000)
    undo(give(campaign=net, amount_cents=2000), officer)
    net.refresh_from_db()
    assert net.reached_at
    undo(net.donations.settled().get(), officer)
    give(campaign=net, amount_cents=1_000_000)
    net.refresh_from_db()
    assert net.reached_at is None
    cure = end(net).cure
    fees = balance(Account.Kind.FEES, campaign=net)
    assert fees > 0

    payment = record_cure_payment(
        cure=cure, amount_cents=fees, evidence="CRO 1", by=officer, now=net.closes_at + timedelta(days=1)
    )

    assert payment.amount_cents == fees
    assert (basis_cents(net), has_reached(net)) == (net.threshold_cents, True)
    call_command("audit")


def test_shortfall_opens_when_the_fees_take_an_award_below_its_threshold(
    net: Campaign, officer: User
) -> None:
    give(campaign=net, amount_cents=1_000_000)
    gift = give(campaign=net, amount_cents=100_000)
    net.refresh_from_db()
    grant = release_grant(campaign=net, now=timezone.now())
    assert grant and grant.state == "awarded" and shortfalls_to_follow() == []

    undo(gift, officer)

    assert shortfalls_to_follow() == [grant]
    shortfall = follow_shortfall(grant=grant, now=timezone.now())
    assert shortfall.amount_cents == balance(Account.Kind.FEES, campaign=net)
    call_command("audit")
