"""Money for promoters: decided by an officer, sent once, and never what is owed back or contested."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Mail, User
from calls.models import Call, Stop
from calls.services import refuse_off, switch_off
from campaigns.models import Campaign
from campaigns.services import WrongState
from donations import stripe_gateway, tasks
from donations.models import (
    CampaignMoney,
    ConnectedAccount,
    Difference,
    Donation,
    FlowChoice,
    Outgoing,
    Reconciliation,
)
from donations.services import (
    FlowReasonMissing,
    NothingToPayOut,
    PayoutsStopped,
    at_account_cents,
    begin_run,
    choose_flow,
    claim_outgoing,
    clear_difference,
    end_run,
    owe_payout,
    owe_refund,
    payable_cents,
    send_outgoing,
    sync_outgoing,
    sync_payment,
)
from donations.stripe_answers import StripeUnavailable
from ledger.models import Account
from matching.services import close_campaign, open_campaign, settle_campaign
from tests.desk import desk_of, list_url, officer_with, row_url, take_step, text_of
from tests.donations.at_stripe import deliver, events
from tests.donations.comparing import ODD
from tests.factories import (
    connect_stripe,
    give,
    make_application,
    make_organization,
    make_scheduled_campaign,
    twin,
)

Progress = Outgoing.Status
SEPARATE = Campaign.PaymentFlow.SEPARATE


@pytest.fixture
def gift(campaign: Campaign) -> Donation:
    """Return a gift that carries the campaign over its threshold."""
    return give(campaign=campaign, amount_cents=1_000_000)


@pytest.fixture
def succeeded(campaign: Campaign, gift: Donation) -> Campaign:
    """Return a campaign that has succeeded with 10,000 and 20 euro."""
    give(campaign=campaign)
    return end(campaign)


@pytest.fixture
def separate(stripe: str, call: Call, officer: User, organizer: User) -> Campaign:
    """Return an open campaign whose gifts wait with the platform: its body has no account yet."""
    organization = make_organization(user=organizer)
    application = make_application(call=call, organization=organization, cost_cents=2_000_000)
    campaign = make_scheduled_campaign(application=application, officer=officer)
    choose(campaign, officer)
    return open_campaign(campaign=campaign, now=timezone.now())


def choose(
    campaign: Campaign, officer: User, flow: Any = SEPARATE, reason: str = "Conto in ritardo"
) -> Campaign:
    """Choose the way of a campaign's gifts."""
    return choose_flow(campaign=campaign, flow=flow, by=officer, reason=reason, now=timezone.now())


def end(campaign: Campaign) -> Campaign:
    """Take a campaign past its deadline to its outcome."""
    close_campaign(campaign=campaign, now=campaign.closes_at)
    return settle_campaign(campaign=campaign, now=campaign.closes_at)


def books(campaign: Campaign) -> dict[str, int]:
    """Return the campaign's balances that are not zero, without the fees."""
    held = Account.objects.filter(campaign=campaign, fund=None).exclude(balance_cents=0)
    return dict(held.exclude(kind__in=["fees", "platform"]).values_list("kind", "balance_cents"))


def on_account(campaign: Campaign) -> int:
    """Return what stands on the body's account at Stripe, in cents."""
    account = ConnectedAccount.objects.get(organization=campaign.organization)
    return twin("truth")["balances"].get(account.stripe_account_id, {}).get("eur", 0)


def pay_out(campaign: Campaign, officer: User) -> Outgoing:
    """Decide a payout and let the worker send it."""
    outgoing = owe_payout(campaign=campaign, by=officer, now=timezone.now())
    tasks.send_outgoing()
    outgoing.refresh_from_db()
    return outgoing


def arrive(outgoing: Outgoing, status: str = "paid") -> Outgoing:
    """Let the bank take or refuse a payout, and read it."""
    twin("payout_outcome", payout=outgoing.stripe_id, status=status)
    return sync_outgoing(outgoing=outgoing, now=timezone.now())


def test_owe_payout_pays_a_successful_campaign_out(succeeded: Campaign, officer: User) -> None:
    outgoing = pay_out(succeeded, officer)

    assert (outgoing.status, outgoing.amount_cents, outgoing.actor) == (Progress.SENT, 1_002_000, officer)
    assert books(succeeded) == {"paid_out": 1_002_000, "promoter": -1_002_000}
    assert on_account(succeeded) == 0
    call_command("audit")
    assert arrive(outgoing).status == Progress.PAID
    assert Mail.objects.filter(key__startswith=f"payout_paid:{outgoing.pk}").count() == 1
    with pytest.raises(NothingToPayOut):
        owe_payout(campaign=succeeded, by=officer, now=timezone.now())
    call_command("audit")


