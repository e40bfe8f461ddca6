"""Drafting, publishing and freezing calls."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone, translation

from accounts.models import User
from calls.admin_forms import CallDeskForm
from calls.models import (
    Call,
    CallSession,
    Criterion,
    DeclarationText,
    DocumentRequirement,
    Fund,
    Theme,
)
from calls.services import (
    CallIsPublished,
    CallNotPublishable,
    draft_call,
    edit_call,
    publish_call,
    record_outcome,
)
from calls.services.faults import PARTS, rule_faults
from tests.factories import call_fields, make_call, make_draft_call
from tests.threads import at_once

NOW = timezone.now()
DAY = timedelta(days=1)
SHARED = {"opens_at": NOW, "closes_at": NOW + DAY}
LATER = {"opens_at": NOW + DAY, "closes_at": NOW + 2 * DAY}

#: One fault each: what is wrong, and a word of the sentence that says so.
FAULTS = [
    ({"cap_cents": 0}, "cap per project is zero"),
    ({"fund_cents": 0}, "fund is zero"),
    ({"fund_cents": 4_999_999}, "larger than the whole fund"),
    ({"minimum_gift_cents": 49}, "under 50 cents"),
    ({"cost_min_cents": 200, "cost_max_cents": 199}, "below the lowest"),
    ({"eligible_kinds": []}, "No kind of body"),
    ({"integration_days": 0}, "Nobody could answer"),
    ({"excluded_boroughs": list(range(1, 10))}, "All nine boroughs"),
    ({"project_months_max": 0}, "zero months"),
    ({"campaign_days_min": 0}, "shortest campaign"),
    ({"campaign_days_min": 41, "campaign_days_max": 40}, "shortest campaign"),
    ({"campaign_days_max": 61}, "60 days"),
    ({"donor_limit_cents": 199}, "Less counts of one donor"),
    ({"offline_share_bp": 10_001}, "More than 100 % of the threshold"),
    ({"min_partial_cents": 0}, "A part of nothing"),
    ({"min_partial_cents": 5_000_001}, "above the cap per project"),
    ({"min_partial_cents": 2, "partial_policy": "none"}, "Only whole grants"),
    ({"offer_days": 0}, "no day to answer"),
    ({"offer_days": 11, "partial_policy": "auto"}, "nobody answers"),
    ({"keep_days": 0, "funding_mode": "keep_it_all"}, "no day to confirm"),
    ({"leave_days": 0, "funding_mode": "keep_it_all"}, "could not take their gift back"),
    ({"keep_days": 11}, "nobody confirms"),
    ({"cure_days": 0, "promoter_may_cure": True}, "no day in which the promoter"),
    ({"cure_days": 31}, "these days come to 91"),
    ({"cure_days": 16, "funding_mode": "keep_it_all"}, "these days come to 91"),
    ({"advance_bp": 10_001}, "More than 100 % of the grant"),
    ({"advance_bp": 0, "advance_wait_days": 1}, "No advance is paid"),
    ({"sessions": []}, "no application window"),
    (
        {"sessions": [SHARED, {**LATER, "opens_at": NOW + DAY - timedelta(seconds=1)}]},
        "Windows 1 and 2 overlap",
    ),
    ({"sessions": [{**SHARED, "allocation_cents": 60_000_000}, LATER]}, "Some windows have a share"),
    ({"sessions": [{**SHARED, "allocation_cents": 59_999_999}]}, "do not add up to the fund"),
    ({"themes": []}, "no theme"),
    ({"criteria": [], "pass_mark": 60}, "no criterion"),
    (
        {"criteria": [{"name": "Utilità", "max_points": 100, "min_points": 101}]},
        "“Utilità” needs more points",
    ),
    ({"pass_mark": 101}, "pass mark is 101"),
    ({"criteria": [{"name": "U", "max_points": 100, "weight_bp": 5000}], "pass_mark": 51}, "give 50 points"),
]


@pytest.mark.parametrize(("changes", "sentence"), FAULTS)
def test_publish_call_tells_each_fault_once(officer: User, changes: dict, sentence: str) -> None:
    call = make_draft_call(**changes)

    with translation.override("en"), pytest.raises(CallNotPublishable) as refusal:
        publish_call(call=call, by=officer, now=NOW)

    assert len(refusal.value.faults) == 1
    assert sentence in refusal.value.faults[0].words
    assert refusal.value.faults[0].field in CallDeskForm.base_fields or refusal.value.faults[0].field in PARTS
    call.refresh_from_db()
    assert call.status == Call.Status.DRAFT
    assert not call.funds.exists()


def test_publish_call_tells_two_faults_in_two_sentences(officer: User) -> None:
    call = make_draft_call(eligible_kinds=[], themes=[])

    with pytest.raises(CallNotPublishable) as refusal:
        publish_call(call=call, by=officer, now=NOW)

    assert len(refusal.value.faults) == 2
    assert str(refusal.value) == "; ".join(fault.words for fault in refusal.value.faults)


def test_shares_above_the_whole_cost_are_refused_by_database_and_rules(db: None) -> None:
    with pytest.raises(IntegrityError, match="call_shares_within_cost"):
        make_draft_call(threshold_bp=5001, grant_bp=5000)

    whole = {"cap_cents": 1, "fund_cents": 1, "eligible_kinds": ["aps"], "grant_bp": 5000}
    assert [fault.field for fault in rule_faults(Call(threshold_bp=5001, **whole))] == ["grant_bp"]
    assert rule_faults(Call(threshold_bp=5000, **whole)) == []


@pytest.mark.parametrize(
    "rules",
    [
        {"keep_days": 0},
        {"offer_days": 0, "partial_policy": "none", "min_partial_cents": 1},
        {"min_partial_cents": 5_000_000},
        {"cure_days": 30},
        {"cure_days": 15, "funding_mode": "keep_it_all", "keep_days": 14, "leave_days": 1},
        {"advance_bp": 0, "advance_wait_days": 0, "cure_days": 0},
        {"donor_limit_cents": 200, "offline_share_bp": 0},
    ],
)
def test_rules_at_their_limits_fit_together(rules: dict) -> None:
    fields = {
        name: value for name, value in call_fields(NOW).items() if name not in PARTS and name != "documents"
    }

    assert rule_faults(Call(**{**fields, **rules})) == []


def test_publish_call_keeps_who_and_when(officer: User) -> None:
    call = publish_call(call=make_draft_call(), by=officer, now=NOW)

    assert (call.status, call.published_by, call.published_at) == (Call.Status.PUBLISHED, officer, NOW)
    assert call in Call.objects.published()


def test_publish_call_makes_one_fund_for_windows_without_shares(officer: User) -> None:
    call = publish_call(call=make_draft_call(sessions=[SHARED, LATER]), by=officer, now=NOW)

    fund = call.funds.get()
    assert fund.allocation_cents == 60_000_000
    assert [session.fund for session in call.sessions.all()] == [fund, fund]


def test_publish_call_makes_a_fund_for_each_window_with_a_share(officer: User) -> None:
    sessions = [{**SHARED, "allocation_cents": 20_000_000}, {**LATER, "allocation_cents": 40_000_000}]

    call = publish_call(call=make_draft_call(sessions=sessions), by=officer, now=NOW)

    assert [fund.allocation_cents for fund in call.funds.all()] == [20_000_000, 40_000_000]
    assert [session.fund.allocation_cents for session in call.sessions.all()] == [20_000_000, 40_000_000]
    assert call.funds.first().name != call.funds.last().name


@pytest.mark.parametrize("share", [None, 60_000_000])
def test_publish_call_with_the_longest_title_and_edition(officer: User, share: int | None) -> None:
    call = make_draft_call(
        title="T" * 150, edition="E" * 20, sessions=[{**SHARED, "allocation_cents": share}]
    )

    published = publish_call(call=call, by=officer, now=NOW)

    assert published.funds.get().name.startswith("T" * 100)


def test_publish_call_twice(officer: User) -> None:
    call = make_call(officer=officer)

    with pytest.raises(CallIsPublished):
        publish_call(call=call, by=officer, now=NOW)

    assert call.funds.count() == 1


def test_publish_call_of_a_stale_draft(officer: User) -> None:
    stale = make_draft_call()
    publish_call(call=Call.objects.get(pk=stale.pk), by=officer, now=NOW)

    with pytest.raises(CallIsPublished):
        publish_call(call=stale, by=officer, now=NOW)


def test_edit_call_only_while_it_is_a_draft(officer: User) -> None:
    call = make_draft_call()

    edit_call(call=call, cap_cents=4_000_000)

    call.refresh_from_db()
    assert call.cap_cents == 4_000_000
    published = publish_call(call=call, by=officer, now=NOW)
    with pytest.raises(CallIsPublished):
        edit_call(call=published, cap_cents=1)


@pytest.mark.parametrize(
    "change",
    [
        lambda call: Call.objects.filter(pk=call.pk).update(cap_cents=1),
        lambda call: Call.objects.filter(pk=call.pk).update(title="Altro"),
        lambda call: Call.objects.filter(pk=call.pk).update(status="draft", published_at=None),
        lambda call: Call.objects.filter(pk=call.pk)._raw_delete("default"),
    ],
    ids=["rule", "text", "back to draft", "delete"],
)
def test_published_call_is_frozen_by_the_database(call: Call, change: Callable[[Call], object]) -> None:
    with pytest.raises(Exception, match="is frozen") as refusal, transaction.atomic():
        change(call)

    assert "psycopg2" in type(refusal.value.__cause__).__module__
    call.refresh_from_db()
    assert call.cap_cents == 5_000_000


NEW_PARTS = {
    Fund: {"name": "Altro", "allocation_cents": 1},
    CallSession: {"number": 9, "opens_at": NOW, "closes_at": NOW + DAY},
    Theme: {"name": "Altro"},
    Criterion: {"name": "Altro", "max_points": 1},
    DocumentRequirement: {"name": "Altro"},
    DeclarationText: {"key": "altro", "title": "Altro", "text": "Altro."},
}
CHANGES = {
    Fund: {"allocation_cents": 1},
    CallSession: {"closes_at": NOW + 90 * DAY},
    Theme: {"name": "Altro"},
    Criterion: {"max_points": 1},
    DocumentRequirement: {"required": False},
    DeclarationText: {"text": "Altro."},
}


@pytest.mark.parametrize("part", list(NEW_PARTS), ids=lambda part: part.__name__)
def test_parts_of_a_published_call_are_frozen_by_the_database(call: Call, part: type) -> None:
    rows = part.objects.filter(call=call)
    assert rows.exists()

    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        part.objects.create(call=call, **NEW_PARTS[part])
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        rows.update(**CHANGES[part])
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        rows._raw_delete("default")


@pytest.mark.parametrize(
    "part", [Theme, Criterion, DocumentRequirement, DeclarationText], ids=lambda part: part.__name__
)
def test_parts_move_neither_into_nor_out_of_a_published_call(call: Call, part: type) -> None:
    draft = make_draft_call(themes=["Un altro tema"])

    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        part.objects.filter(call=draft).update(call=call)
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        part.objects.filter(call=call).update(call=draft)


@pytest.mark.parametrize("part", list(CHANGES), ids=lambda part: part.__name__)
def test_parts_of_a_draft_may_change(db: None, part: type) -> None:
    draft = make_draft_call()
    if part is Fund:
        Fund.objects.create(call=draft, name="Fondo", allocation_cents=2)

    rows = part.objects.filter(call=draft)
    there = rows.count()
    assert rows.update(**CHANGES[part]) == there > 0
    assert rows._raw_delete("default") == there


@pytest.mark.usefixtures("real_transactions")
@pytest.mark.parametrize(
    "write",
    [
        lambda call: Theme.objects.create(call=call, name="Altro"),
        lambda call: Criterion.objects.filter(call=call).update(max_points=1),
        lambda call: DocumentRequirement.objects.filter(call=call)._raw_delete("default"),
    ],
    ids=["new", "changed", "removed"],
)
def test_part_saved_while_somebody_publishes_waits_and_is_refused(
    officer: User, write: Callable[[Call], object]
) -> None:
    call = make_draft_call()
    held = threading.Event()

    def publish() -> bool:
        with transaction.atomic():
            publish_call(call=call, by=officer, now=NOW)
            held.set()
            return somebody_waits_for_a_lock()

    def save() -> bool:
        assert held.wait(10)
        with pytest.raises(IntegrityError, match="frozen"):
            write(call)
        return True

    assert at_once(publish, save) == [True, True]
    assert [theme.name for theme in call.themes.all()] == ["Beni comuni"]
    assert [criterion.max_points for criterion in call.criteria.all()] == [100]
    assert call.document_requirements.count() == 1


def somebody_waits_for_a_lock() -> bool:
    """Say whether, within two seconds, another connection has to wait for a lock."""
    for _turn in range(40):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone() != (0,):
                return True
        time.sleep(0.05)
    return False


def test_draft_call_writes_nothing_when_a_part_is_wrong(db: None) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        draft_call(now=NOW, **call_fields(NOW, themes=["Uno", "Uno"]))

    assert not Call.objects.exists()


def test_record_outcome_replaces_what_was_there(call: Call) -> None:
    record_outcome(call=call, donors=10, source="un giornale")

    outcome = record_outcome(call=call, donors=12, source="un altro giornale")

    call.refresh_from_db()
    assert call.outcome == outcome
    assert (outcome.donors, outcome.source) == (12, "un altro giornale")


def test_accepting_knows_the_open_windows_of_published_calls(officer: User) -> None:
    draft = make_draft_call(sessions=[SHARED])
    published = make_call(officer=officer, sessions=[SHARED, LATER])

    assert list(Call.objects.accepting(NOW)) == [published]
    assert list(Call.objects.accepting(NOW + 2 * DAY - timedelta(seconds=1))) == [published]
    assert list(Call.objects.accepting(NOW + 2 * DAY)) == []
    assert list(Call.objects.accepting(NOW - timedelta(seconds=1))) == []
    assert draft.session_open_at(NOW) is not None
