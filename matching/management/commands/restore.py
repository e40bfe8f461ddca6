from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from matching.audit import CHECKS, examine
from matching.backup import BackupRefused, take_back


class Command(BaseCommand):
    """Fill an empty database and empty folders from a backup, and audit what has come back; run it as the schema's owner."""

    help = "Take a backup back into an empty database, and audit it."

    def add_arguments(self, parser: Any) -> None:
        """Take the folder."""
        parser.add_argument("folder", type=Path, help="what `backup` has written")

    def handle(self, *args: Any, **options: Any) -> None:
        """Take it back, audit the books, and say what comes next."""
        try:
            figures = take_back(folder=options["folder"])
        except BackupRefused as reason:
            raise CommandError(str(reason)) from reason
        broken = [finding for finding in examine(CHECKS, now=timezone.now()) if not finding.is_fine]
        if broken:
            raise CommandError(f"The books do not balance: {[finding.check.name for finding in broken]}")
        self.stdout.write(f"back as of {figures['made_at']}, balanced: {figures['counted']}")
        self.stdout.write(
            "Now run migrate, prepare_database and write_roles, and start web, worker and beat."
        )
