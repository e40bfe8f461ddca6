"""What a call says to who asks whether they may apply, before an application and at it."""

import pytest
from django.utils import timezone, translation

from accounts.models import OrgKind, User
from calls.models import Call
from calls.rules import seat_is_admitted
from calls.services import ApplicationRefused, submit_application
from calls.services.eligibility import borough_fault, cost_fault, duration_fault, kind_fault, seat_fault
from tests.factories import make_call, make_draft_application, make_organization


@pytest.mark.parametrize(
    ("city", "asked", "promised", "fits"),
    [
        ("Milano", "", False, True),
        ("Roma", "", False, True),
        ("  MILANO ", "Milano", False, True),
        ("San  Donato", "san donato", False, True),
        ("Roma", "Milano", False, False),
        ("Roma", "Milano", True, True),
        ("", "Milano", False, False),
    ],
)
def test_seat_is_admitted(city: str, asked: str, promised: bool, fits: bool) -> None:
    assert seat_is_admitted(city, asked, promised) is fits


def test_a_promise_counts_only_where_the_call_takes_it() -> None:
    assert seat_fault(Call(seat_city="Milano", seat_may_be_promised=False), "Roma", promised=True)
    assert not seat_fault(Call(seat_city="Milano", seat_may_be_promised=True), "Roma", promised=True)
    assert seat_fault(Call(seat_city="Milano", seat_may_be_promised=True), "Roma")


@pytest.mark.parametrize(
    ("least", "most", "cost", "words"),
    [
        (100_000, 10_000_000, 99_999, "between €1,000 and €100,000"),
        (100_000, 10_000_000, 10_000_001, "between €1,000 and €100,000"),
        (100_000, None, 99_999, "at least €1,000"),
        (0, None, 0, "has to cost something"),
        (0, 10_000_000, 0, "between €0 and €100,000"),
        (100_000, 10_000_000, 100_000, ""),
        (100_000, 10_000_000, 10_000_000, ""),
        (0, None, 1, ""),
    ],
)
def test_cost_fault_at_each_limit(least: int, most: int | None, cost: int, words: str) -> None:
    with translation.override("en"):
        fault = cost_fault(Call(cost_min_cents=least, cost_max_cents=most), cost)

    assert words in fault
    assert bool(fault) is bool(words)


def test_faults_at_each_border() -> None:
    call = Call(eligible_kinds=["aps"], excluded_boroughs=[1], project_months_max=10)

    assert not kind_fault(call, OrgKind.APS)
    assert kind_fault(call, OrgKind.MSME)
    assert not borough_fault(call, 2)
    assert borough_fault(call, 1)
    assert [bool(duration_fault(call, months)) for months in (0, 1, 10, 11)] == [True, False, False, True]
    assert not seat_fault(call, "Roma")


@pytest.mark.parametrize(("promise", "refused"), [(False, True), (True, False)])
def test_submit_application_judges_the_seat_by_the_same_words(
    officer: User, organizer: User, promise: bool, refused: bool
) -> None:
    call = make_call(officer=officer, seat_city="Lodi", seat_may_be_promised=promise)
    application = make_draft_application(call=call, organization=make_organization(user=organizer))

    if refused:
        with pytest.raises(ApplicationRefused) as refusal:
            submit_application(application=application, by=organizer, now=timezone.now())
        assert refusal.value.faults == [seat_fault(call, "Milano")]
    else:
        assert submit_application(application=application, by=organizer, now=timezone.now()).protocol_number
