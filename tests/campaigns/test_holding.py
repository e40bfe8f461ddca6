"""How long Stripe may hold gifts, and what length that leaves a campaign."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from campaigns import rules
from campaigns.models import Campaign
from campaigns.services import HeldTooLong, approve_campaign, submit_campaign
from tests.desk import desk_of, row_url, text_of
from tests.factories import make_application, make_call, make_draft_campaign, make_organization

OPENS = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def in_review(officer: User, organizer: User) -> Campaign:
    """Return a campaign to approve, of a call that allows sixty days."""
    call = make_call(officer=officer)
    application = make_application(
        call=call, organization=make_organization(user=organizer), cost_cents=2_000_000
    )
    campaign = make_draft_campaign(application=application, officer=officer)
    return submit_campaign(campaign=campaign, now=timezone.now())


def test_latest_deadline_leaves_the_days_to_decide() -> None:
    assert rules.holding_limit(OPENS) == OPENS + timedelta(days=90)
    assert rules.latest_deadline(OPENS) == OPENS + timedelta(days=70)


@pytest.mark.parametrize(("seconds", "fits"), [(-1, True), (0, True), (1, False)])
def test_fits_holding_to_the_second(seconds: int, fits: bool) -> None:
    assert rules.fits_holding(OPENS, OPENS + timedelta(days=70, seconds=seconds)) is fits


@pytest.mark.parametrize(("days", "fits"), [(30, True), (32, False)])
def test_approve_campaign_refuses_what_stripe_could_not_hold(
    in_review: Campaign, officer: User, days: int, fits: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A call never allows more than sixty days, so only a shorter limit of Stripe's can be in the way.
    monkeypatch.setattr(rules, "HOLDING_DAYS", 50)
    opens_at = timezone.now() + timedelta(days=1)
    approve = {
        "campaign": in_review,
        "by": officer,
        "opens_at": opens_at,
        "days": days,
        "now": timezone.now(),
    }
    if fits:
        assert approve_campaign(**approve).status == Campaign.Status.SCHEDULED
        return
    with pytest.raises(HeldTooLong):
        approve_campaign(**approve)
    in_review.refresh_from_db()
    assert in_review.status == Campaign.Status.IN_REVIEW


def test_approve_tells_until_when_stripe_holds_the_money(in_review: Campaign, officer: User) -> None:
    words = text_of(desk_of(officer).get(row_url(in_review, "approve")))

    assert "Stripe may hold the first gift until" in words
