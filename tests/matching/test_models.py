"""What PostgreSQL refuses about grants."""

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, models, transaction
from django.utils import timezone

from campaigns.models import Campaign
from matching.models import Grant
from matching.services import release_grant
from tests.factories import give

NOW = timezone.now()


#: A change that would award a grant, were it not for the missing evidence.
AWARDED: dict[str, Any] = {
    "state": "awarded",
    "awarded_at": NOW,
    "raised_cents": 1_000_000,
    "available_cents": 60_000_000,
    "reached_at": NOW,
    "rule_version": "2026-1",
}
RESERVED = [
    ("grant_within_cap", {"amount_cents": 1_000_001}),
    ("grant_within_cap", {"due_cents": 999_999}),
    ("grant_within_cap", {"cap_cents": 999_999}),
    ("grant_within_cost", {"cost_cents": 1_999_999}),
    ("grant_within_cost", {"threshold_cents": 1_000_001}),
    ("grant_times_match_state", {"reserved_at": None}),
    ("grant_times_match_state", {"awarded_at": NOW}),
    ("grant_times_match_state", {"returned_at": NOW}),
    ("grant_times_match_state", {"state": "returned"}),
    ("grant_times_match_state", {"state": "waitlisted", "waitlisted_at": NOW}),
    ("grant_times_match_state", {"state": "waitlisted", "amount_cents": 0}),
    ("grant_award_has_evidence", AWARDED),
]
MISSING = [
    {"raised_cents": None},
    {"raised_cents": 999_999},
    {"available_cents": None},
    {"available_cents": 999_999},
    {"reached_at": None},
    {"rule_version": ""},
    {"evidence": None},
]
LATER = [
    {"amount_cents": 999_999},
    {"state": "returned", "returned_at": NOW, "awarded_at": None},
    {"raised_cents": 2_000_000},
    {"rule_version": "other"},
]


@pytest.fixture
def reserved(campaign: Campaign) -> Grant:
    """Return a grant of 10,000 euro that is set aside."""
    return campaign.grant


@pytest.fixture
def awarded(campaign: Campaign) -> Grant:
    """Return a grant of 10,000 euro that is awarded."""
    give(campaign=campaign, amount_cents=1_000_000)
    grant = release_grant(campaign=campaign, now=NOW)
    assert grant is not None
    return grant


def test_grant_set_aside_fits_its_numbers_and_times(reserved: Grant) -> None:
    for constraint, change in RESERVED:
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            Grant.objects.filter(pk=reserved.pk).update(**change)


def test_grant_is_awarded_on_evidence_only(campaign: Campaign, reserved: Grant) -> None:
    give(campaign=campaign)
    complete = {**AWARDED, "evidence": campaign.accounts.get(kind="donors").postings.get().entry}

    for missing in MISSING:
        with pytest.raises(IntegrityError, match="grant_award_has_evidence"), transaction.atomic():
            Grant.objects.filter(pk=reserved.pk).update(**{**complete, **missing})

    assert Grant.objects.filter(pk=reserved.pk).update(**complete) == 1


def test_grant_once_awarded_is_never_changed(awarded: Grant) -> None:
    for change in LATER:
        with pytest.raises(DatabaseError, match="is kept"), transaction.atomic():
            Grant.objects.filter(pk=awarded.pk).update(**change)


def test_grant_once_awarded_is_kept(awarded: Grant) -> None:
    with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
        Grant.objects.filter(pk=awarded.pk)._raw_delete("default")


def test_grant_is_one_per_campaign(reserved: Grant) -> None:
    reserved.pk = None

    with pytest.raises(IntegrityError, match="campaign_id"), transaction.atomic():
        models.Model.save(reserved, force_insert=True)
