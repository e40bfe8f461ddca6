"""A call's page, as people meet it in the browser."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from tests.desk import text_of
from tests.factories import make_call

DAY = timedelta(days=1)


def test_call_detail_computes_examples_by_the_calls_own_rules(client: Client, officer: User) -> None:
    call = make_call(officer=officer, cost_min_cents=0, cost_max_cents=None)
    limited = make_call(officer=officer, cost_max_cents=8_000_000)

    examples = {
        one["cost_cents"]: one["promise"] for one in client.get(call.get_absolute_url()).context["examples"]
    }
    refused = {
        one["cost_cents"]: one["promise"]
        for one in client.get(limited.get_absolute_url()).context["examples"]
    }

    assert examples[15_000_000].own_cents == 2_500_000
    assert examples[10_000_000].grant_cents == 5_000_000
    assert refused[9_600_000] is None
    assert refused[8_000_000] is not None


def test_call_detail_names_what_each_window_does(client: Client, officer: User) -> None:
    now = timezone.now()
    windows = [(-9, -3), (-1, 1), (3, 9)]
    sessions = [{"opens_at": now + start * DAY, "closes_at": now + end * DAY} for start, end in windows]
    call = make_call(officer=officer, sessions=sessions)

    context = client.get(call.get_absolute_url()).context

    assert [session.state_key for session in context["sessions"]] == ["closed", "open", "future"]
    assert context["open_session"] == call.sessions.all()[1]


@pytest.mark.parametrize(
    ("rules", "said", "unsaid"),
    [
        (
            {},
            [
                "All or nothing.",
                "who has 10 days to accept it",
                "A campaign opens only when the fund can set its whole share aside.",
                "it has 10 days to get there again",
                "cannot make up what is missing",
                "takes gifts until its deadline",
                "count for up to 30% of the threshold",
                "never more than what the gifts leave to pay",
                "Up to 70% of it can be paid in advance, not before 14 days",
            ],
            ["reduced project", "Parts under"],
        ),
        (
            {"funding_mode": "keep_it_all", "keep_days": 12, "leave_days": 1},
            ["reduced project within 12 days", "then has 1 day to take the gift back"],
            ["All or nothing"],
        ),
        (
            {"reservation_mode": "first_reached", "partial_policy": "none", "cure_days": 0},
            ["Only whole shares are given", "no days are added"],
            ["set its whole share aside", "who has 10 days", "completes the parts", "with new gifts"],
        ),
        (
            {
                "partial_policy": "auto",
                "min_partial_cents": 250_000,
                "promoter_may_cure": True,
                "stops_when_covered": True,
                "offline_share_bp": 0,
                "settlement_policy": "fixed_half",
                "advance_bp": 0,
                "advance_wait_days": 0,
            },
            [
                "the campaign gets what is left.",
                "Parts under €2,500 are not given",
                "may also make up what is missing",
                "ends early, as soon as",
                "only gifts made here do",
                "whatever was given",
                "there is no advance",
            ],
            ["who has 10 days", "until its deadline", "Cash never counts", "gifts leave to pay"],
        ),
    ],
)
def test_call_detail_says_each_rule_of_money(
    client: Client, officer: User, rules: dict, said: list[str], unsaid: list[str]
) -> None:
    call = make_call(officer=officer, **rules)

    words = text_of(client.get(call.get_absolute_url(), headers={"accept-language": "en"}))

    assert [sentence for sentence in said if sentence not in words] == []
    assert [sentence for sentence in unsaid if sentence in words] == []
