"""Wake a task once for all that arrives before it looks: one message that nobody has taken up yet is enough.

What arrives is committed before it asks here, and the task clears the mark before it looks, so it sees whatever was told
not to wake it. The mark is worth as little as the message: Redis may lose both, and the next tick of the clock comes.
"""

import logging

import redis
from django.conf import settings

from civicfund.quick_redis import quick_redis

logger = logging.getLogger(__name__)

#: A mark whose message was lost holds nobody back for longer.
LASTS_SECONDS = 5


def must_wake(name: str) -> bool:
    """Say whether it falls to the caller to wake a task, and keep all others from it; while Redis is away it falls to all."""
    try:
        return bool(quick_redis(settings.REDIS_URL).set(_key(name), 1, nx=True, ex=LASTS_SECONDS))
    except redis.RedisError as error:
        logger.warning("nobody knows whether %s was woken: %s", name, error)
        return True


def begin_to_look(name: str) -> None:
    """Forget that a task was woken, right before it looks: what arrives from now on wakes it anew."""
    try:
        quick_redis(settings.REDIS_URL).delete(_key(name))
    except redis.RedisError as error:
        logger.warning("nobody is told that %s looks: %s", name, error)


def _key(name: str) -> str:
    return f"woken:{name}"
