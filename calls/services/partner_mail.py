"""Mails to the bodies that take part in a project."""

from datetime import datetime
from typing import Any

from accounts.services import queue_mail
from calls.models import Partner


def write_to_partner(
    partner: Partner, template: str, key: str, language: str, now: datetime, **context: Any
) -> None:
    """Write a mail to a partner."""
    queue_mail(
        key=key,
        topic=partner.application.call.mail_topic,
        recipient=partner.email,
        template=template,
        context={"partner": partner, "application": partner.application, **context},
        language=language,
        now=now,
    )
