"""What the edges tell PostgreSQL with each change: who acts, why, and by which page or program.

django-pghistory sends it along with every statement that writes; nothing of it is asked for in a service.
"""

from collections.abc import Callable
from typing import Any

import pghistory
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest

from civicfund.operation.logs import of_work, place

#: As much of a reason as the trail keeps.
REASON_LENGTH = 2000
#: What installs the tables: its statements are the schema's and not always those of a transaction.
OF_THE_SCHEMA = ("migrate",)


class WhoAsks:
    """Tell who sends a request, and to which page, with every change made while it is answered."""

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> Any:
        with pghistory.context() as said, of_work(str(said.id), ""):
            answer = self.get_response(request)
            answer["X-Request-ID"] = str(said.id)
            return answer

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Say it once the page is known."""
        page = f"{request.method} {page_of(request)}"
        place.set(page)
        pghistory.context(actor=_Actor(request), page=page)


def page_of(request: HttpRequest) -> str:
    """Return the address of a page of the desk; of any other the pattern, since some addresses are keys."""
    desk = f"/{settings.ADMIN_PATH}/"
    if request.path.startswith(desk) or request.resolver_match is None:
        return request.path
    return f"/{request.resolver_match.route}"


class _Actor:
    """Who is signed in, looked up only when something is written: an answer that reads nobody's session is everybody's."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def number(self) -> int | None:
        """Return the person's number; a visitor without a session is not looked up."""
        if settings.SESSION_COOKIE_NAME not in self.request.COOKIES:
            return None
        return self.request.user.pk


class Encoder(DjangoJSONEncoder):
    """Write what the edges have told as JSON, with a statement that writes."""

    def default(self, told: Any) -> Any:
        """Return the number of an actor; all else is Django's."""
        return told.number() if isinstance(told, _Actor) else super().default(told)


def because(*, step: Any, reason: str) -> Any:
    """Say, around a call of a service, which step of the desk it is and what reason was given."""
    return pghistory.context(step=str(step)[:200], reason=reason[:REASON_LENGTH])


def program(name: str) -> Any:
    """Say, around what runs by itself, which task or command it is."""
    return pghistory.context(program=name)


def command(arguments: list[str]) -> Any:
    """Say which command runs, without what was given to it: that may be somebody's address."""
    name = arguments[1] if len(arguments) > 1 else ""
    return pghistory.context() if name in OF_THE_SCHEMA else program(f"manage.py {name}".strip())
