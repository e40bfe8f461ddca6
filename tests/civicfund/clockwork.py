"""The platform's Celery with one more task, for tests that kill it: `celery -A tests.civicfund.clockwork worker`."""

import os
import time
from pathlib import Path

from civicfund.celery import app

LOG = Path(os.environ.get("CLOCKWORK_LOG", "/dev/null"))


@app.task(name="clockwork.slow")
def slow() -> None:
    """Say that it has begun, and by whom; the first run takes a minute, so that it can be killed."""
    with LOG.open("a") as log:
        log.write(f"{os.getpid()} {os.getppid()}\n")
    if len(LOG.read_text().splitlines()) == 1:
        time.sleep(60)
