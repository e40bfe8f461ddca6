"""When mails leave, and when what nobody finished is forgotten."""

import logging
from smtplib import SMTPException

from celery import shared_task
from django.core.mail import get_connection
from django.utils import timezone

from accounts import services
from accounts.models import OrganizationPaper
from civicfund.turns import one_at_a_time

logger = logging.getLogger(__name__)

#: Mails one run sends at most; the next run follows within seconds.
BATCH = 200


@shared_task
@one_at_a_time
def send_mails() -> None:
    """Send every mail that waits in the outbox, one at a time.

    The line to the mail server is opened before a mail is touched, so an outage loses nothing; a line that breaks leaves
    the one mail on it to the officers.
    """
    line = get_connection()
    try:
        line.open()
    except (OSError, SMTPException) as error:
        logger.warning("the mail server does not answer: %s", error)
        return
    try:
        _send_batch(line)
    finally:
        line.close()


@shared_task
@one_at_a_time
def forget_proofs() -> None:
    """Remove the proofs of requests that were never finished."""
    now = timezone.now()
    for paper in OrganizationPaper.objects.forgotten(now):
        try:
            services.forget_proof(paper=paper, now=now)
        except Exception:
            logger.exception("proof %s is not forgotten", paper.pk)


def _send_batch(line: object) -> None:
    """Send mails until none waits or the line breaks."""
    for _turn in range(BATCH):
        mails = services.claim_mails(now=timezone.now(), limit=1)
        if not mails:
            return
        try:
            services.send_mail(mail=mails[0], line=line, now=timezone.now())
        except OSError:
            logger.exception("mail %s stays in state sending, and the line is given up", mails[0].pk)
            return
        except Exception:
            logger.exception("mail %s stays in state sending", mails[0].pk)