@pytest.mark.parametrize("stage", ["open", "failed"])
def test_owe_payout_refuses_before_success(campaign: Campaign, officer: User, stage: str) -> None:
    give(campaign=campaign)
    if stage == "failed":
        end(campaign)

    with pytest.raises(NothingToPayOut):
        owe_payout(campaign=campaign, by=officer, now=timezone.now())


def test_owe_payout_refuses_while_one_waits(succeeded: Campaign, officer: User) -> None:
    owe_payout(campaign=succeeded, by=officer, now=timezone.now())

    with pytest.raises(NothingToPayOut):
        owe_payout(campaign=succeeded, by=officer, now=timezone.now())


def differ() -> Difference:
    """Find a difference between the books and Stripe."""
    run = begin_run(
        kind=Reconciliation.Kind.RECENT, since=timezone.now(), not_after=timezone.now(), now=timezone.now()
    )
    assert run
    end_run(run=run, looked_at=1, healed=0, findings=[ODD], now=timezone.now())
    return Difference.objects.get()


def test_owe_payout_refuses_while_the_books_differ(succeeded: Campaign, officer: User) -> None:
    difference = differ()

    with pytest.raises(PayoutsStopped, match="difference"):
        owe_payout(campaign=succeeded, by=officer, now=timezone.now())

    clear_difference(difference=difference, by=officer, reason="Un'altra cassa.", now=timezone.now())
    assert pay_out(succeeded, officer).status == Progress.SENT


@pytest.mark.parametrize("what", ["a difference", "releases"])
def test_send_outgoing_waits_while_the_books_differ_or_releases_are_off(
    succeeded: Campaign, officer: User, what: str
) -> None:
    outgoing = owe_payout(campaign=succeeded, by=officer, now=timezone.now())
    claimed = claim_outgoing(now=timezone.now())
    if what == "releases":
        fields = {"call": succeeded.call, "what": Stop.What.RELEASES, "by": officer, "reason": "Verifica."}
        stop = switch_off(now=timezone.now(), **fields)
    else:
        difference = differ()

    # What was claimed a moment before, and what a later turn would claim.
    with pytest.raises(PayoutsStopped):
        send_outgoing(outgoing=claimed[0], now=timezone.now())
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        tasks.send_outgoing()
        outgoing.refresh_from_db()
        assert outgoing.status == Progress.DUE

        if what == "releases":
            second = officer_with("calls.change_stop")
            refuse_off(stop=stop, by=second, reason="Falso allarme.", now=timezone.now())
        else:
            clear_difference(difference=difference, by=officer, reason="Chiarito.", now=timezone.now())
        Outgoing.objects.update(next_attempt_at=timezone.now())
        tasks.send_outgoing()

    outgoing.refresh_from_db()
    assert outgoing.status == Progress.SENT


def test_what_was_sent_without_an_answer_is_looked_for_while_the_books_differ(
    separate: Campaign, impatient: None
) -> None:
    give(campaign=separate, amount_cents=1_000_000)
    end(separate)
    connect_stripe(separate.organization)
    twin("fail", path="/v1/transfers", status="drop_after", count=3, work=True)
    tasks.send_outgoing()
    assert (Outgoing.objects.get().status, on_account(separate)) == (Progress.DUE, 1_000_000)
    differ()
    Outgoing.objects.update(next_attempt_at=timezone.now())

    tasks.send_outgoing()

    assert Outgoing.objects.get().status == Progress.PAID
    assert on_account(separate) == 1_000_000


def test_separate_gifts_are_not_transferred_while_the_books_differ(separate: Campaign, officer: User) -> None:
    give(campaign=separate, amount_cents=1_000_000)
    end(separate)
    connect_stripe(separate.organization)
    differ()

    tasks.send_outgoing()

    assert Outgoing.objects.get().status == Progress.DUE
    assert on_account(separate) == 0


def test_owe_payout_leaves_what_is_owed_back_or_contested(
    succeeded: Campaign, gift: Donation, officer: User
) -> None:
    owe_refund(donation=gift, by=officer, reason="Richiesta", now=timezone.now())
    assert pay_out(succeeded, officer).amount_cents == 2000
    assert books(succeeded)["refunds_owed"] == -1_000_000
    call_command("audit")


