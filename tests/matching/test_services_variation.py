"""A lower cost by an approved variation: threshold and grant fall with it and never rise; not once reached."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from accounts.models import Mail, User
from calls.models import Call
from campaigns.models import Campaign, CostVariation
from campaigns.services import WrongState, suspend_campaign
from ledger.models import Account, Entry
from ledger.services import balance
from matching.models import Grant
from matching.services import ActMissing, CostNotLower, close_campaign, lower_cost, release_grant
from tests.factories import give, make_call, make_campaign
from tests.matching.undoing import awarded_campaign, undo

Kind = Account.Kind
ACT = {"act_number": " DD 88 ", "act_date": date(2026, 11, 2), "reason": " Un forno solo. "}


def lower(campaign: Campaign, by: User, cost_cents: int, **changes: Any) -> CostVariation:
    """Lower a campaign's cost."""
    fields = {"now": timezone.now(), **ACT, **changes}
    return lower_cost(campaign=campaign, cost_cents=cost_cents, by=by, **fields)


def shares(campaign: Campaign) -> tuple[int, int, int, int]:
    """Return cost, threshold, grant due and the promoter's own share, in cents."""
    campaign.refresh_from_db()
    return campaign.cost_cents, campaign.threshold_cents, campaign.grant_due_cents, campaign.own_cents


def test_threshold_and_grant_are_computed_again_downward_and_the_rest_is_the_funds(
    campaign: Campaign, officer: User
) -> None:
    variation = lower(campaign, officer, 1_500_001)

    assert shares(campaign) == (1_500_001, 750_001, 750_000, 0)
    assert (variation.old_cost_cents, variation.act_number, variation.reason) == (
        2_000_000,
        "DD 88",
        "Un forno solo.",
    )
    grant = Grant.objects.get()
    assert (grant.state, grant.amount_cents) == ("reserved", 750_000)
    assert (grant.cost_cents, grant.threshold_cents, grant.due_cents) == (1_500_001, 750_001, 750_000)
    assert balance(Kind.RESERVED, fund=campaign.fund, campaign=campaign) == 750_000
    assert balance(Kind.AVAILABLE, fund=campaign.fund) == 60_000_000 - 750_000
    entry = Entry.objects.get(key=f"variation:{variation.pk}")
    assert (entry.actor, entry.reason) == (officer, "DD 88: Un forno solo.")
    assert Mail.objects.filter(key__startswith=f"campaign_cost_lowered:{campaign.pk}").count() == 1
    # A second one goes further down, and the award is that of the last shares.
    lower(campaign, officer, 1_000_000)
    assert Mail.objects.filter(key__startswith=f"campaign_cost_lowered:{campaign.pk}").count() == 2
    give(campaign=campaign, amount_cents=500_000)
    assert release_grant(campaign=campaign, now=timezone.now()).amount_cents == 500_000
    call_command("audit")


def test_promoters_own_share_falls_first_where_the_cap_binds(
    stripe: str, officer: User, organizer: User
) -> None:
    call = make_call(officer=officer, cap_cents=5_000_000, cost_max_cents=12_000_000)
    campaign = make_campaign(officer=officer, promoter=organizer, call=call, cost_cents=12_000_000)
    assert shares(campaign) == (12_000_000, 6_000_000, 5_000_000, 1_000_000)

    lower(campaign, officer, 11_000_000)

    assert shares(campaign) == (11_000_000, 5_500_000, 5_000_000, 500_000)
    assert not Entry.objects.filter(key__startswith="variation:").exists()
    call_command("audit")


def test_gifts_that_are_enough_with_the_lower_threshold_reach_it_at_once(
    campaign: Campaign, officer: User
) -> None:
    give(campaign=campaign, amount_cents=600_000)
    now = timezone.now()

    lower(campaign, officer, 1_200_000, now=now)

    campaign.refresh_from_db()
    assert (campaign.reached_at, campaign.first_reached_at) == (now, now)
    assert release_grant(campaign=campaign, now=now).amount_cents == 600_000
    call_command("audit")


@pytest.mark.parametrize(
    ("cost_cents", "changes", "refusal"),
    [
        (2_000_000, {}, CostNotLower),
        (2_000_001, {}, CostNotLower),
        (99_999, {}, CostNotLower),
        (0, {}, CostNotLower),
        (-1, {}, CostNotLower),
        (1_000_000, {"act_number": " "}, ActMissing),
        (1_000_000, {"reason": " "}, ActMissing),
    ],
)
def test_cost_never_rises_nor_leaves_the_calls_limits_nor_moves_without_an_act(
    campaign: Campaign, officer: User, cost_cents: int, changes: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        lower(campaign, officer, cost_cents, **changes)

    assert shares(campaign) == (2_000_000, 1_000_000, 1_000_000, 0)
    assert not CostVariation.objects.exists()


def test_once_reached_the_shares_are_fixed_also_when_a_refund_undoes_it(
    campaign: Campaign, officer: User
) -> None:
    gift = give(campaign=campaign, amount_cents=1_000_000)
    with pytest.raises(WrongState):
        lower(campaign, officer, 1_000_000)
    undo(gift, officer)

    with pytest.raises(WrongState):
        lower(campaign, officer, 1_000_000)
    awarded_campaign(campaign)
    with pytest.raises(WrongState):
        lower(campaign, officer, 1_000_000)


@pytest.mark.parametrize("is_suspended", [True, False])
def test_from_the_deadline_on_the_shares_are_fixed(
    campaign: Campaign, officer: User, is_suspended: bool
) -> None:
    if is_suspended:
        suspend_campaign(campaign=campaign, by=officer, reason="Un controllo.", now=timezone.now())

    with pytest.raises(WrongState):
        lower(campaign, officer, 1_000_000, now=campaign.closes_at)
    if not is_suspended:
        close_campaign(campaign=campaign, now=campaign.closes_at)
        with pytest.raises(WrongState):
            lower(campaign, officer, 1_000_000)

    Campaign.objects.filter(pk=campaign.pk).update(status="suspended" if is_suspended else "open")
    assert lower(campaign, officer, 1_000_000, now=campaign.closes_at - timedelta(seconds=1)).pk


def test_postgresql_lets_shares_fall_only_as_a_variation_says(
    campaign: Campaign, call: Call, officer: User
) -> None:
    for change in (
        {"cost_cents": 1_000_000, "threshold_cents": 500_000, "grant_due_cents": 500_000},
        {"cost_cents": 3_000_000, "threshold_cents": 1_500_000, "grant_due_cents": 1_500_000},
    ):
        with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
            Campaign.objects.update(**change)
    lower(campaign, officer, 1_000_000)
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        Campaign.objects.update(cost_cents=2_000_000, threshold_cents=1_000_000, grant_due_cents=1_000_000)
    with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
        CostVariation.objects.update(reason="Altro.")
    fields = {
        "campaign": campaign,
        "old_cost_cents": 1_000_000,
        "cost_cents": 900_000,
        "threshold_cents": 450_000,
        "grant_due_cents": 450_000,
        "decided_by": officer,
        "decided_at": timezone.now(),
        **ACT,
    }
    for constraint, broken in [
        ("variation_has_an_act", {"act_number": ""}),
        ("variation_has_an_act", {"reason": ""}),
        ("variation_lowers_the_cost", {"cost_cents": 1_000_000}),
    ]:
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            CostVariation.objects.create(**{**fields, **broken})
