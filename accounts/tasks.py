"""When mails leave."""

import logging

from celery import shared_task
from django.utils import timezone

from accounts import services

logger = logging.getLogger(__name__)


@shared_task
def send_mails() -> None:
    """Send every mail that waits in the outbox."""
    for mail in services.claim_mails(now=timezone.now()):
        try:
            services.send_mail(mail=mail, now=timezone.now())
        except Exception:
            logger.exception("mail %s stays in state sending", mail.pk)
