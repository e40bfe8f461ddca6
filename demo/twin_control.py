"""Play the donor, the bank and the passing of time at the local Stripe."""

import http.client
import json
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

#: The day the local Stripe's clock has to start from, since it cannot go back: before the story's first payment.
STORY_BEGINS = datetime(2025, 4, 1, tzinfo=UTC)


#: It hangs up on who is silent for two minutes, in seconds.
IDLE = 60


class TwinRefusal(Exception):
    """Say that the local Stripe did not follow an order."""


class TwinControl:
    """Give orders to the local Stripe over one connection."""

    def __init__(self, address: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
        self._spoken_at = time.monotonic()
        # How far its clock is ahead of ours, in seconds, once it has told.
        self._offset: float | None = None

    def order(self, name: str, /, **details: Any) -> dict[str, Any]:
        """Have one order followed and return the answer. Raise TwinRefusal."""
        body = json.dumps(details)
        if time.monotonic() - self._spoken_at > IDLE:
            # The next request opens it again.
            self._connection.close()
        self._connection.request("POST", f"/_twin/{name}", body, {"Content-Type": "application/json"})
        answer = self._connection.getresponse()
        text = answer.read().decode()
        self._spoken_at = time.monotonic()
        if answer.status != http.HTTPStatus.OK:
            raise TwinRefusal(f"{name}: {answer.status} {text}")
        return json.loads(text)

    def reach(self, moment: datetime) -> None:
        """Let its time pass until an instant; a time that has passed already is left alone."""
        if self.now() < moment.timestamp():
            self._offset = self.order("advance", to=moment.isoformat())["timestamp"] - time.time()

    def now(self) -> float:
        """Return its time in seconds since the epoch; it is asked once, and reckoned afterwards."""
        if self._offset is None:
            self._connection.request("GET", "/_twin/clock")
            self._offset = json.loads(self._connection.getresponse().read())["timestamp"] - time.time()
        return time.time() + self._offset