def test_send_outgoing_pays_less_when_a_gift_was_contested_in_the_meantime(
    succeeded: Campaign, gift: Donation, officer: User
) -> None:
    first = owe_payout(campaign=succeeded, by=officer, now=timezone.now())
    twin("dispute", charge=gift.stripe_charge_id)
    sync_payment(donation=gift, now=timezone.now())

    tasks.send_outgoing()
    tasks.send_outgoing()

    first.refresh_from_db()
    second = Outgoing.objects.exclude(pk=first.pk).get()
    assert (first.status, first.stripe_id) == (Progress.CANCELLED, None)
    assert (second.status, second.amount_cents) == (Progress.SENT, 2000)
    call_command("audit")


@pytest.mark.parametrize("outcome", ["won", "lost"])
def test_book_disputes_after_the_payout_is_the_platforms_loss(
    succeeded: Campaign, gift: Donation, officer: User, outcome: str
) -> None:
    pay_out(succeeded, officer)
    dispute = twin("dispute", charge=gift.stripe_charge_id)["id"]
    sync_payment(donation=gift, now=timezone.now())
    assert payable_cents(succeeded) == 0

    twin("dispute_close", dispute=dispute, status=outcome)
    gift = sync_payment(donation=gift, now=timezone.now())

    lost = 1_000_000 if outcome == "lost" else 0
    assert gift.status == {"won": "settled", "lost": "lost"}[outcome]
    assert books(succeeded) == {"paid_out": 1_002_000, "promoter": lost - 1_002_000}
    fees = Account.objects.get(campaign=succeeded, kind="fees").balance_cents
    assert Account.objects.get(campaign=succeeded, kind="platform").balance_cents == -fees - lost
    assert not Outgoing.objects.filter(kind="recovery").exists()
    assert payable_cents(succeeded) == 0
    call_command("audit")


@pytest.mark.parametrize("then", ["lost", "won"])
def test_send_outgoing_brings_a_lost_gift_back_from_the_promoters_account(
    succeeded: Campaign, gift: Donation, officer: User, then: str
) -> None:
    dispute = twin("dispute", charge=gift.stripe_charge_id)["id"]
    twin("dispute_close", dispute=dispute, status="lost")
    sync_payment(donation=gift, now=timezone.now())
    assert books(succeeded) == {"stripe": 2000, "promoter": -2000}
    tasks.send_outgoing()
    assert on_account(succeeded) == 2000
    if then == "won":
        twin("dispute_close", dispute=dispute, status="won")
        sync_payment(donation=gift, now=timezone.now())
        tasks.send_outgoing()

    expected = 1_002_000 if then == "won" else 2000
    assert on_account(succeeded) == books(succeeded)["stripe"] == expected
    assert pay_out(succeeded, officer).amount_cents == expected
    assert on_account(succeeded) == 0
    call_command("audit")


def test_check_payouts_brings_a_refused_payout_back_and_an_officer_sends_it_again(
    succeeded: Campaign, officer: User
) -> None:
    first = arrive(arrive(pay_out(succeeded, officer)), "failed")

    assert (first.status, first.failure) == (Progress.FAILED, "The bank account has been closed")
    assert books(succeeded) == {"stripe": 1_002_000, "promoter": -1_002_000}
    assert Mail.objects.filter(key__startswith=f"payout_failed:{first.pk}").count() == 1
    call_command("audit")
    client = desk_of(officer)
    assert "Came back · 1" in text_of(client.get(list_url(Outgoing)))
    money = CampaignMoney.objects.get()
    assert "€10,020 leave" in text_of(client.get(row_url(money, "pay_out")))
    take_step(client, row_url(money, "pay_out"))
    assert "Came back · 0" in text_of(client.get(list_url(Outgoing)))
    tasks.send_outgoing()
    assert books(succeeded) == {"paid_out": 1_002_000, "promoter": -1_002_000}
    call_command("audit")


def test_apply_event_reads_a_payout_again(succeeded: Campaign, officer: User, client: Client) -> None:
    outgoing = pay_out(succeeded, officer)
    twin("payout_outcome", payout=outgoing.stripe_id, status="paid")

    deliver(client, events()[-1])
    tasks.apply_events()

    outgoing.refresh_from_db()
    assert (events()[-1]["type"], outgoing.status) == ("payout.paid", Progress.PAID)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("trouble", ["drop_before", "drop_after", 409, 429, 500])
