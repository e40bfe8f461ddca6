"""What people meet on the site that keeps them out, told to the office that answers."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from accounts.models import Mail
from accounts.services.mail import queue_mail

#: Reports that are passed on in an hour: beyond them somebody only makes noise.
MOST_AN_HOUR = 20
KEY = "barrier:"


class TooManyBarriers(Exception):
    """Say that too many barriers have been reported within an hour."""


@transaction.atomic
def report_barrier(*, page: str, text: str, email: str, now: datetime) -> None:
    """Pass a reported barrier on to the city's contact, with the address to answer to; raise TooManyBarriers.

    Source: Directive (EU) 2016/2102 art. 7 c. 1 b: a feedback mechanism.
    """
    recent = Mail.objects.filter(key__startswith=KEY, created_at__gt=now - timedelta(hours=1))
    if recent.count() >= MOST_AN_HOUR:
        raise TooManyBarriers
    queue_mail(
        key=f"{KEY}{uuid.uuid4()}",
        topic="",
        recipient=settings.CITY["contact_email"],
        template="barrier_reported",
        context={"page": page, "text": text.strip(), "email": email},
        language=settings.LANGUAGE_CODE,
        now=now,
    )
