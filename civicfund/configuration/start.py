"""The environment every settings file reads, looked at as a whole before the first line of them."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from dotenv import dotenv_values
from environs import Env

from civicfund.configuration.together import faults_of

FILE = Path(__file__).resolve().parent.parent.parent / ".env"


class Misconfigured(ImproperlyConfigured):
    """Say everything that keeps the site from starting, a line for each fault."""


def refuse_faults(told: Mapping[str, str]) -> None:
    """Raise Misconfigured with all faults of an environment at once."""
    if faults := faults_of(told):
        one = "One setting" if len(faults) == 1 else f"{len(faults)} things in the settings"
        lines = "\n".join(f"  - {fault}" for fault in faults)
        raise Misconfigured(
            f"{one} must be put right before CivicFund starts; docs/configure.md explains each.\n{lines}"
        )


def given(path: Path = FILE) -> dict[str, str]:
    """Return everything that a site is told: the environment, and what a file adds to it."""
    written = {name: value or "" for name, value in dotenv_values(path).items()}
    return {**written, **os.environ}


def environment() -> Env:
    """Return what reads the environment with what .env adds to it. Raise Misconfigured."""
    env = Env()
    env.read_env(FILE, recurse=False)
    try:
        refuse_faults(given())
    except Misconfigured:
        # The lines say it all; where in the code they were found helps nobody.
        sys.tracebacklimit = 0
        raise
    return env


env = environment()
