"""The formula of the award, by example."""

import pytest

from matching.rules import grant_cents


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
