"""What has to happen, done in the order of time."""

import heapq
from collections.abc import Callable
from datetime import datetime
from itertools import count

from django.core.mail import get_connection

from accounts.services import claim_mails, send_mail
from demo.twin_control import TwinControl

Step = Callable[[datetime], None]


class History:
    """Keep steps with their instants and take them one after the other; a step may add later ones."""

    def __init__(self, twin: TwinControl) -> None:
        self.twin = twin
        self.steps_done = 0
        self._steps: list[tuple[datetime, int, Step]] = []
        self._numbers = count()

    def at(self, when: datetime, step: Step) -> None:
        """Have a step taken at an aware instant."""
        heapq.heappush(self._steps, (when, next(self._numbers), step))

    def play(self, *, until: datetime) -> None:
        """Take every step up to an instant, and send the mails of each day."""
        day = None
        while self._steps and self._steps[0][0] <= until:
            when, _, step = heapq.heappop(self._steps)
            if day is not None and when.date() != day:
                _send_mails(when)
            step(when)
            day = when.date()
            self.steps_done += 1
        _send_mails(until)


def _send_mails(now: datetime) -> None:
    with get_connection() as line:
        while mails := claim_mails(now=now, limit=200):
            for mail in mails:
                send_mail(mail=mail, line=line, now=now)
