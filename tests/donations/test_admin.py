"""The desk's pages of gifts, refunds and Stripe's events: read, but for two steps."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from calls.models import Stop
from calls.services import switch_off
from campaigns.models import Campaign
from donations.models import ConnectedAccount, Donation, Receipt, Reversal, StripeEvent
from donations.services import (
    claim_reversals,
    issue_receipt,
    owe_refund,
    payment,
    send_refund,
    sync_payment,
)
from ledger.services import raised_cents
from tests import factories
from tests.desk import desk_of, list_url, officer_with, row_url, take_step, text_of


@pytest.fixture
def gift(campaign: Campaign) -> Donation:
    """Return a gift of 50 euro that counts."""
    return factories.give(campaign=campaign, amount_cents=5000, email="ada@example.org", name="Ada")


@pytest.fixture
def receipt(gift: Donation) -> Receipt:
    """Return its receipt, written before anything of it goes back."""
    receipt = issue_receipt(donation=gift, now=timezone.now())
    assert receipt
    return receipt


@pytest.fixture
def came_back(gift: Donation, receipt: Receipt, officer: User) -> Reversal:
    """Return a refund that Stripe could not deliver."""
    take_step(desk_of(officer), row_url(gift, "give_back"), amount="50", reason="Pagato due volte.")
    for reversal in claim_reversals(now=timezone.now()):
        send_refund(reversal=reversal, now=timezone.now())
    factories.twin("refund_outcome", refund=Reversal.objects.get().stripe_refund_id, status="failed")
    sync_payment(donation=gift, now=timezone.now())
    reversal = Reversal.objects.get()
    assert reversal.status == Reversal.Status.FAILED
    return reversal


def test_give_back_tells_what_the_campaign_loses(gift: Donation, officer: User) -> None:
    words = text_of(desk_of(officer).get(row_url(gift, "give_back")))

    assert "€50 go back" in words
    assert "from €50 to €0" in words
    assert Reversal.objects.count() == 0


def test_give_back_warns_when_the_threshold_is_lost(campaign: Campaign, officer: User) -> None:
    gift = factories.give(campaign=campaign, amount_cents=campaign.threshold_cents)

    assert "falls below its threshold" in text_of(desk_of(officer).get(row_url(gift, "give_back")))


def test_give_back_owes_the_refund_in_the_officers_name(gift: Donation, officer: User) -> None:
    response = take_step(
        desk_of(officer), row_url(gift, "give_back"), amount="50", reason="Pagato due volte."
    )

    assert "The money is owed back" in text_of(response)
    reversal = Reversal.objects.get()
    assert (reversal.actor, reversal.note, reversal.amount_cents) == (officer, "Pagato due volte.", 5000)
    gift.refresh_from_db()
    assert gift.status == Donation.Status.REFUND_DUE
    assert raised_cents(gift.campaign) == 0


def test_give_back_needs_a_reason(gift: Donation, officer: User) -> None:
    response = take_step(desk_of(officer), row_url(gift, "give_back"), amount="50", reason=" ")

    assert list(response.context["form"].errors) == ["reason"]
    assert not Reversal.objects.exists()


def test_give_back_refuses_a_reason_longer_than_the_ledger_keeps(gift: Donation, officer: User) -> None:
    response = take_step(desk_of(officer), row_url(gift, "give_back"), amount="50", reason="x" * 501)

    assert list(response.context["form"].errors) == ["reason"]
    assert not Reversal.objects.exists()


def test_give_back_is_not_offered_twice(came_back: Reversal, officer: User) -> None:
    desk = desk_of(officer)

    assert b"/give_back/" not in desk.get(row_url(came_back.donation)).content
    late = desk.get(row_url(came_back.donation, "give_back"), follow=True)
    assert "Nothing of this gift is with the campaign any more." in text_of(late)


def test_quarantined_gifts_wait_and_can_be_given_back(
    campaign: Campaign, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(payment, "_mismatch", lambda donation, paid: "amount: 1 instead of 5000")
    gift = factories.give(campaign=campaign, amount_cents=5000)
    desk = desk_of(officer)

    words = text_of(desk.get(list_url(gift, queue="quarantined")))
    take_step(desk, row_url(gift, "give_back"), amount="50", reason="Importo sbagliato.")

    assert "Being checked · 1" in words
    assert Reversal.objects.get().amount_cents == 5000


def test_try_again_sends_a_refund_that_came_back(came_back: Reversal, officer: User) -> None:
    desk = desk_of(officer)

    assert "Came back · 1" in text_of(desk.get(list_url(came_back)))
    response = take_step(desk, row_url(came_back, "try_again"))

    assert "A new refund is owed" in text_of(response)
    assert Reversal.objects.filter(status=Reversal.Status.DUE, actor=officer).count() == 1
    assert "Came back · 0" in text_of(desk.get(list_url(came_back)))
    late = desk.post(row_url(came_back, "try_again"), {"seen": ""}, follow=True)
    assert "not owed any more, or is on its way already" in text_of(late)
    assert Reversal.objects.count() == 2


def test_rights_decide_who_gives_back(gift: Donation, evaluator: User, stranger: User) -> None:
    reader = desk_of(officer_with("donations.view_donation"))
    sent = {"reason": "Perché sì.", "seen": ""}

    assert reader.get(row_url(gift)).status_code == 200
    assert reader.get(row_url(gift, "give_back")).status_code == 403
    assert reader.post(row_url(gift, "give_back"), sent).status_code == 403
    assert desk_of(evaluator).post(row_url(gift, "give_back"), sent).status_code == 403
    assert desk_of(stranger).post(row_url(gift, "give_back"), sent).status_code == 302
    assert not Reversal.objects.exists()


def test_rights_decide_who_tries_again(came_back: Reversal) -> None:
    reader = desk_of(officer_with("donations.view_reversal"))

    assert reader.get(row_url(came_back)).status_code == 200
    assert reader.post(row_url(came_back, "try_again"), {"seen": ""}).status_code == 403
    assert Reversal.objects.count() == 1


def test_donors_are_seen_only_by_those_who_may_see_gifts(came_back: Reversal, receipt: Receipt) -> None:
    without = desk_of(officer_with("donations.view_reversal", "donations.view_receipt", "accounts.view_mail"))

    for url in (
        list_url(came_back, queue="all"),
        row_url(came_back),
        list_url(receipt),
        row_url(receipt),
        "/gestione/accounts/mail/?queue=all",
    ):
        page = without.get(url)
        assert page.status_code == 200
        assert "ada@example.org" not in page.content.decode()
    assert without.get(row_url(came_back.donation)).status_code == 403
    assert without.get(list_url(came_back.donation)).status_code == 403
    seeing = desk_of(officer_with("donations.view_donation"))
    assert "ada@example.org" in text_of(seeing.get(row_url(came_back.donation)))


def test_events_are_told_apart(officer: User) -> None:
    now = timezone.now()
    for number, outcome in enumerate(["applied", "unknown", "", "unused"]):
        StripeEvent.objects.create(
            stripe_id=f"evt_{number}",
            type="charge.refunded",
            received_at=now,
            next_attempt_at=now,
            processed_at=now if outcome else None,
            outcome=outcome,
        )
    desk = desk_of(officer)

    everything = text_of(desk.get(list_url(StripeEvent)))
    unknown = text_of(desk.get(list_url(StripeEvent, queue="unknown")))
    waiting = text_of(desk.get(list_url(StripeEvent, queue="unprocessed")))

    assert "of no use here" in everything and "about something this site does not know" in everything
    assert "evt_1" in unknown and "evt_0" not in unknown and "evt_2" not in unknown
    assert "evt_2" in waiting and "evt_0" not in waiting and "evt_1" not in waiting


def test_money_is_neither_added_nor_changed_nor_deleted(
    came_back: Reversal, receipt: Receipt, officer: User
) -> None:
    now = timezone.now()
    event = StripeEvent.objects.create(stripe_id="evt_1", type="x", received_at=now, next_attempt_at=now)
    account = ConnectedAccount.objects.get()
    desk = desk_of(officer)

    for row in (came_back.donation, came_back, receipt, event, account):
        assert desk.get(list_url(row) + "add/").status_code == 403
        assert desk.post(list_url(row) + "add/", {}).status_code == 403
        assert desk.get(row_url(row)).status_code == 200
        assert desk.post(row_url(row), {"amount_cents": "1"}).status_code == 403
        assert desk.post(row_url(row, "delete"), {"post": "yes"}).status_code == 403
        assert b'name="_save"' not in desk.get(row_url(row)).content
    assert Receipt.objects.count() == 1


def test_refunds_that_are_late_are_counted_on_the_first_page(campaign: Campaign, officer: User) -> None:
    hour, day = timedelta(hours=1), timedelta(days=1)
    late, sent = (factories.give(campaign=campaign, email=f"{n}@example.org") for n in range(2))
    owe_refund(donation=late, by=officer, reason="Doppio.", now=timezone.now() - hour)
    with time_machine.travel(timezone.now() - timedelta(minutes=1), tick=False):
        assert "Every refund left within an hour." in text_of(desk_of(officer).get("/gestione/"))
    factories.twin("next_refunds", status="pending", count=1)
    reversal = owe_refund(donation=sent, by=officer, reason="Doppio.", now=timezone.now() - day)
    send_refund(reversal=reversal, now=timezone.now())

    first_page = text_of(desk_of(officer).get("/gestione/"))

    assert "1 Refunds waiting for over an hour to leave" in first_page
    assert "1 Refunds without a result for over 24 hours" in first_page
    switch_off(call=campaign.call, what=Stop.What.REFUNDS, by=officer, reason="Prova.", now=timezone.now())
    first_page = text_of(desk_of(officer).get("/gestione/"))
    assert "1 Refunds held because those of their call are stopped" in first_page
    assert "Refunds waiting for over an hour" not in first_page
