"""What a step's page says that workers do afterwards is what they then do, to the cent and to the mail."""

from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.utils import timezone

from accounts.models import Mail, User
from calls.models import Call
from campaigns.models import Campaign
from campaigns.services import suspend_campaign
from civicfund.desk.effects import Foretold
from donations import tasks
from donations.models import CampaignMoney, Difference, Outgoing, Reconciliation, Reversal
from donations.services import begin_run, end_run, sync_outgoing
from ledger.models import Entry
from matching.services import settle_campaign
from matching.tasks import release_due_grants
from tests.desk import desk_of, row_url, take_step
from tests.donations.comparing import ODD
from tests.factories import give, twin
from tests.matching.short import reached, short_call
from tests.matching.undoing import end
from tests.vetting import judging
from vetting.tasks import tell_members


def told(response: HttpResponse) -> Foretold:
    """Return what a step's page has computed."""
    assert response.status_code == 200, response
    found: Foretold = response.context["foretold"]
    assert found is not None and not found.refusal
    return found


def later(found: Foretold) -> tuple[list[int], int]:
    """Return what moves later, in cents, and how many mails leave then."""
    moved = [one.cents for one in found.movements if one.later]
    return moved, sum(one.count for one, _people in found.mailings if one.later)


def mails(prefix: str) -> int:
    """Count the mails of a kind."""
    return Mail.objects.filter(key__startswith=prefix).count()


def moved(kind: Entry.Kind) -> int:
    """Return what the entries of a kind have moved, in cents."""
    rows = Entry.objects.filter(kind=kind, postings__amount_cents__gt=0)
    return sum(rows.values_list("postings__amount_cents", flat=True))


def test_the_refunds_of_an_ended_campaign(campaign: Campaign, officer: User) -> None:
    for number, cents in enumerate((100_000, 2_500)):
        give(campaign=campaign, amount_cents=cents, email=f"donor{number}@example.org")
    suspend_campaign(campaign=campaign, by=officer, reason="Un controllo.", now=timezone.now())
    desk, address = desk_of(officer), row_url(campaign, "end")

    cents, number = later(told(desk.post(address, {"reason": "Chiude.", "preview": "1"})))
    take_step(desk, address, reason="Chiude.")
    settle_campaign(campaign=campaign, now=timezone.now())
    tasks.send_refunds()

    assert cents == [102_500] == [moved(Entry.Kind.REFUND)]
    assert number == 2 == mails("donation_refunded:")


def test_a_payout(campaign: Campaign, officer: User) -> None:
    give(campaign=campaign, amount_cents=1_000_000)
    end(campaign)
    desk, address = desk_of(officer), row_url(CampaignMoney.objects.get(), "pay_out")

    cents, number = later(told(desk.get(address)))
    take_step(desk, address)
    tasks.send_outgoing()
    outgoing = Outgoing.objects.get()
    twin("payout_outcome", payout=outgoing.stripe_id, status="paid")
    sync_outgoing(outgoing=outgoing, now=timezone.now())

    assert cents == [1_000_000] == [moved(Entry.Kind.PAYOUT)]
    assert number == 1 == mails("payout_paid:")


@pytest.fixture
def difference(db: None, stripe: str) -> Difference:
    """Let something differ between the books and Stripe, so that no grant leaves."""
    now = timezone.now()
    run = begin_run(kind=Reconciliation.Kind.RECENT, since=now, not_after=now, now=now)
    assert run
    end_run(run=run, looked_at=1, healed=0, findings=[ODD], now=now)
    return Difference.objects.get()


def test_the_grants_that_a_difference_has_held(
    difference: Difference, officer: User, organizer: User, monkeypatch: Any
) -> None:
    monkeypatch.setattr("matching.services.line.QUIET", timedelta(0))
    call = short_call(officer, 3_000_000)
    for _number in range(2):
        reached(call, officer, organizer)
    desk, address = desk_of(officer), row_url(difference, "clear")

    cents, number = later(told(desk.get(address)))
    take_step(desk, address, reason="Chiarito.")
    before = Mail.objects.count()
    release_due_grants()

    # The fund is filled by the call's allocation when it is first used.
    assert cents == [3_000_000, 2_000_000] == [moved(Entry.Kind.ALLOCATION), moved(Entry.Kind.GRANT)]
    assert number == Mail.objects.count() - before > 0


@pytest.mark.parametrize("name", ["assign_evenly", "due"])
def test_the_mails_to_a_committee(call: Call, officer: User, name: str, monkeypatch: Any) -> None:
    monkeypatch.setattr("vetting.tasks.SETTLED_AFTER", timedelta(0))
    judging.make_committee(call, by=officer, members=3)
    judging.make_applications(call, 2)
    made = judging.make_round if name == "assign_evenly" else judging.make_assigned_round
    round_ = made(call, by=officer, readers=3)
    due_at = timezone.localtime(timezone.now() + timedelta(days=20)).strftime("%Y-%m-%dT%H:%M")
    typed = {"due_at": due_at} if name == "due" else {}
    desk, address = desk_of(officer), row_url(round_, name)

    cents, number = later(told(desk.post(address, {**typed, "preview": "1"})))
    take_step(desk, address, **typed)
    tell_members()

    assert (cents, number) == ([], 3)
    assert mails("committee_assigned:") == 3 and not Reversal.objects.exists()
