"""Deliver events: signed, in the background, again and again until somebody answers 2xx."""

import hashlib
import hmac
import http.client
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlsplit

from stripe_twin.store import Json
from stripe_twin.twin import Twin

BACKOFF = (5, 30, 120, 600, 3600)
LATER_BACKOFF = 3 * 3600
GIVE_UP_AFTER = 3 * 86400
TIMEOUT = 10
SENDERS = 8
#: How events travel when nobody asks for weather: all of them, once, at once.
PLAIN = {
    "mode": "deliver",
    "types": [],
    "duplicate": 0,
    "duplicate_up_to": 0,
    "delay_seconds": 0,
    "delay_up_to_seconds": 0,
    "reorder": False,
    "drop_bp": 0,
}
WHOLE_BP = 10_000


@dataclass(frozen=True)
class Delivery:
    """One event on its way to one endpoint."""

    id: int
    event: str
    endpoint: int
    attempts: int
    created: float


def signature(payload: str, secrets: tuple[str, ...], timestamp: int) -> str:
    """Return the Stripe-Signature header with one v1 per secret, as during a rotation of secrets."""
    signed = f"{timestamp}.{payload}".encode()
    parts = [f"t={timestamp}"]
    parts += [f"v1={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}" for secret in secrets]
    return ",".join(parts)


def settings(twin: Twin) -> Json:
    """Return how events are delivered at present; see the control API."""
    return {**PLAIN, **twin.store.setting("webhooks", {})}


def enqueue(twin: Twin, event_id: str, kind: str) -> None:
    """Queue the deliveries of a new event for every endpoint, as the settings of the moment say.

    The endpoints may have asked for some types only; an empty list asks for all. What is left to chance depends on the
    event and the seed only.
    """
    now, how = twin.clock.now(), settings(twin)
    if how["types"] and kind not in how["types"]:
        return
    for endpoint in range(len(twin.config.webhook_urls)):
        state = {"deliver": "pending", "drop": "dropped", "hold": "held"}[how["mode"]]
        if _draw(twin, f"{event_id}:{endpoint}:drop", WHOLE_BP) < how["drop_bp"]:
            state = "dropped"
        extra = _draw(twin, f"{event_id}:{endpoint}:copies", how["duplicate_up_to"] + 1)
        for copy in range(1 + how["duplicate"] + extra):
            wait = _draw(twin, f"{event_id}:{endpoint}:{copy}", int(1000 * how["delay_up_to_seconds"]) + 1)
            due = now + float(how["delay_seconds"]) + wait / 1000
            if how["reorder"]:
                due += sum(twin.scramble(f"{event_id}:{copy}", 4).encode()) % 100 / 50
            _insert(twin, event_id, endpoint, state, due)


def _draw(twin: Twin, text: str, below: int) -> int:
    """Return a number from 0 up to, not including, `below`: always the same for the same text and seed."""
    return int.from_bytes(twin.scramble(text, 8).encode()) % below


def _insert(twin: Twin, event_id: str, endpoint: int, state: str, due: float) -> None:
    twin.store.run(
        "insert into deliveries(event, endpoint, state, due_at, created) values (?, ?, ?, ?, ?)",
        event_id, endpoint, state, due, twin.clock.now(),
    )  # fmt: skip


def release_held(twin: Twin) -> None:
    """Let the held deliveries go."""
    twin.store.run(
        "update deliveries set state = 'pending', due_at = ? where state = 'held'", twin.clock.now()
    )


class Line:
    """Connections to endpoints, one for each thread, kept and opened again when the other side has hung up meanwhile."""

    def __init__(self) -> None:
        self._kept: dict[tuple[int, str], http.client.HTTPConnection] = {}

    def post(self, url: str, payload: bytes, headers: dict[str, str]) -> str:
        """Post and return the HTTP status, or the name of the connection error."""
        address = urlsplit(url)
        mine = (threading.get_ident(), f"{address.scheme}://{address.netloc}")
        path = (address.path or "/") + (f"?{address.query}" if address.query else "")
        was_kept = mine in self._kept
        if not was_kept:
            secure = address.scheme == "https"
            opened = http.client.HTTPSConnection if secure else http.client.HTTPConnection
            self._kept[mine] = opened(address.hostname or "127.0.0.1", address.port, timeout=TIMEOUT)
        connection = self._kept[mine]
        try:
            connection.request("POST", path, payload, headers)
            answer = connection.getresponse()
            answer.read()
            return str(answer.status)
        except (OSError, http.client.HTTPException) as error:
            self._kept.pop(mine, None)
            connection.close()
            if was_kept and isinstance(error, ConnectionError):
                return self.post(url, payload, headers)
            return type(error).__name__

    def close(self) -> None:
        """Hang up everywhere."""
        while self._kept:
            self._kept.popitem()[1].close()


def send(twin: Twin, line: Line, event_id: str, endpoint: int) -> str:
    """Post one event to one endpoint and return the HTTP status, or the name of the connection error.

    The signature carries real time, not virtual time, because the receiver compares it with its own clock.
    """
    payload = json.dumps(twin.store.load(event_id))
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Stripe/1.0 (local stand-in)",
        "Stripe-Signature": signature(payload, twin.config.webhook_secrets, int(time.time())),
    }
    return line.post(twin.config.webhook_urls[endpoint], payload.encode(), headers)


def finish(twin: Twin, delivery: Delivery, status: str) -> None:
    """Write down the outcome of an attempt, and when the next one is due."""
    now, attempts = twin.clock.now(), delivery.attempts + 1
    wait = BACKOFF[attempts - 1] if attempts <= len(BACKOFF) else LATER_BACKOFF
    if status.startswith("2"):
        state = "delivered"
    elif now + wait - delivery.created > GIVE_UP_AFTER:
        state = "failed"
    else:
        state = "pending"
    with twin.store.transaction():
        twin.store.run(
            "update deliveries set state = ?, attempts = ?, due_at = ?, last_status = ? where id = ?",
            state, attempts, now + wait, status, delivery.id,
        )  # fmt: skip


class Sender:
    """Send what is due with a pool of threads; what is under way is known only here, so a restart sends it again."""

    def __init__(self, twin: Twin) -> None:
        self._twin = twin
        self.line = Line()
        self._under_way: set[int] = set()
        self._pool = ThreadPoolExecutor(SENDERS, thread_name_prefix="webhook")

    def send_due(self) -> None:
        """Start the deliveries that are due, the oldest first."""
        room = 4 * SENDERS - len(self._under_way)
        if room <= 0:
            return
        found = self._twin.store.rows(
            "select id, event, endpoint, attempts, created from deliveries"
            " where state = 'pending' and due_at <= ? and endpoint < ? order by due_at, id limit ?",
            self._twin.clock.now(), len(self._twin.config.webhook_urls), room + len(self._under_way),
        )  # fmt: skip
        for row in found:
            delivery = Delivery(*row)
            if delivery.id not in self._under_way:
                self._under_way.add(delivery.id)
                self._pool.submit(self._deliver, delivery)

    def _deliver(self, delivery: Delivery) -> None:
        try:
            status = send(self._twin, self.line, delivery.event, delivery.endpoint)
            finish(self._twin, delivery, status)
        finally:
            self._under_way.discard(delivery.id)
            self._twin.wakeup.set()

    def idle(self) -> bool:
        """Say whether nothing is under way."""
        return not self._under_way

    def close(self) -> None:
        """Stop without waiting for what has not begun; it is still queued in the store."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self.line.close()
