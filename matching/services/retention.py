"""The nightly erasing of what no longer has to be kept, and its report."""

import logging
from datetime import datetime

from django.db import transaction

from matching.erasing import ERASES
from matching.models import RetentionRun

logger = logging.getLogger(__name__)


def erase_what_is_over(*, now: datetime) -> RetentionRun:
    """Erase every kind of data whose time is over, each for itself, and keep how much of each.

    A kind that fails is named in the report and tried again the next night; the others go on. Source: Regulation (EU)
    2016/679 art. 5 c. 1 e and c. 2.
    """
    erased: dict[str, int] = {}
    failed: dict[str, str] = {}
    for key, erases in ERASES.items():
        try:
            with transaction.atomic():
                number = erases(now)
        except Exception as error:
            logger.exception("%s are not erased", key)
            failed[key] = type(error).__name__
        else:
            if number:
                erased[key] = number
    return RetentionRun.objects.create(ran_at=now, erased=erased, failed=failed, is_complete=not failed)
