from typing import Any

from django.core.management.base import BaseCommand

from matching.services import write_roles


class Command(BaseCommand):
    """Make the groups of the desk say what matching/roles.py says; run it after every migration."""

    help = "Give each role of the desk exactly the rights of matching/roles.py."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the groups; a repetition changes nothing."""
        self.stdout.write(f"{write_roles()} roles say what the table says.")
