"""Remember answers by idempotency key for a day of virtual time."""

import threading
from dataclasses import dataclass

from stripe_twin.errors import StripeRefusal
from stripe_twin.twin import Twin

LASTS = 24 * 3600
KIND = "idempotency_error"


@dataclass(frozen=True)
class Kept:
    """Be an answer that was given before."""

    request: str
    status: int
    body: str


def recall(twin: Twin, account: str, key: str, path: str, asked: str) -> Kept | None:
    """Return the answer kept under a key, or None.

    Raises StripeRefusal when the key was used for something else.
    """
    if len(key) > 255:
        raise StripeRefusal("Idempotency keys can be at most 255 characters long.", kind=KIND)
    found = twin.store.rows(
        "select path, asked, request, status, body from idempotency where account = ? and key = ? and created > ?",
        account, key, twin.clock.now() - LASTS,
    )  # fmt: skip
    if not found:
        return None
    first_path, first_asked, request, status, body = found[0]
    if first_path != path:
        raise StripeRefusal(
            "Keys for idempotent requests can only be used for the same endpoint they were first used for"
            f" ('{first_path}' vs '{path}'). Try using a key other than '{key}' if you meant to execute a different"
            " request.",
            kind=KIND,
        )
    if first_asked != asked:
        raise StripeRefusal(
            "Keys for idempotent requests can only be used with the same parameters they were first used with."
            f" Try using a key other than '{key}' if you meant to execute a different request.",
            kind=KIND,
        )
    return Kept(request, status, body)


def keep(twin: Twin, account: str, key: str, path: str, asked: str, answer: Kept) -> None:
    """Store the answer to a key, in the transaction of the work."""
    twin.store.run(
        "insert or replace into idempotency values (?, ?, ?, ?, ?, ?, ?, ?)",
        account, key, path, asked, answer.request, answer.status, answer.body, twin.clock.now(),
    )  # fmt: skip


class Running:
    """Know which keys are being worked on; kept in memory, since nothing runs on after a restart."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keys: set[tuple[str, str]] = set()

    def enter(self, account: str, key: str) -> None:
        """Claim a key, or raise the 409 refusal."""
        with self._lock:
            if (account, key) in self._keys:
                raise StripeRefusal(
                    "There is currently another in-progress request using this Stripe-Idempotent-Key (that probably"
                    " means you submitted twice, and the other request is still going through): "
                    f"{key}. Try again later.",
                    status=409, kind=KIND, code="idempotency_key_in_use",
                )  # fmt: skip
            self._keys.add((account, key))

    def leave(self, account: str, key: str) -> None:
        """Give a key free."""
        with self._lock:
            self._keys.discard((account, key))
