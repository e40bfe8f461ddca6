from typing import Any

from django.db import migrations

from civicfund.trail.triggers import install
from matching.services.roles import write_roles
from matching.trail import TRACKED


def write_triggers(apps: Any, schema_editor: Any) -> None:
    """Let PostgreSQL write the trail of every table that matching/trail.py names."""
    with schema_editor.connection.cursor() as cursor:
        install(cursor, TRACKED)


def remove_triggers(apps: Any, schema_editor: Any) -> None:
    """Let it write no more."""
    with schema_editor.connection.cursor() as cursor:
        install(cursor, ())


def make_roles(apps: Any, schema_editor: Any) -> None:
    """Let the groups say what the table of roles says now: who reads the register of processing."""
    write_roles(apps=apps)


class Migration(migrations.Migration):
    dependencies = [
        ("civicfund", "0002_task_runs"),
        ("accounts", "0011_forgotten_people"),
        ("calls", "0020_exclusion_taken_back"),
        ("vetting", "0006_reopening"),
        ("campaigns", "0009_promoter_texts"),
        ("ledger", "0005_quarantine"),
        ("donations", "0019_forgotten_donors"),
        ("matching", "0011_privacy"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("socialaccount", "0006_alter_socialaccount_extra_data"),
    ]

    operations = [
        migrations.RunPython(write_triggers, remove_triggers),
        migrations.RunPython(make_roles, migrations.RunPython.noop),
    ]
