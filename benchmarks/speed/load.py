"""The load: `wrk`, a program in C, so that whoever asks never is what is slow."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

CONNECTIONS = 16
SCRIPT = Path(__file__).with_name("wrk.lua")


class NoLoadGenerator(Exception):
    """`wrk` is not installed."""


def wrk() -> str:
    """Return where `wrk` lies. Raise NoLoadGenerator."""
    found = shutil.which("wrk")
    if found is None:
        raise NoLoadGenerator("make bench needs wrk: apt install wrk")
    return found


def ask(address: str, *, seconds: float, messages: Path | None = None, first: int = 0) -> dict[str, Any]:
    """Ask an address again and again on 16 connections; return requests a second and the times in milliseconds.

    With `messages`, each line of the file is a signature, a tab and a body to be sent once, from line `first` on.
    """
    words = [wrk(), "--threads", "1", "--connections", str(CONNECTIONS), "--duration", f"{seconds:g}s"]
    words += ["--timeout", "10s", "--script", str(SCRIPT), address]
    if messages is not None:
        words += ["--", str(messages), str(first)]
    said = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    figures = json.loads(said.rpartition("JSON ")[2])
    return {**figures, "rate": round(figures["requests"] / figures["seconds"], 1)}
