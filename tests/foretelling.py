"""No step of the desk may fail to tell what it does: the page would go on without, so a test is told here."""

import logging


class _Loud(logging.Handler):
    """Let whoever opens a step's page that cannot be told fail."""

    def emit(self, record: logging.LogRecord) -> None:
        """Fail with what went wrong while the step was tried."""
        cause = record.exc_info[1] if record.exc_info else None
        raise AssertionError(record.getMessage()) from cause


logging.getLogger("civicfund.desk.effects").addHandler(_Loud())
