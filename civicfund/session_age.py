"""How long a session lasts: the staff's ends when nobody works with it, everybody's ends some day."""

import time
from collections.abc import Callable
from typing import Any

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

SEEN = "seen_at"
#: The session is written at most this often to remember that somebody works with it, in seconds.
EVERY = 60


def end_old_sessions(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Sign a person out whose session is too old, or was left alone; what is asked for then is asked by nobody.

    It looks when a page first wants to know who is there: what is the same for everybody stays so for every cache.
    Source: OWASP ASVS 5.0, 7.3.1 and 7.3.2; docs/security.md says how long and why.
    """

    def middleware(request: HttpRequest) -> Any:
        found = request.user
        request.user = SimpleLazyObject(lambda: _still_there(request, found))
        return get_response(request)

    return middleware


def _still_there(request: HttpRequest, found: Any) -> Any:
    """Return who is signed in, or nobody when the session ends now."""
    if not found.is_authenticated or not _is_over(request, found):
        return found
    request.user = found
    logout(request)
    messages.info(request, _("You were signed out because your session was too old: sign in again."))
    return request.user


def _is_over(request: HttpRequest, person: Any) -> bool:
    """Say whether a session ends now; otherwise remember that it is in use."""
    now, is_staff = time.time(), person.is_staff
    records = get_authentication_records(request, person)
    longest = settings.STAFF_SESSION_SECONDS if is_staff else settings.SESSION_LONGEST_SECONDS
    if longest and records and now - records[0]["at"] >= longest:
        return True
    if not (is_staff and settings.STAFF_IDLE_SECONDS):
        return False
    seen = request.session.get(SEEN, now)
    if now - seen >= settings.STAFF_IDLE_SECONDS:
        return True
    if SEEN not in request.session or now - seen >= EVERY:
        request.session[SEEN] = int(now)
    return False
