"""The formula of the award, by example."""

import pytest

from matching.rules import grant_cents, has_reached


@pytest.mark.parametrize(
    ("raised", "threshold", "reached"),
    [
        (0, 1, False),
        (4_999_999, 5_000_000, False),
        (5_000_000, 5_000_000, True),
        (5_000_001, 5_000_000, True),
        (1_000_000, 1_000_001, False),
    ],
)
def test_has_reached_means_at_least(raised: int, threshold: int, reached: bool) -> None:
    assert has_reached(raised, threshold) is reached


@pytest.mark.parametrize(
    ("due", "available", "part", "whole"),
    [
        (5_000_000, 60_000_000, 5_000_000, 5_000_000),
        (5_000_000, 5_000_000, 5_000_000, 5_000_000),
        (5_000_000, 4_999_999, 4_999_999, 0),
        (5_000_000, 1, 1, 0),
        (5_000_000, 0, 0, 0),
        (5_000_000, -1, 0, 0),
        (1, 1, 1, 1),
    ],
)
def test_grant_cents_is_what_is_due_or_what_is_left(due: int, available: int, part: int, whole: int) -> None:
    assert grant_cents(due, available, partial_allowed=True) == part
    assert grant_cents(due, available, partial_allowed=False) == whole
