"""Hold together what every noun needs: the store, the clock, the configuration and new ids."""

import hashlib
import secrets
import threading
from dataclasses import dataclass, field
from pathlib import Path

from stripe_twin.clock import Clock
from stripe_twin.store import Json, Store

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Config:
    """Say how this twin runs; amounts in cents, `start_at` in seconds since the epoch."""

    data: Path
    public_url: str = "http://127.0.0.1:8100"
    webhook_urls: tuple[str, ...] = ()
    webhook_secrets: tuple[str, ...] = ()
    start_at: float | None = None
    seed: int | None = None
    platform_float: int = 1_000_000
    merchant: str = "Local platform"
    descriptor_prefix: str = "CIVICO"


@dataclass(frozen=True)
class Cause:
    """Name the request that events are emitted for."""

    request: str | None = None
    idempotency_key: str | None = None


@dataclass
class Twin:
    """Be one local Stripe."""

    config: Config
    store: Store = field(init=False)
    clock: Clock = field(init=False)
    cause: Cause = field(default_factory=Cause)
    wakeup: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.store = Store(self.config.data)
        self.store.after_commit = self.wakeup.set
        self.clock = Clock(self.store, self.config.start_at)
        self._plant_seed()

    def _plant_seed(self) -> None:
        with self.store.transaction():
            if self.store.setting("seed") is None:
                seed = self.config.seed
                self.store.set_setting("seed", secrets.token_hex(8) if seed is None else seed)
            self.seed = str(self.store.setting("seed"))

    def now(self) -> int:
        """Return the virtual time in whole seconds since the epoch."""
        return int(self.clock.now())

    def number(self) -> int:
        """Count on by one; the count is part of the stored state, so the same seed gives the same ids again."""
        counted = self.store.run(
            "insert into settings values ('count', '1') on conflict(name)"
            " do update set value = cast(cast(value as integer) + 1 as text) returning value"
        )
        return int(counted.fetchone()[0])

    def new_id(self, prefix: str, length: int = 24) -> str:
        """Return a new id that cannot be guessed from the ones before without knowing the seed."""
        return prefix + self.scramble(f"{prefix}:{self.number()}", length)

    def scramble(self, text: str, length: int) -> str:
        """Return letters and digits that depend on the text and the seed only."""
        value = int.from_bytes(hashlib.sha512(f"{self.seed}:{text}".encode()).digest())
        letters = []
        for _ in range(length):
            value, index = divmod(value, len(ALPHABET))
            letters.append(ALPHABET[index])
        return "".join(letters)

    def later(self, seconds: float, action: str, target: str, data: str = "") -> None:
        """Do something to an object once so much virtual time has passed; see sweep.py for the actions."""
        self.store.run(
            "insert into jobs(due_at, action, target, data) values (?, ?, ?, ?)",
            self.clock.now() + seconds, action, target, data,
        )  # fmt: skip

    def reset(self) -> None:
        """Forget everything and start again as on the first day."""
        with self.store.transaction():
            self.store.clear()
            self.clock.restart()
            self._plant_seed()


def public(body: Json) -> Json:
    """Return an object without the twin's private notes, whose names begin with an underscore."""
    return {name: value for name, value in body.items() if not name.startswith("_")}
