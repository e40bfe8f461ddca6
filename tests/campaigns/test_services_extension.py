"""More days for a batch: by an act, before the deadline, for all that opened that day, never beyond what the call allows."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from accounts.models import Mail, User
from calls.models import Call
from campaigns import rules
from campaigns.models import Campaign, DeadlineExtension
from campaigns.services import (
    BadSchedule,
    HeldTooLong,
    NothingToExtend,
    RemarksMissing,
    batch_of,
    extend_deadline,
    resume_campaign,
    suspend_campaign,
)
from donations.services import start_donation
from tests.factories import make_call, make_campaign

Status = Campaign.Status
ACT = {"act_number": " DD 77 ", "act_date": date(2026, 11, 2), "reason": " Sciopero dei trasporti. "}


@pytest.fixture
def call(stripe: str, officer: User) -> Call:
    """Return a call whose campaigns last up to 50 days."""
    return make_call(officer=officer, campaign_days_max=50)


@pytest.fixture
def batch(call: Call, officer: User, organizer: User) -> list[Campaign]:
    """Return two campaigns of 40 days that opened today; one of another call opened today too, one earlier."""
    earlier = timezone.now() - timedelta(days=5)
    campaigns = [make_campaign(officer=officer, promoter=organizer, call=call) for _number in range(2)]
    make_campaign(officer=officer, promoter=organizer, call=make_call(officer=officer))
    make_campaign(officer=officer, promoter=organizer, call=call, now=earlier)
    return campaigns


def extend(call: Call, by: User, days: int, **changes: Any) -> DeadlineExtension:
    """Extend the campaigns of a call that opened today."""
    fields = {"opening_day": timezone.localdate(), "now": timezone.now(), **ACT, **changes}
    return extend_deadline(call=call, days=days, by=by, **fields)


def test_whole_batch_and_nobody_else_has_more_days(batch: list[Campaign], call: Call, officer: User) -> None:
    first, second = batch
    old_end = first.closes_at
    suspend_campaign(campaign=second, by=officer, reason="Un controllo.", now=timezone.now())

    extension = extend(call, officer, 50)

    assert (extension.campaigns, extension.act_number, extension.reason, extension.decided_by) == (
        2,
        "DD 77",
        "Sciopero dei trasporti.",
        officer,
    )
    assert sorted(campaign.days for campaign in Campaign.objects.all()) == [40, 40, 50, 50]
    first.refresh_from_db()
    assert first.closes_at - old_end in (timedelta(days=10), timedelta(days=10, hours=1))
    assert timezone.localtime(first.closes_at).hour == 0
    assert Mail.objects.filter(key__startswith="campaign_extended:").count() == 2
    gift = start_donation(campaign=first, amount_cents=1000, email="a@example.org", now=old_end)
    assert gift.pk and resume_campaign(campaign=second, by=officer, now=timezone.now()).days == 50


@pytest.mark.parametrize(
    ("days", "changes", "refusal"),
    [
        (50, {"act_number": " "}, RemarksMissing),
        (50, {"reason": " "}, RemarksMissing),
        (51, {}, BadSchedule),
        (40, {}, BadSchedule),
        (30, {}, BadSchedule),
        (50, {"opening_day": date(2026, 1, 1)}, NothingToExtend),
    ],
)
def test_nothing_moves_without_an_act_or_outside_the_calls_length(
    batch: list[Campaign],
    call: Call,
    officer: User,
    days: int,
    changes: dict[str, Any],
    refusal: type[Exception],
) -> None:
    with pytest.raises(refusal):
        extend(call, officer, days, **changes)

    assert {campaign.days for campaign in Campaign.objects.all()} == {40}
    assert not DeadlineExtension.objects.exists()


def test_from_the_deadline_on_nothing_is_extended(batch: list[Campaign], call: Call, officer: User) -> None:
    deadline = batch[0].closes_at

    with pytest.raises(NothingToExtend):
        extend(call, officer, 50, now=deadline)

    assert batch_of(call=call, opening_day=timezone.localdate(), now=deadline).count() == 0
    assert extend(call, officer, 50, now=deadline - timedelta(seconds=1)).campaigns == 2


def test_length_of_each_campaign_of_the_batch_has_to_grow(
    batch: list[Campaign], call: Call, officer: User, organizer: User
) -> None:
    make_campaign(officer=officer, promoter=organizer, call=call, days=45)

    with pytest.raises(BadSchedule):
        extend(call, officer, 45)

    assert extend(call, officer, 46).campaigns == 3


def test_stripe_has_to_hold_the_first_gift_until_the_decision(
    batch: list[Campaign], call: Call, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A call never allows more than sixty days, so only a shorter limit of Stripe's can be in the way.
    monkeypatch.setattr(rules, "HOLDING_DAYS", 65)

    with pytest.raises(HeldTooLong):
        extend(call, officer, 48)

    assert extend(call, officer, 44).campaigns == 2


def test_extension_is_kept_with_its_act(batch: list[Campaign], call: Call, officer: User) -> None:
    extend(call, officer, 50)

    for change in ({"act_number": "DD 1"}, {"reason": ""}):
        with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
            DeadlineExtension.objects.update(**change)
    with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
        DeadlineExtension.objects.all().delete()
    fields = {"opening_day": timezone.localdate(), "days": 5, "decided_by": officer, **ACT}
    for constraint, broken in [
        ("extension_has_an_act", {"campaigns": 1, "act_number": ""}),
        ("extension_has_an_act", {"campaigns": 1, "reason": ""}),
        ("extension_extends_something", {"campaigns": 0}),
    ]:
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            DeadlineExtension.objects.create(call=call, decided_at=timezone.now(), **{**fields, **broken})
