"""The nightly erasing of what no longer has to be kept, and its report."""

import logging
from collections import Counter
from datetime import datetime

from django.utils.translation import ngettext

from civicfund.retention.rows import SomeStayed
from matching.erasing import ERASES
from matching.models import RetentionRun

logger = logging.getLogger(__name__)


def erase_what_is_over(*, now: datetime) -> RetentionRun:
    """Erase every kind of data whose time is over, each for itself, and keep how much of each.

    A row that cannot be erased keeps none of the others; its kind is named in the report and tried again the next night.
    Source: Regulation (EU) 2016/679 art. 5 c. 1 e and c. 2.
    """
    erased: Counter[str] = Counter()
    failed: dict[str, str] = {}
    for key, functions in ERASES.items():
        for erases in functions:
            try:
                erased[key] += erases(now)
            except SomeStayed as some:
                erased[key] += some.erased
                failed[key] = ngettext("%d row", "%d rows", some.stayed) % some.stayed
            except Exception as error:
                logger.exception("%s are not erased", key)
                failed[key] = type(error).__name__
    # What is nothing need not be told.
    return RetentionRun.objects.create(ran_at=now, erased=+erased, failed=failed, is_complete=not failed)
