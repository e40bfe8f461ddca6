"""The line to Redis for what somebody waits for: it gives up at once."""

from functools import lru_cache

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

#: A visitor must not wait for a Redis that is away.
TIMEOUT_SECONDS = 1


@lru_cache(maxsize=4)
def quick_redis(url: str) -> redis.Redis:
    """Return the line of this process to a Redis, opened when it is first used."""
    return redis.Redis.from_url(
        url,
        socket_timeout=TIMEOUT_SECONDS,
        socket_connect_timeout=TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )
