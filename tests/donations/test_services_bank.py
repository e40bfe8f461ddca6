"""Money that came back goes by bank transfer, once."""

from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Mail, User
from campaigns.models import Campaign
from donations import tasks
from donations.models import BankRefund, Donation, Reversal
from donations.services import (
    LinkSpent,
    MoreThanKept,
    NotPayable,
    NotRefundable,
    ask_again,
    ask_for_bank_account,
    bank_refund_of,
    give_bank_account,
    iban_of,
    kept_cents,
    owe_refund,
    record_bank_transfer,
    retry_refund,
    sync_payment,
)
from ledger.models import Account, Entry
from ledger.services import balance, raised_cents
from matching.services import close_campaign, settle_campaign
from tests.donations.at_stripe import refund_at_stripe, refunds_at_stripe
from tests.donations.returned import IBAN, come_back, fail_at_stripe, links, send_all
from tests.factories import give, twin
from tests.threads import at_once

Kind = Account.Kind
Progress = Reversal.Status
DAY = date(2026, 1, 31)


@pytest.fixture
def gift(campaign: Campaign) -> Donation:
    """Return a gift of 20 euro that counts."""
    return give(campaign=campaign)


@pytest.fixture
def asked(gift: Donation, officer: User) -> Reversal:
    """Return a refund by bank transfer whose donor is being asked for an account."""
    come_back(gift, officer)
    tasks.ask_for_bank_accounts()
    return Reversal.objects.get(method="bank")


@pytest.fixture
def ready(asked: Reversal) -> Reversal:
    """Return one whose donor has named an account."""
    give_bank_account(token=links()[-1], holder="Ada Neri", iban=IBAN, now=timezone.now())
    asked.refresh_from_db()
    return asked


def pay_by_bank(reversal: Reversal, officer: User, **changes: Any) -> Reversal:
    """Record a transfer."""
    fields: dict[str, Any] = {"paid_on": DAY, "reference": "CRO 12345", "reason": "Carta scaduta", **changes}
    return record_bank_transfer(reversal=reversal, by=officer, now=timezone.now(), **fields)


def refresh(*rows: Any) -> None:
    """Read rows again."""
    for row in rows:
        row.refresh_from_db()


# --- Parts -------------------------------------------------------------------------------------------------------------


def test_owe_refund_of_a_part_leaves_the_rest_counting(gift: Donation, officer: User) -> None:
    part = owe_refund(donation=gift, by=officer, reason="Importo", amount_cents=500, now=timezone.now())
    send_all()

    refresh(gift, part)
    assert (part.reason, part.status, gift.status) == ("part", Progress.SUCCEEDED, Donation.Status.SETTLED)
    assert (raised_cents(gift.campaign), kept_cents(gift)) == (1500, 1500)
    assert balance(Kind.REFUNDS_OWED, campaign=gift.campaign) == 0
    call_command("audit")


def test_owe_refund_of_equal_parts_are_as_many_refunds(gift: Donation, officer: User) -> None:
    parts = [
        owe_refund(donation=gift, by=officer, reason="Parte", amount_cents=500, now=timezone.now())
        for _number in range(3)
    ]
    send_all()

    assert sorted(refund.amount for refund in refunds_at_stripe(gift)) == [500, 500, 500]
    refresh(gift, *parts)
    assert {part.status for part in parts} == {Progress.SUCCEEDED}
    assert len({part.stripe_refund_id for part in parts}) == 3
    assert raised_cents(gift.campaign) == 500
    last = owe_refund(donation=gift, by=officer, reason="Il resto", amount_cents=500, now=timezone.now())
    send_all()
    refresh(gift)
    assert (last.reason, gift.status, raised_cents(gift.campaign)) == ("officer", "refunded", 0)
    call_command("audit")


@pytest.mark.parametrize("cents", [0, -1, 2001])
def test_owe_refund_of_more_than_is_kept_is_refused(gift: Donation, officer: User, cents: int) -> None:
    with pytest.raises(MoreThanKept):
        owe_refund(donation=gift, by=officer, reason="X", amount_cents=cents, now=timezone.now())

    assert not Reversal.objects.exists()


def test_owe_refund_counts_a_part_that_has_not_left(gift: Donation, officer: User) -> None:
    owe_refund(donation=gift, by=officer, reason="Parte", amount_cents=1500, now=timezone.now())

    with pytest.raises(MoreThanKept):
        owe_refund(donation=gift, by=officer, reason="Ancora", amount_cents=501, now=timezone.now())


def test_owe_refund_of_a_part_takes_the_reaching_back(campaign: Campaign, officer: User) -> None:
    gift = give(campaign=campaign, amount_cents=campaign.threshold_cents)

    owe_refund(donation=gift, by=officer, reason="Parte", amount_cents=1, now=timezone.now())

    refresh(campaign)
    assert campaign.reached_at is None


