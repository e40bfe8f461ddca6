from typing import Any

from django.db import migrations

from civicfund.trail.triggers import install
from matching.trail import TRACKED


def write_triggers(apps: Any, schema_editor: Any) -> None:
    """Let PostgreSQL write down who asked to open a committee's round again, and who agreed."""
    with schema_editor.connection.cursor() as cursor:
        install(cursor, TRACKED)


class Migration(migrations.Migration):
    dependencies = [
        ("vetting", "0006_reopening"),
        ("matching", "0010_trail"),
    ]

    operations = [migrations.RunPython(write_triggers, migrations.RunPython.noop)]
