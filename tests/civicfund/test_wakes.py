"""One message that nobody has taken up yet wakes for all."""

from typing import Any

import pytest
import redis

from civicfund import wakes
from civicfund.quick_redis import quick_redis
from civicfund.wakes import begin_to_look, must_wake

NAME = "tests.a_task"


@pytest.fixture(autouse=True)
def asleep() -> None:
    begin_to_look(NAME)


def test_must_wake_falls_to_one_until_the_task_looks() -> None:
    assert [must_wake(NAME) for _turn in range(3)] == [True, False, False]
    assert must_wake(f"{NAME}.other")

    begin_to_look(NAME)
    assert [must_wake(NAME) for _turn in range(2)] == [True, False]
    begin_to_look(f"{NAME}.other")


def test_must_wake_holds_nobody_back_for_long(settings: Any) -> None:
    must_wake(NAME)

    line = quick_redis(settings.REDIS_URL)
    assert 0 < line.ttl(f"woken:{NAME}") <= wakes.LASTS_SECONDS
    # As when Redis is emptied, and the message with the mark.
    line.delete(f"woken:{NAME}")
    assert must_wake(NAME)


def test_must_wake_falls_to_all_while_redis_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(url: str) -> redis.Redis:
        raise redis.ConnectionError

    monkeypatch.setattr(wakes, "quick_redis", away)

    assert [must_wake(NAME) for _turn in range(2)] == [True, True]
    begin_to_look(NAME)
