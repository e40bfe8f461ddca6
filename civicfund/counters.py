"""Counters of what may happen only so often: in Redis, and in PostgreSQL while Redis is away."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import redis
from django.conf import settings
from django.db import connection, models, transaction
from django.utils.crypto import salted_hmac

from civicfund.limits import Limit
from civicfund.quick_redis import quick_redis

logger = logging.getLogger(__name__)

#: Counts one more in every bucket, or in none when one is full; returns the places of the full ones.
SCRIPT = """
local full = {}
for place, key in ipairs(KEYS) do
  if tonumber(redis.call('GET', key) or '0') >= tonumber(ARGV[2 * place - 1]) then full[#full + 1] = place end
end
if #full == 0 then
  for place, key in ipairs(KEYS) do
    redis.call('INCR', key)
    redis.call('EXPIREAT', key, ARGV[2 * place])
  end
end
return full
"""

COUNT = """
INSERT INTO civicfund_counter AS had (key, number, ends_at) VALUES (%s, 1, %s)
ON CONFLICT (key) DO UPDATE SET number = had.number + 1 RETURNING number
"""


class Counter(models.Model):
    """How often something happened in one window while Redis was away; its key is a digest that no day shares."""

    key = models.CharField(max_length=120, primary_key=True)
    number = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.key


@dataclass(frozen=True)
class Bucket:
    """What is counted in one window: at most `number` until `ends_at`; `place` is that of its limit in the settings."""

    scope: str
    key: str
    number: int
    ends_at: datetime
    place: int = 0


class _Full(Exception):
    """Undo what was counted, since a bucket is full; carries the full ones."""

    def __init__(self, full: list[Bucket]) -> None:
        super().__init__()
        self.full = full


def buckets_of(
    scope: str, name: str, limits: Sequence[Limit], now: datetime, *, kind: str = "visit"
) -> list[Bucket]:
    """Return the buckets something falls into now, one for each limit; the name itself is kept nowhere.

    It is hidden under a salt of the day, so that what is left of it tells nobody where a visitor came from.
    """
    salt = f"{kind} counter of {now:%Y-%m-%d}"
    digest = salted_hmac(salt, f"{scope}:{name}", algorithm="sha256").hexdigest()
    buckets = []
    for place, limit in enumerate(limits):
        window, ends_at = limit.window(now)
        key = f"{kind}:{scope}:{digest[:32]}:{limit.seconds}:{window}"
        buckets.append(Bucket(scope, key, limit.number, ends_at, place))
    return buckets


def count(
    buckets: Sequence[Bucket], *, without_redis: Sequence[Bucket] = (), statement: str = COUNT
) -> list[Bucket]:
    """Count one more in every bucket, or in none; return those that were full, hence nothing when it may happen.

    While Redis is away PostgreSQL counts by `statement`, and beside the buckets those of `without_redis`.
    """
    arguments = [part for one in buckets for part in (one.number, int(one.ends_at.timestamp()))]
    try:
        client = quick_redis(settings.REDIS_URL)
        full = client.eval(SCRIPT, len(buckets), *(one.key for one in buckets), *arguments)
        return [buckets[place - 1] for place in full]
    except redis.RedisError as error:
        logger.warning("the database counts, since Redis is away: %s", error)
    return _count_in_database([*buckets, *without_redis], statement)


def _count_in_database(buckets: Sequence[Bucket], statement: str) -> list[Bucket]:
    """Count in PostgreSQL, in one order, so that nobody waits in a circle."""
    try:
        with transaction.atomic():
            ordered = sorted(buckets, key=lambda one: one.key)
            counted = [(one, _count_one(one, statement)) for one in ordered]
            full = [one for one, number in counted if number > one.number]
            if full:
                raise _Full(full)
    except _Full as found:
        return found.full
    return []


def _count_one(bucket: Bucket, statement: str) -> int:
    """Count one more in one bucket and return how many there are."""
    with connection.cursor() as cursor:
        cursor.execute(statement, [bucket.key, bucket.ends_at])
        return cursor.fetchone()[0]
