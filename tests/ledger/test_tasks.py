"""Funds of published calls are filled by themselves."""

from datetime import datetime
from typing import Any
from unittest.mock import patch

import pytest

from accounts.models import User
from ledger import services
from ledger.models import Account, Entry
from ledger.services import balance
from ledger.tasks import allocate_published_funds
from tests.factories import make_call, make_draft_call

Kind = Account.Kind


def test_allocate_published_funds_fills_every_published_fund_once(officer: User) -> None:
    calls = [make_call(officer=officer, fund_cents=cents) for cents in (6_000_000, 7_000_000)]

    allocate_published_funds()
    allocate_published_funds()

    assert [balance(Kind.AVAILABLE, fund=call.funds.get()) for call in calls] == [6_000_000, 7_000_000]
    assert Entry.objects.count() == 2


def test_allocate_published_funds_leaves_drafts_alone(officer: User) -> None:
    make_draft_call()

    allocate_published_funds()

    assert Account.objects.count() == 0


def test_allocate_published_funds_goes_on_after_a_fund_that_fails(
    officer: User, caplog: pytest.LogCaptureFixture
) -> None:
    bad, good = [make_call(officer=officer, fund_cents=cents).funds.get() for cents in (6_000_000, 7_000_000)]
    allocate = services.allocate_fund

    def fail_once(*, fund: object, now: datetime) -> Entry:
        if fund == bad:
            raise RuntimeError
        return allocate(fund=fund, now=now)

    with patch.object(services, "allocate_fund", fail_once):
        allocate_published_funds()

    assert f"fund {bad.pk} is not allocated" in caplog.text
    assert balance(Kind.AVAILABLE, fund=good) == 7_000_000
    assert balance(Kind.AVAILABLE, fund=bad) == 0


def test_allocate_published_funds_asks_one_question_when_all_are_filled(
    officer: User, django_assert_num_queries: Any
) -> None:
    for _number in range(3):
        make_call(officer=officer)
    allocate_published_funds()

    with django_assert_num_queries(3):
        allocate_published_funds()
