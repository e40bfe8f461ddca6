"""What is handed in is kept as a numbered version, and what happens to an application as an event."""

import hashlib
import secrets
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from calls.content import SCHEMA, content_of, files_of
from calls.models import Application, ApplicationEvent, ApplicationVersion, Call, CallSession
from calls.models.version import deposit_text

#: Without the signs that are easily taken for others: 16 of them are about 78 bits.
CODE_SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 16


def digest_of(application: Application) -> str:
    """Return the fingerprint of what an application says and carries now."""
    return digest_of_deposit(content_of(application), files_of(application))


def digest_of_deposit(content: dict[str, Any], files: list[dict[str, Any]]) -> str:
    """Return the fingerprint of a content with its list of files, as they are written today."""
    return hashlib.sha256(deposit_text(SCHEMA, content, files)).hexdigest()


def file_version(
    *,
    application: Application,
    call: Call,
    session: CallSession,
    kind: ApplicationVersion.Kind,
    by: User,
    now: datetime,
) -> ApplicationVersion:
    """Keep an application as it is now, under the next protocol number of its call.

    The caller holds the locks on the call and on the application: numbers are given one after the other, and nothing
    changes between what was checked and what is kept.
    """
    content, files = content_of(application), files_of(application)
    last = call.versions.aggregate(last=Max("sequence"))["last"] or 0
    number = application.versions.aggregate(last=Max("number"))["last"] or 0
    version = ApplicationVersion.objects.create(
        application=application,
        call=call,
        session=session,
        number=number + 1,
        kind=kind,
        sequence=last + 1,
        protocol_number=_protocol_number(call, last + 1, now),
        code="".join(secrets.choice(CODE_SIGNS) for _sign in range(CODE_LENGTH)),
        filed_at=now,
        filed_by=by,
        schema=SCHEMA,
        content=content,
        files=files,
        digest=digest_of_deposit(content, files),
    )
    what = ApplicationEvent.What
    happened = what.SUBMITTED if kind == ApplicationVersion.Kind.SUBMISSION else what.ANSWERED
    note_event(application=application, what=happened, by=by, now=now, version=version)
    return version


def note_event(
    *,
    application: Application,
    what: ApplicationEvent.What,
    now: datetime,
    by: User | None = None,
    version: ApplicationVersion | None = None,
    reason: str = "",
    step: str = "",
) -> ApplicationEvent:
    """Write down what has happened to an application, in the caller's transaction."""
    return ApplicationEvent.objects.create(
        application=application, what=what, at=now, by=by, version=version, reason=reason, step=step
    )


def _protocol_number(call: Call, number: int, now: datetime) -> str:
    """Return the number a deposit is filed under: year of the city's calendar, call, running number."""
    year = now.astimezone(timezone.get_default_timezone()).year
    return f"{year}-{call.pk:02d}-{number:04d}"
