"""Wait for what other processes do: look again and again, never longer than said."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

PAUSE_SECONDS = 0.25


def until(look: Callable[[], Found], what: str, seconds: float = 40) -> Found:
    """Return the first truthy answer of `look`; raise AssertionError that names `what` after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"after {seconds:.0f} seconds still not: {what} (found {found!r})")
        time.sleep(PAUSE_SECONDS)
