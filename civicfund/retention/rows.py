"""Erase many rows so that one that cannot be erased keeps none of the others."""

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

from django.db import models, transaction

logger = logging.getLogger(__name__)

Row = TypeVar("Row", bound=models.Model)


class SomeStayed(Exception):
    """Say that rows could not be erased; carries how many others were, and how many stayed."""

    def __init__(self, erased: int, stayed: int) -> None:
        super().__init__(erased, stayed)
        self.erased, self.stayed = erased, stayed


def erase_each(rows: Iterable[Row], erase: Callable[[Row], object]) -> int:
    """Erase each row in a transaction of its own, and return how many. Raise SomeStayed after the last one."""
    erased = stayed = 0
    for row in rows:
        try:
            with transaction.atomic():
                erase(row)
        except Exception:
            logger.exception("%s %s is not erased", row._meta.label, row.pk)
            stayed += 1
        else:
            erased += 1
    if stayed:
        raise SomeStayed(erased, stayed)
    return erased
