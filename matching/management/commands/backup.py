from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from matching.backup import BackupRefused, write_backup


class Command(BaseCommand):
    """Copy the database and all files into a new folder, with figures that prove the copy; nobody has to stop meanwhile."""

    help = "Write a backup into a new folder."

    def add_arguments(self, parser: Any) -> None:
        """Take the folder."""
        parser.add_argument("folder", type=Path, help="a folder that does not exist yet, or is empty")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it and say what was copied."""
        try:
            figures = write_backup(folder=options["folder"], now=timezone.now())
        except BackupRefused as reason:
            raise CommandError(str(reason)) from reason
        self.stdout.write(f"{options['folder']}: {figures['counted']}")
