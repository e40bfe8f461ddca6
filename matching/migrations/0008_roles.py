from typing import Any

from django.db import migrations

from matching.services.roles import write_roles


def make_roles(apps: Any, schema_editor: Any) -> None:
    """Make the groups of matching/roles.py; `manage.py write_roles` keeps them true afterwards."""
    write_roles(apps=apps)


class Migration(migrations.Migration):
    dependencies = [
        ("matching", "0006_group_proof"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    # Groups that people are in are not removed again.
    operations = [migrations.RunPython(make_roles, migrations.RunPython.noop)]
