from typing import Any

from django.db import migrations

from matching.services.roles import write_roles


def make_roles(apps: Any, schema_editor: Any) -> None:
    """Let the groups say what the table of roles says now: the auditor also reads remarks."""
    write_roles(apps=apps)


class Migration(migrations.Migration):
    dependencies = [
        ("matching", "0008_roles"),
        ("campaigns", "0007_remarks"),
    ]

    operations = [migrations.RunPython(make_roles, migrations.RunPython.noop)]
