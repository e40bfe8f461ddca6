"""The menu's numbers: what waits for an officer in each list, kept for a moment because every page of the desk shows them."""

import hashlib
import json
import secrets
from collections.abc import Callable
from typing import Any

import redis
from django.conf import settings
from django.http import HttpRequest

from civicfund.desk.queues import waiting_queues
from civicfund.quick_redis import quick_redis

#: How long a number may be behind what was changed elsewhere than at the desk; the first page is always counted anew.
KEPT_SECONDS = 30
#: The mark of the last step anybody has taken at the desk: numbers counted under another one are not shown any more.
LAST_STEP = "desk:last-step"
SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")


def waiting_numbers(request: HttpRequest, *, anew: bool = False) -> dict[str, int]:
    """Return for each list with something that waits for this officer how many rows do.

    They are kept for each person and the person's rights, so nobody sees what another one's rights have counted.
    """
    place = _place_of(request.user)
    step, kept = _recall(place)
    if kept is not None and not anew:
        return kept
    numbers: dict[str, int] = {}
    for queue in waiting_queues(request):
        if queue["is_mine"] and queue["count"]:
            numbers[queue["model"]] = numbers.get(queue["model"], 0) + queue["count"]
    _keep(place, step, numbers)
    return numbers


def forget_after_steps(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Let everybody's numbers be counted anew once something was sent to the desk, before whoever sent it hears the answer."""
    desk = f"/{settings.ADMIN_PATH}/"

    def answer(request: HttpRequest) -> Any:
        response = get_response(request)
        if request.method not in SAFE and request.path.startswith(desk):
            forget_numbers()
        return response

    return answer


def forget_numbers() -> None:
    """Let nobody be shown the numbers counted so far. A Redis that is away has kept none."""
    try:
        quick_redis(settings.REDIS_URL).set(LAST_STEP, secrets.token_hex(8))
    except redis.RedisError:
        return


def _place_of(user: Any) -> str:
    """Return under which name a person's numbers are kept, with the rights the person has now."""
    rights = "all" if user.is_superuser else " ".join(sorted(user.get_all_permissions()))
    return f"desk:waiting:{user.pk}:{hashlib.sha256(rights.encode()).hexdigest()}"


def _recall(place: str) -> tuple[str, dict[str, int] | None]:
    """Return the mark of the last step, and the numbers if they were counted under it."""
    try:
        step, kept = quick_redis(settings.REDIS_URL).mget(LAST_STEP, place)
    except redis.RedisError:
        return "", None
    mark = step.decode() if isinstance(step, bytes) else ""
    known = json.loads(kept) if kept else {}
    return mark, known["numbers"] if known.get("step") == mark else None


def _keep(place: str, step: str, numbers: dict[str, int]) -> None:
    """Keep numbers under the mark that was the last when they began to be counted."""
    try:
        kept = json.dumps({"step": step, "numbers": numbers})
        quick_redis(settings.REDIS_URL).set(place, kept, ex=KEPT_SECONDS)
    except redis.RedisError:
        return