@pytest.mark.parametrize("later", [timedelta(minutes=1), timedelta(hours=25)])
def test_send_outgoing_makes_one_payout_whatever_is_lost(
    succeeded: Campaign, officer: User, trouble: str | int, later: timedelta
) -> None:
    outgoing = owe_payout(campaign=succeeded, by=officer, now=timezone.now())
    outgoing.attempts = 1
    twin("fail", path="/v1/payouts", status=trouble, count=1 if trouble == 429 else 3, work=True)
    with pytest.raises(StripeUnavailable):
        send_outgoing(outgoing=outgoing, now=timezone.now())
    twin("advance", seconds=later.total_seconds())
    outgoing.attempts = 2

    send_outgoing(outgoing=outgoing, now=timezone.now() + later + timedelta(hours=23))

    made = [one for one in events() if one["type"] == "payout.created"]
    assert len(made) == 1
    outgoing.refresh_from_db()
    assert outgoing.stripe_id == made[0]["data"]["object"]["id"]
    assert on_account(succeeded) == 0


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("trouble", ["drop_before", "drop_after", 500])
def test_send_outgoing_makes_one_transfer_whatever_is_lost(separate: Campaign, trouble: str | int) -> None:
    give(campaign=separate, amount_cents=1_000_000)
    end(separate)
    connect_stripe(separate.organization)
    twin("fail", path="/v1/transfers", status=trouble, count=3, work=True)
    tasks.send_outgoing()
    Outgoing.objects.update(next_attempt_at=timezone.now())

    tasks.send_outgoing()
    tasks.send_outgoing()

    assert Outgoing.objects.get().status == Progress.PAID
    assert on_account(separate) == 1_000_000


def test_separate_gifts_wait_with_the_platform_and_are_transferred_after_success(
    separate: Campaign, officer: User
) -> None:
    gift = give(campaign=separate, amount_cents=1_000_000)
    assert (gift.status, gift.stripe_account_id) == (Donation.Status.SETTLED, "")
    assert end(separate).status == Campaign.Status.SUCCEEDED
    tasks.send_outgoing()
    assert not Outgoing.objects.exists()
    with pytest.raises(NothingToPayOut):
        owe_payout(campaign=separate, by=officer, now=timezone.now())

    connect_stripe(separate.organization)
    tasks.send_outgoing()
    tasks.send_outgoing()

    assert Outgoing.objects.get().kind == Outgoing.Kind.TRANSFER
    assert at_account_cents(separate) == on_account(separate) == 1_000_000
    assert pay_out(separate, officer).amount_cents == 1_000_000
    assert (at_account_cents(separate), on_account(separate)) == (0, 0)
    call_command("audit")


def test_separate_refunds_come_from_the_platform(separate: Campaign, officer: User) -> None:
    gift = give(campaign=separate, amount_cents=1_000_000)
    other = give(campaign=separate)
    owe_refund(donation=other, by=officer, reason="Richiesta", now=timezone.now())
    tasks.send_refunds()
    other.refresh_from_db()
    assert other.status == Donation.Status.REFUNDED
    end(separate)
    connect_stripe(separate.organization)
    tasks.send_outgoing()
    assert on_account(separate) == 1_000_000

    owe_refund(donation=gift, by=officer, reason="Richiesta", now=timezone.now())
    tasks.send_outgoing()
    tasks.send_outgoing()
    tasks.send_refunds()

    assert on_account(separate) == 0
    assert Outgoing.objects.filter(kind=Outgoing.Kind.RECOVERY, status=Progress.PAID).count() == 1
    assert books(separate) == {}
    call_command("audit")


def test_choose_flow_needs_a_reason_and_happens_before_the_opening(campaign: Campaign, officer: User) -> None:
    with pytest.raises(FlowReasonMissing):
        choose(campaign, officer, reason=" ")
    with pytest.raises(WrongState):
        choose(campaign, officer)
    assert not FlowChoice.objects.exists()


