#!/usr/bin/env python
"""Run Django's command line for CivicFund."""

import os
import sys

from django.core.management import execute_from_command_line

from civicfund.trail.context import command


def main(arguments: list[str]) -> None:
    """Run a command, and say in the trail which it was."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civicfund.settings")
    with command(arguments):
        execute_from_command_line(arguments)


if __name__ == "__main__":
    main(sys.argv)
