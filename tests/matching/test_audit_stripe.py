"""The books against Stripe's own list of charges, and the nightly audit."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import InternalError, connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import User
from campaigns.models import Campaign
from donations.services import claim_reversals, owe_refund, send_refund
from matching.audit import STRIPE_CHECK, UNDER_WAY, compare_with_stripe
from matching.models import AuditRun
from matching.services import record_audit
from matching.tasks import audit_money
from tests.desk import desk_of
from tests.donations.at_stripe import refund_at_stripe
from tests.factories import give, make_donation, pay, twin

#: After the gifts of a test, when none of them may still be under way.
LATER = UNDER_WAY + timedelta(minutes=1)


def rows() -> list[Any]:
    """Return what the comparison finds a little later."""
    return compare_with_stripe(now=timezone.now() + LATER)[STRIPE_CHECK]


def test_compare_with_stripe_finds_nothing_when_all_is_booked(campaign: Campaign, officer: User) -> None:
    give(campaign=campaign, amount_cents=2000)
    back = give(campaign=campaign, amount_cents=5000)
    owe_refund(donation=back, by=officer, reason="Richiesta", now=timezone.now())
    for reversal in claim_reversals(now=timezone.now()):
        send_refund(reversal=reversal, now=timezone.now())

    assert rows() == []
    call_command("audit")


def test_compare_with_stripe_finds_a_payment_the_books_do_not_have(campaign: Campaign) -> None:
    pay(make_donation(campaign=campaign, amount_cents=3000))

    (row,) = rows()

    assert row[2:] == (3000, 0, "not in the books")
    assert compare_with_stripe(now=timezone.now())[STRIPE_CHECK] == []


def test_compare_with_stripe_finds_a_refund_the_books_do_not_have(campaign: Campaign) -> None:
    gift = give(campaign=campaign, amount_cents=4000)
    refund_at_stripe(gift, 1000)

    (row,) = rows()

    assert row[0] == gift.stripe_charge_id
    assert row[2:] == (4000, 1000, (4000, 0))


def test_compare_with_stripe_finds_a_gift_stripe_does_not_have(campaign: Campaign) -> None:
    give(campaign=campaign)
    twin("reset")

    assert rows() == [("gifts in the books", 1, "of them at Stripe", 0)]


def test_audit_says_when_stripe_was_not_asked(campaign: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stripe.HTTPClient._sleep_time_seconds", lambda *args, **kwargs: 0)
    twin("fail", path="/v1/charges", method="GET", status=500, count=9)

    with pytest.raises(CommandError, match="not asked"):
        call_command("audit")
    call_command("audit", books_only=True)


@pytest.mark.parametrize(("hour", "runs"), [(3, 0), (4, 1), (23, 1)])
def test_audit_money_runs_once_a_day_from_four_on(campaign: Campaign, hour: int, runs: int) -> None:
    zone = timezone.get_default_timezone()
    today = timezone.localdate()
    with time_machine.travel(datetime(today.year, today.month, today.day, hour, 30, tzinfo=zone), tick=False):
        audit_money()
        audit_money()

    assert AuditRun.objects.filter(is_balanced=True).count() == runs


def test_audit_money_keeps_what_it_finds_and_the_desk_shows_it(campaign: Campaign, officer: User) -> None:
    pay(make_donation(campaign=campaign, amount_cents=3000))
    # At noon: before four in the morning the day's audit is still to come.
    with time_machine.travel((timezone.localtime() + timedelta(days=1)).replace(hour=12)):
        audit_money()
        page = desk_of(officer).get("/gestione/")

    run = AuditRun.objects.get()
    assert not run.is_balanced and list(run.broken) == [STRIPE_CHECK]
    assert "/matching/auditrun/?queue=broken" in page.content.decode()


@pytest.mark.parametrize("found", [{}, {"one": [(1,)]}])
def test_home_tells_the_result(campaign: Campaign, client: Client, found: dict[str, Any]) -> None:
    run = record_audit(found=found, now=timezone.now())

    page = client.get("/")

    assert page.context["audit"] == run
    assert f"{timezone.localtime(run.ran_at):%H:%M}" in page.content.decode()


def test_audit_run_is_kept(db: None) -> None:
    record_audit(found={}, now=timezone.now())

    for statement in ("UPDATE matching_auditrun SET is_balanced = false", "DELETE FROM matching_auditrun"):
        with (
            pytest.raises(InternalError, match="Cannot"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
