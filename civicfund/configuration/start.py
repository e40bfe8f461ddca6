"""The environment every settings file reads, looked at as a whole before the first line of them."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from environs import Env

from civicfund.configuration.together import faults_of


class Misconfigured(ImproperlyConfigured):
    """Say everything that keeps the site from starting, a line for each fault."""


def refuse_faults(given: Mapping[str, str]) -> None:
    """Raise Misconfigured with all faults of an environment at once."""
    if faults := faults_of(given):
        one = "One setting" if len(faults) == 1 else f"{len(faults)} things in the settings"
        lines = "\n".join(f"  - {fault}" for fault in faults)
        raise Misconfigured(
            f"{one} must be put right before CivicFund starts; docs/configure.md explains each.\n{lines}"
        )


def environment() -> Env:
    """Return the environment with what .env adds to it. Raise Misconfigured."""
    env = Env()
    env.read_env(Path(__file__).resolve().parent.parent.parent / ".env", recurse=False)
    try:
        refuse_faults(os.environ)
    except Misconfigured:
        # The lines say it all; where in the code they were found helps nobody.
        sys.tracebacklimit = 0
        raise
    return env


env = environment()
