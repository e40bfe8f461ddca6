"""A fund grows, shrinks and passes on only by an act, and never under what is promised."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from calls.models import Call, Fund, Stop
from calls.services import switch_off
from campaigns.models import Campaign
from ledger.models import Account, Entry
from ledger.services import balance
from matching.models import AdministrativeAct, FundMovement, Grant
from matching.services import (
    ActMissing,
    FundCommitted,
    MovedAlready,
    NothingMoves,
    OtherSum,
    WindowUndecided,
    carry_over_fund,
    close_campaign,
    decrease_fund,
    funds_to_pass_on,
    increase_fund,
    release_grant,
    settle_campaign,
)
from tests.factories import give, make_application, make_call, make_campaign, make_organization
from tests.matching.short import accept, act, offered, reached, release, short_call

Kind = Account.Kind


def told(officer: User, **changes: Any) -> dict[str, Any]:
    """Return what every movement is told."""
    return {"act": act(), "reason": "Nuovo bilancio.", "by": officer, "now": timezone.now(), **changes}


def sums(fund: Fund) -> tuple[int, int]:
    """Return what is allocated to a fund and what is left of it, in cents."""
    return -balance(Kind.ALLOCATED, fund=fund), balance(Kind.AVAILABLE, fund=fund)


@pytest.fixture
def fund(stripe: str, call: Call) -> Fund:
    """Return a fund of 600,000 euro that nobody has used yet."""
    return call.funds.get()


def test_increase_fund_adds_money_by_its_act(fund: Fund, officer: User) -> None:
    movement = increase_fund(fund=fund, amount_cents=5_000_001, **told(officer))

    assert sums(fund) == (65_000_001, 65_000_001)
    assert (movement.kind, movement.amount_cents, movement.moved_by) == ("increase", 5_000_001, officer)
    assert movement.act == AdministrativeAct.objects.get(number="DD 1/2027", date=date(2027, 3, 14))
    assert (movement.entry.kind, movement.entry.actor) == (Entry.Kind.INCREASE, officer)
    assert movement.entry.reason == "DD 1/2027 · 14/03/2027 · Area Cultura: Nuovo bilancio."
    call_command("audit")


def test_increase_fund_by_the_same_act_again_is_refused(fund: Fund, officer: User) -> None:
    increase_fund(fund=fund, amount_cents=100, **told(officer))

    with pytest.raises(MovedAlready):
        increase_fund(fund=fund, amount_cents=100, **told(officer))
    increase_fund(fund=fund, amount_cents=100, **told(officer, act=act(kind="council")))

    assert sums(fund)[0] == 60_000_200
    assert AdministrativeAct.objects.count() == 2


@pytest.mark.parametrize("move", [increase_fund, decrease_fund])
@pytest.mark.parametrize(
    ("cents", "changes", "refusal"),
    [
        (0, {}, NothingMoves),
        (-1, {}, NothingMoves),
        (100, {"reason": "  "}, ActMissing),
        (100, {"act": act(" ")}, ActMissing),
        (100, {"act": act(office="")}, ActMissing),
    ],
)
def test_movement_needs_an_amount_an_act_and_a_reason(
    fund: Fund, officer: User, move: Any, cents: int, changes: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        move(fund=fund, amount_cents=cents, **told(officer, **changes))

    assert not FundMovement.objects.exists()
    assert not Entry.objects.filter(kind__in=["increase", "decrease"]).exists()


def test_increase_fund_opens_nothing_by_itself_but_makes_room(
    stripe: str, officer: User, organizer: User
) -> None:
    call = short_call(officer, 1_000_000)
    first, second = (reached(call, officer, organizer) for _number in range(2))
    release(first)
    assert release(second).state == Grant.State.WAITLISTED

    now = timezone.now() + timedelta(minutes=1)
    increase_fund(fund=call.funds.get(), amount_cents=1_000_000, **told(officer, now=now))

    grant = Grant.objects.get(campaign=second)
    assert (grant.state, grant.awarded_at) == (Grant.State.AWARDED, now)
    call_command("audit")


def test_increase_fund_never_revives_a_failed_campaign(stripe: str, officer: User, organizer: User) -> None:
    call = short_call(officer, 1_000_000)
    failed = make_campaign(officer=officer, promoter=organizer, call=call, cost_cents=2_000_000)
    close_campaign(campaign=failed, now=failed.closes_at)
    settle_campaign(campaign=failed, now=failed.closes_at)

    increase_fund(fund=call.funds.get(), amount_cents=1_000_000, **told(officer, now=failed.closes_at))

    assert not Grant.objects.filter(state="awarded").exists()


def test_decrease_fund_takes_what_is_left_and_no_cent_more(campaign: Campaign, officer: User) -> None:
    fund = campaign.fund
    with pytest.raises(FundCommitted) as refused:
        decrease_fund(fund=fund, amount_cents=59_000_001, **told(officer))
    assert (refused.value.available_cents, refused.value.hit) == (59_000_000, [campaign])

    decrease_fund(fund=fund, amount_cents=59_000_000, **told(officer))

    assert sums(fund) == (1_000_000, 0)
    call_command("audit")


def test_decrease_fund_names_the_last_in_the_line_first(
    stripe: str, officer: User, organizer: User, call: Call
) -> None:
    campaigns = [make_campaign(officer=officer, promoter=organizer, call=call) for _number in range(4)]
    early, late, waiting, last = campaigns
    now = timezone.now()
    for campaign, instant in ((late, now + timedelta(seconds=5)), (early, now)):
        give(campaign=campaign, amount_cents=1_000_000, now=instant)
    release_grant(campaign=early, now=now)
    release_grant(campaign=late, now=now)

    def hit(cents: int) -> list[Campaign]:
        with pytest.raises(FundCommitted) as refused:
            decrease_fund(fund=call.funds.get(), amount_cents=56_000_000 + cents, **told(officer))
        return refused.value.hit

    assert hit(1) == hit(1_000_000) == [last]
    assert hit(1_000_001) == [last, waiting]
    assert hit(2_000_001) == [last, waiting, late]
    assert hit(4_000_000) == [last, waiting, late, early]


@pytest.fixture
def windows(stripe: str, officer: User) -> Call:
    """Return a call whose first window has closed and whose second one follows, each with a fund of its own."""
    now = timezone.now()
    sessions = [
        {
            "opens_at": now - timedelta(days=30),
            "closes_at": now + timedelta(hours=1),
            "allocation_cents": 2_000_000,
        },
        {
            "opens_at": now + timedelta(days=5),
            "closes_at": now + timedelta(days=60),
            "allocation_cents": 1_000_000,
        },
    ]
    return make_call(officer=officer, fund_cents=3_000_000, cap_cents=1_000_000, sessions=sessions)


def carry(call: Call, officer: User, hours: int = 2, **changes: Any) -> FundMovement:
    """Pass on what the first window has left over, some hours from now."""
    now = timezone.now() + timedelta(hours=hours)
    first = call.sessions.earliest("opens_at").fund
    left = {"amount_cents": balance(Kind.AVAILABLE, fund=first)}
    return carry_over_fund(fund=first, **told(officer, now=now, **{**left, **changes}))


def test_carry_over_fund_passes_the_rest_on_when_the_last_grant_is_decided(
    windows: Call, officer: User, organizer: User
) -> None:
    first, second = (session.fund for session in windows.sessions.order_by("opens_at"))
    campaign = make_campaign(officer=officer, promoter=organizer, call=windows)
    give(campaign=campaign, amount_cents=1_000_000)
    with pytest.raises(WindowUndecided) as refused:
        carry(windows, officer, hours=0)
    assert len(refused.value.reasons) == 3
    release_grant(campaign=campaign, now=timezone.now())
    with pytest.raises(WindowUndecided) as refused:
        carry(windows, officer)
    assert len(refused.value.reasons) == 1
    close_campaign(campaign=campaign, now=campaign.closes_at)
    settle_campaign(campaign=campaign, now=campaign.closes_at)

    with pytest.raises(OtherSum):
        carry(windows, officer, amount_cents=999_999)
    movement = carry(windows, officer)

    assert (movement.amount_cents, movement.to_fund) == (1_000_000, second)
    assert sums(first) == (1_000_000, 0)
    assert sums(second) == (2_000_000, 2_000_000)
    call_command("audit")
    with pytest.raises(NothingMoves):
        carry(windows, officer, act=act("DD 2/2027"))


def test_carry_over_fund_waits_for_applications_and_campaigns_to_come(
    windows: Call, officer: User, organizer: User
) -> None:
    make_application(call=windows, organization=make_organization(user=organizer))

    with pytest.raises(WindowUndecided):
        carry(windows, officer)


def test_carry_over_fund_needs_a_window_that_follows(fund: Fund, officer: User) -> None:
    with pytest.raises(WindowUndecided):
        carry_over_fund(fund=fund, amount_cents=1, **told(officer))


def test_carry_over_fund_completes_partial_awards_first(stripe: str, officer: User, organizer: User) -> None:
    now = timezone.now()
    edges = [(-30, 1, 1_500_000), (5, 9, 1_000_000)]
    sessions = [
        {
            "opens_at": now + timedelta(days=opens),
            "closes_at": now + timedelta(days=closes),
            "allocation_cents": cents,
        }
        for opens, closes, cents in edges
    ]
    call = short_call(officer, 2_500_000, sessions=sessions)
    campaigns = [reached(call, officer, organizer) for _number in range(2)]
    release(campaigns[0])
    accept(offered(campaigns[1]), organizer)
    for campaign in campaigns:
        close_campaign(campaign=campaign, now=campaign.closes_at)
        settle_campaign(campaign=campaign, now=campaign.closes_at)

    # While releases are stopped, money can be there and a partial award still wait for it.
    switch_off(
        call=call,
        what=Stop.What.RELEASES,
        by=officer,
        reason="Prova.",
        public_reason="",
        now=timezone.now(),
    )
    fund = call.sessions.earliest("opens_at").fund
    increase_fund(fund=fund, amount_cents=100, **told(officer))

    with pytest.raises(WindowUndecided) as refused:
        carry(call, officer, hours=25)

    assert len(refused.value.reasons) == 1
    assert not funds_to_pass_on(timezone.now() + timedelta(days=2)).exists()


MOVEMENT = [
    ("movement_has_amount_and_reason", {"amount_cents": 0}),
    ("movement_has_amount_and_reason", {"reason": ""}),
    ("movement_target_matches_kind", {"kind": "carry_over"}),
    ("movement_target_matches_kind", {"to_fund_id": True}),
]


def test_movement_fits_its_kind_and_is_kept(fund: Fund, officer: User) -> None:
    increase_fund(fund=fund, amount_cents=100, **told(officer))
    row = FundMovement.objects.values().get()
    other = Entry.objects.get(kind="allocation").pk

    for constraint, change in MOVEMENT:
        changed = {name: fund.pk if value is True else value for name, value in change.items()}
        fields = {**row, "id": None, "kind": "decrease", "entry_id": other, **changed}
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            FundMovement.objects.create(**fields)
    for constraint, change in (
        ("movement_once_per_act", {"entry_id": other}),
        ("entry_id", {"kind": "decrease"}),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            FundMovement.objects.create(**{**row, "id": None, **change})
    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        FundMovement.objects.update(amount_cents=200)
    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        FundMovement.objects.all()._raw_delete("default")


def test_act_has_a_name_once_and_is_kept(fund: Fund, officer: User) -> None:
    increase_fund(fund=fund, amount_cents=100, **told(officer))
    row = {**AdministrativeAct.objects.values().get(), "id": None}

    with pytest.raises(IntegrityError, match="act_once"), transaction.atomic():
        AdministrativeAct.objects.create(**row)
    for change in ({"number": ""}, {"office": ""}):
        with pytest.raises(IntegrityError, match="act_is_named"), transaction.atomic():
            AdministrativeAct.objects.create(**{**row, **change})
    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        AdministrativeAct.objects.update(number="DD 9/2027")
