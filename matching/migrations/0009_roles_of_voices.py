from typing import Any

from django.db import migrations

from matching.services.roles import write_roles


def make_roles(apps: Any, schema_editor: Any) -> None:
    """Let the groups look at what is said on campaigns' pages."""
    write_roles(apps=apps)


class Migration(migrations.Migration):
    dependencies = [("matching", "0008_roles"), ("campaigns", "0007_voices")]

    operations = [migrations.RunPython(make_roles, migrations.RunPython.noop)]
