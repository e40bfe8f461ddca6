"""A call's page, as people meet it in the browser."""

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from accounts.models import User
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
