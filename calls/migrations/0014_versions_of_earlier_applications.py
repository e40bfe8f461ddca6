"""What was handed in before versions were kept becomes a version too, with what is known of it today."""

import hashlib
import json
import secrets

from django.db import migrations

#: As versions are written: these are facts of that day, not of today's code.
SCHEMA = 1
CODE_SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 16
BODY = ("legal_name", "kind", "tax_code", "vat_number", "runts_number", "rea_number", "address", "city")
PROJECT = ("title", "summary", "campaign_text", "borough", "place", "duration_months", "cost_cents")


def keep_versions(apps, schema_editor):
    """Give each application that has a protocol number and no version its first one, in the order of the numbers."""
    Application = apps.get_model("calls", "Application")
    filed = Application.objects.exclude(protocol_number=None).filter(versions=None)
    # The running number of a protocol has four digits or more, so the longer one is the later one.
    in_order = sorted(
        filed.select_related("organization", "theme"), key=lambda one: (one.call_id, _sequence(one))
    )
    for application in in_order:
        version = _keep(apps, application)
        _note(apps, application, what="submitted", at=application.submitted_at, version=version)
        if application.status == "withdrawn":
            _note(apps, application, what="withdrawn", at=application.withdrawn_at)


def _sequence(application):
    """Return the running number in a protocol number such as 2026-04-0007."""
    return int(application.protocol_number.rpartition("-")[2])


def _keep(apps, application):
    """Write the version of one application."""
    content = {
        "organization": {name: getattr(application.organization, name) for name in BODY},
        "theme": application.theme.name if application.theme else "",
        **{name: getattr(application, name) for name in PROJECT},
    }
    whole = {"schema": SCHEMA, "content": content, "files": []}
    text = json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return apps.get_model("calls", "ApplicationVersion").objects.create(
        application=application,
        call_id=application.call_id,
        session_id=application.session_id,
        number=1,
        kind="submission",
        sequence=_sequence(application),
        protocol_number=application.protocol_number,
        code="".join(secrets.choice(CODE_SIGNS) for _sign in range(CODE_LENGTH)),
        filed_at=application.submitted_at,
        filed_by_id=application.author_id,
        schema=SCHEMA,
        content=content,
        files=[],
        digest=hashlib.sha256(text).hexdigest(),
    )


def _note(apps, application, **fields):
    """Write down what happened to an application."""
    apps.get_model("calls", "ApplicationEvent").objects.create(
        application=application, by_id=application.author_id, **fields
    )


class Migration(migrations.Migration):
    dependencies = [
        ("calls", "0013_support"),
    ]

    operations = [
        # What was handed in stays handed in when the code goes back.
        migrations.RunPython(keep_versions, migrations.RunPython.noop),
    ]
