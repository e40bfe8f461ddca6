"""Carry one checked API request to the noun that answers it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from stripe_twin.store import Json
from stripe_twin.twin import Twin


@dataclass(frozen=True)
class Call:
    """Be one request: the ids in its path, its checked parameters, and the connected account it speaks for."""

    twin: Twin
    args: tuple[str, ...]
    params: dict[str, Any]
    account: str = ""


Handler = Callable[[Call], Json]
