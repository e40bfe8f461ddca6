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
    """Let those who may read the trail."""
    write_roles(apps=apps)


class Migration(migrations.Migration):
    dependencies = [
        ("civicfund", "0001_trail"),
        ("accounts", "0008_public_unsubscribe"),
        ("calls", "0018_ranking_rules"),
        ("vetting", "0004_ranking"),
        ("campaigns", "0006_public_follow_and_problems"),
        ("ledger", "0001_squashed_0005_quarantine"),
        ("donations", "0001_squashed_0014_look_at"),
        ("matching", "0008_roles"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [
        migrations.RunPython(write_triggers, remove_triggers),
        migrations.RunPython(make_roles, migrations.RunPython.noop),
    ]