def test_choose_flow_at_the_desk_lets_a_campaign_open_without_an_account(
    stripe: str, call: Call, officer: User, organizer: User
) -> None:
    application = make_application(
        call=call, organization=make_organization(user=organizer), cost_cents=2_000_000
    )
    campaign = make_scheduled_campaign(application=application, officer=officer)
    assert open_campaign(campaign=campaign, now=timezone.now()).status == Campaign.Status.SCHEDULED

    money = CampaignMoney.objects.get()
    response = take_step(
        desk_of(officer), row_url(money, "choose_flow"), flow="separate", reason="In ritardo"
    )

    assert "The way of the gifts is chosen." in text_of(response)
    assert open_campaign(campaign=campaign, now=timezone.now()).status == Campaign.Status.OPEN
    assert FlowChoice.objects.get().actor == officer


def test_create_checkout_of_a_separate_campaign_names_no_account(separate: Campaign) -> None:
    gift = give(campaign=separate)

    (intent,) = twin("truth")["payment_intents"].values()
    payment = stripe_gateway.retrieve_payment(gift)
    assert (intent["destination"], payment.destination, payment.reversible_cents) == (None, "", 0)


def test_warn_of_held_money_after_eighty_days_once(campaign: Campaign, gift: Donation, officer: User) -> None:
    end(campaign)
    limit = gift.charged_at + timedelta(days=80)
    with time_machine.travel(limit - timedelta(seconds=1), tick=False):
        tasks.warn_of_held_money()
    assert not Mail.objects.filter(key__startswith="money_held_long").exists()

    with time_machine.travel(limit, tick=False):
        tasks.warn_of_held_money()
        tasks.warn_of_held_money()

    assert Mail.objects.get(key__startswith="money_held_long").recipient == officer.email
    assert CampaignMoney.objects.held_long(limit).count() == 1
    pay_out(Campaign.objects.get(), officer)
    assert CampaignMoney.objects.held_long(limit).count() == 0


@pytest.mark.parametrize(
    ("constraint", "change"),
    [
        ("outgoing_times_match_status", {"status": "sent"}),
        ("outgoing_times_match_status", {"stripe_id": "po_1"}),
        ("outgoing_times_match_status", {"ended_at": timezone.now()}),
        ("outgoing_times_match_status", {"status": "cancelled"}),
    ],
)
def test_outgoing_keeps_its_promises(
    succeeded: Campaign, officer: User, constraint: str, change: dict[str, Any]
) -> None:
    outgoing = owe_payout(campaign=succeeded, by=officer, now=timezone.now())

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Outgoing.objects.filter(pk=outgoing.pk).update(**change)


@pytest.mark.parametrize(
    ("constraint", "change"),
    [
        ("outgoing_one_at_a_time", {}),
        ("outgoing_amount_positive", {"amount_cents": 0, "kind": "transfer"}),
        ("outgoing_payout_is_signed", {"actor": None}),
        ("outgoing_recovery_has_transfer", {"kind": "recovery"}),
    ],
)
def test_outgoing_is_born_with_its_promises(
    succeeded: Campaign, officer: User, constraint: str, change: dict[str, Any]
) -> None:
    outgoing = owe_payout(campaign=succeeded, by=officer, now=timezone.now())
    fields = {
        "kind": "payout",
        "campaign": succeeded,
        "stripe_account_id": outgoing.stripe_account_id,
        "amount_cents": 1,
        "actor": officer,
        "created_at": timezone.now(),
        "next_attempt_at": timezone.now(),
    }

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Outgoing.objects.create(**{**fields, **change})


def test_outgoing_is_what_was_decided_and_is_kept(succeeded: Campaign, officer: User) -> None:
    outgoing = owe_payout(campaign=succeeded, by=officer, now=timezone.now())

    with pytest.raises(DatabaseError, match="outgoing_is_what_was_decided"), transaction.atomic():
        Outgoing.objects.update(amount_cents=1)
    with pytest.raises(DatabaseError, match="outgoing_is_kept"), transaction.atomic():
        outgoing.delete()


def test_flow_choice_has_a_reason(campaign: Campaign, officer: User) -> None:
    with pytest.raises(IntegrityError, match="flow_choice_has_reason"), transaction.atomic():
        FlowChoice.objects.create(
            campaign=campaign, flow=SEPARATE, reason="", actor=officer, decided_at=timezone.now()
        )


def test_check_payouts_asks_about_what_is_on_its_way(succeeded: Campaign, officer: User) -> None:
    outgoing = pay_out(succeeded, officer)
    twin("payout_outcome", payout=outgoing.stripe_id, status="paid")

    tasks.check_payouts()

    outgoing.refresh_from_db()
    assert outgoing.status == Progress.PAID