def test_failed_campaign_gives_back_what_a_part_on_its_way_left(
    campaign: Campaign, gift: Donation, officer: User
) -> None:
    owe_refund(donation=gift, by=officer, reason="Parte", amount_cents=500, now=timezone.now())
    close_campaign(campaign=campaign, now=campaign.closes_at)
    settle_campaign(campaign=campaign, now=campaign.closes_at)

    send_all(campaign.closes_at)

    refresh(gift, campaign)
    assert sorted(refund.amount for refund in refunds_at_stripe(gift)) == [500, 1500]
    assert (gift.status, campaign.status) == ("refunded", "refunded")
    call_command("audit")


def test_part_that_came_back_is_owed_by_bank_and_the_rest_counts(gift: Donation, officer: User) -> None:
    come_back(gift, officer, 500)

    refresh(gift)
    bank = Reversal.objects.get(method="bank")
    assert (bank.status, bank.amount_cents, bank.reason) == (Progress.ASKED, 500, "part")
    assert (gift.status, kept_cents(gift), raised_cents(gift.campaign)) == ("settled", 1500, 1500)
    call_command("audit")
    give_bank_account(token=links()[-1], holder="Ada", iban=IBAN, now=timezone.now())
    pay_by_bank(bank, officer)
    refresh(gift)
    assert (gift.status, raised_cents(gift.campaign)) == ("settled", 1500)
    assert balance(Kind.REFUNDS_OWED, campaign=gift.campaign) == 0
    call_command("audit")


def test_part_is_given_up_when_more_went_back_at_stripe(gift: Donation, officer: User) -> None:
    part = owe_refund(donation=gift, by=officer, reason="Parte", amount_cents=1500, now=timezone.now())
    refund_at_stripe(gift, 1000)
    sync_payment(donation=gift, now=timezone.now())

    refresh(part, gift)
    assert (part.status, kept_cents(gift), raised_cents(gift.campaign)) == (Progress.SUPERSEDED, 1000, 1000)
    call_command("audit")


# --- Asking ------------------------------------------------------------------------------------------------------------


def test_ask_for_bank_account_writes_one_link_and_keeps_only_its_digest(asked: Reversal) -> None:
    tasks.ask_for_bank_accounts()

    (token,) = links()
    assert (asked.status, asked.amount_cents, asked.donation.status) == ("asked", 2000, "refund_due")
    assert token not in asked.bank.link_digest and len(asked.bank.link_digest) == 64
    assert bank_refund_of(token, timezone.now()) == asked.bank
    call_command("audit")


def test_ask_for_bank_account_leaves_what_an_officer_tries_again(gift: Donation, officer: User) -> None:
    returned = come_back(gift, officer)
    retry_refund(reversal=returned, by=officer, now=timezone.now())

    assert ask_for_bank_account(reversal=returned, now=timezone.now()) is None
    assert links() == []


def test_ask_for_bank_account_leaves_a_contested_gift(gift: Donation, officer: User) -> None:
    returned = come_back(gift, officer)
    twin("dispute", charge=gift.stripe_charge_id)
    sync_payment(donation=gift, now=timezone.now())

    assert ask_for_bank_account(reversal=returned, now=timezone.now()) is None


@pytest.mark.parametrize("word", ["", "x", "x:y"])
def test_bank_refund_of_a_link_that_is_not_ours_is_nothing(asked: Reversal, word: str) -> None:
    token = links()[-1]

    assert bank_refund_of(word, timezone.now()) is None
    assert bank_refund_of(token[:-1] + "A" * (token[-1] != "A"), timezone.now()) is None


def test_bank_refund_of_a_link_ends_after_sixty_days(asked: Reversal) -> None:
    asked_at = asked.bank.asked_at

    assert bank_refund_of(links()[-1], asked_at + timedelta(days=60) - timedelta(seconds=1))
    assert bank_refund_of(links()[-1], asked_at + timedelta(days=60)) is None


def test_give_bank_account_seals_it_and_spends_the_link(ready: Reversal) -> None:
    bank = ready.bank
    assert (ready.status, bank.iban_last4, bank.holder) == (Progress.READY, "3456", "Ada Neri")
    assert IBAN.encode() not in bytes(bank.iban_sealed)
    assert iban_of(bank) == IBAN
    with pytest.raises(LinkSpent):
        give_bank_account(token=links()[-1], holder="Eva", iban=IBAN, now=timezone.now())
    assert not Mail.objects.filter(body__contains=IBAN).exists()
    assert "3456" in Mail.objects.get(key__startswith="donation_bank_given:").body


def test_ask_again_makes_the_older_link_and_account_void(ready: Reversal, officer: User) -> None:
    ask_again(reversal=ready, by=officer, now=timezone.now())

    refresh(ready)
    old, new = links()
    assert (ready.status, ready.bank.holder, bytes(ready.bank.iban_sealed)) == (Progress.ASKED, "", b"")
    with pytest.raises(LinkSpent):
        give_bank_account(token=old, holder="Eva", iban=IBAN, now=timezone.now())
    give_bank_account(token=new, holder="Ada", iban=IBAN, now=timezone.now())


def test_remind_of_bank_account_writes_at_each_step_once(
    asked: Reversal, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_at = asked.bank.asked_at
    sent = []
    for days in (14, 15, 16, 29, 30, 31, 59, 60, 61, 200):
        monkeypatch.setattr(timezone, "now", lambda days=days: asked_at + timedelta(days=days))
        for _again in range(2):
            tasks.remind_of_bank_accounts()
        sent.append(len(links()) - 1)

    assert sent == [0, 1, 1, 1, 2, 2, 2, 3, 3, 3]
    assert len(set(links())) == 4
    assert bank_refund_of(links()[-1], asked_at + timedelta(days=119))


def test_remind_of_bank_account_is_silent_once_it_is_answered(
    ready: Reversal, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = timezone.now() + timedelta(days=90)
    monkeypatch.setattr(timezone, "now", lambda: later)

    tasks.remind_of_bank_accounts()

    assert len(links()) == 1


# --- Paying ------------------------------------------------------------------------------------------------------------


def test_record_bank_transfer_settles_the_gift_and_the_campaign(
    campaign: Campaign, gift: Donation, officer: User
) -> None:
    close_campaign(campaign=campaign, now=campaign.closes_at)
    settle_campaign(campaign=campaign, now=campaign.closes_at)
    send_all(campaign.closes_at)
    fail_at_stripe(Reversal.objects.get())
    tasks.ask_for_bank_accounts()
    give_bank_account(token=links()[-1], holder="Ada", iban=IBAN, now=timezone.now())

    paid = pay_by_bank(Reversal.objects.get(method="bank"), officer)

    refresh(campaign, gift)
    assert (paid.status, gift.status, campaign.status) == (Progress.SUCCEEDED, "refunded", "refunded")
    entry = Entry.objects.get(key=f"bank_refund:{paid.pk}")
    assert (entry.kind, entry.actor, entry.reason) == ("bank_refund", officer, "Carta scaduta")
    assert balance(Kind.REFUNDS_OWED, campaign=campaign) == balance(Kind.STRIPE, campaign=campaign) == 0
    assert "CRO 12345" in Mail.objects.get(key__startswith="donation_bank_paid:").body
    call_command("audit")


def test_record_bank_transfer_happens_once(ready: Reversal, officer: User) -> None:
    pay_by_bank(ready, officer)

    with pytest.raises(NotPayable):
        pay_by_bank(ready, officer)
    with pytest.raises(NotRefundable):
        retry_refund(reversal=ready, by=officer, now=timezone.now())
    with pytest.raises(NotPayable):
        ask_again(reversal=ready, by=officer, now=timezone.now())
    assert Entry.objects.filter(kind="bank_refund").count() == 1


def test_record_bank_transfer_needs_an_account(asked: Reversal, officer: User) -> None:
    with pytest.raises(NotPayable):
        pay_by_bank(asked, officer)


@pytest.mark.parametrize("missing", ["reference", "reason"])
def test_record_bank_transfer_needs_its_proof(ready: Reversal, officer: User, missing: str) -> None:
    with pytest.raises(NotPayable):
        pay_by_bank(ready, officer, **{missing: "  "})


def test_record_bank_transfer_of_a_contested_gift_is_refused(ready: Reversal, officer: User) -> None:
    twin("dispute", charge=ready.donation.stripe_charge_id)
    sync_payment(donation=ready.donation, now=timezone.now())

    with pytest.raises(NotPayable):
        pay_by_bank(ready, officer)
    call_command("audit")


def test_retry_refund_is_refused_once_an_account_is_there(ready: Reversal, officer: User) -> None:
    failed = ready.replaces
    assert failed

    for reversal in (ready, failed):
        with pytest.raises(NotRefundable):
            retry_refund(reversal=reversal, by=officer, now=timezone.now())


def test_retry_refund_gives_an_unanswered_transfer_up(asked: Reversal, officer: User) -> None:
    again = retry_refund(reversal=asked, by=officer, now=timezone.now())
    send_all()

    refresh(asked, again)
    assert (asked.status, again.status, again.replaces) == (Progress.SUPERSEDED, Progress.SUCCEEDED, asked)
    with pytest.raises(LinkSpent):
        give_bank_account(token=links()[-1], holder="Ada", iban=IBAN, now=timezone.now())
    call_command("audit")


def test_database_lets_a_refund_be_replaced_once(asked: Reversal) -> None:
    twice = {
        "donation": asked.donation,
        "amount_cents": 1,
        "reason": "part",
        "note": "x",
        "replaces": asked.replaces,
    }
    with pytest.raises(IntegrityError, match="replaces"), transaction.atomic():
        Reversal.objects.create(
            **twice,
            actor=User.objects.first(),
            created_at=timezone.now(),
            next_attempt_at=timezone.now(),
        )


@pytest.mark.parametrize("status", ["due", "sent", "asked", "ready"])
def test_database_keeps_one_way_back_at_a_time(asked: Reversal, status: str) -> None:
    refund = "re_x" if status == "sent" else None
    with pytest.raises(IntegrityError, match="reversal_one_at_a_time"), transaction.atomic():
        Reversal.objects.create(
            donation=asked.donation,
            amount_cents=1,
            reason="failure",
            status=status,
            stripe_refund_id=refund,
            method="stripe" if status in ("due", "sent") else "bank",
            replaces=None if status in ("due", "sent") else asked,
            created_at=timezone.now(),
            next_attempt_at=timezone.now(),
        )


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("reversal_status_matches_method", {"status": "due"}),
        ("reversal_times_match_status", {"status": "succeeded"}),
        ("reversal_times_match_status", {"stripe_refund_id": "re_1"}),
    ],
)
def test_database_ties_states_of_a_bank_refund(
    asked: Reversal, constraint: str, changes: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Reversal.objects.filter(pk=asked.pk).update(**changes)


def test_database_asks_what_a_bank_refund_replaces(gift: Donation) -> None:
    now = timezone.now()
    with pytest.raises(IntegrityError, match="reversal_by_bank_replaces_one"), transaction.atomic():
        Reversal.objects.create(
            donation=gift,
            amount_cents=1,
            reason="failure",
            method="bank",
            status="asked",
            created_at=now,
            next_attempt_at=now,
        )


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("bank_refund_answer_is_whole", {"holder": ""}),
        ("bank_refund_answer_is_whole", {"iban_last4": ""}),
        ("bank_refund_answer_is_whole", {"iban_sealed": b""}),
        ("bank_refund_answer_is_whole", {"link_digest": "x", "link_expires_at": timezone.now()}),
        ("bank_refund_link_expires", {"link_expires_at": timezone.now()}),
        ("bank_refund_payment_is_proved", {"paid_on": DAY}),
        ("bank_refund_payment_is_proved", {"reference": "CRO"}),
        ("bank_refund_answered_after_asked", {"asked_at": timezone.now() + timedelta(days=1)}),
    ],
)
def test_database_ties_the_times_of_a_bank_refund(
    ready: Reversal, constraint: str, changes: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        BankRefund.objects.filter(pk=ready.bank.pk).update(**changes)


def test_database_keeps_a_paid_bank_refund_as_it_is(ready: Reversal, officer: User) -> None:
    pay_by_bank(ready, officer)

    with pytest.raises(Exception, match="bank_refund_paid_is_final"), transaction.atomic():
        BankRefund.objects.filter(reversal=ready).update(reference="CRO altro")
    with pytest.raises(Exception, match="bank_refund_is_kept"), transaction.atomic():
        BankRefund.objects.filter(reversal=ready)._raw_delete("default")


# --- At once -----------------------------------------------------------------------------------------------------------


def tried(job: Any) -> bool:
    """Run a service and say whether it was done."""
    try:
        return job() is not None
    except (NotPayable, NotRefundable, LinkSpent):
        return False


@pytest.mark.usefixtures("real_transactions")
def test_bank_and_stripe_at_once_give_back_once(campaign: Campaign, officer: User) -> None:
    for number in range(6):
        gift = give(campaign=campaign, email=f"d{number}@example.org")
        returned = come_back(gift, officer)

        done = at_once(
            partial(tried, partial(ask_for_bank_account, reversal=returned, now=timezone.now())),
            partial(tried, partial(retry_refund, reversal=returned, by=officer, now=timezone.now())),
        )

        assert gift.reversals.under_way().count() == 1
        assert any(done)
        waiting = gift.reversals.under_way().get()
        if waiting.status == Progress.ASKED:
            answer = partial(give_bank_account, token=links()[-1], holder="A", iban=IBAN, now=timezone.now())
            again = partial(retry_refund, reversal=waiting, by=officer, now=timezone.now())
            assert sum(at_once(partial(tried, answer), partial(tried, again))) == 1
        ready = gift.reversals.filter(status=Progress.READY).first()
        if ready:
            pay = partial(pay_by_bank, ready, officer)
            assert sum(at_once(*[partial(tried, pay)] * 4)) == 1
        send_all()
        assert gift.reversals.filter(status=Progress.SUCCEEDED).count() == 1
    call_command("audit")
