"""Counters of gifts that may be begun only so often: in Redis, and in a table of their own while Redis is away."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings

from civicfund import counters
from civicfund.counters import Bucket
from civicfund.limits import Limit

COUNT = """
INSERT INTO donations_giftcounter AS had (key, number, ends_at) VALUES (%s, 1, %s)
ON CONFLICT (key) DO UPDATE SET number = had.number + 1 RETURNING number
"""


def buckets_of(scope: str, name: str, limits: Sequence[Limit], now: datetime) -> list[Bucket]:
    """Return the buckets a gift falls into now, one for each limit; the name itself is kept nowhere."""
    return counters.buckets_of(scope, name, limits, now, kind="gift")


def count(buckets: Sequence[Bucket], now: datetime) -> list[Bucket]:
    """Count one more in every bucket, or in none; return those that were full, hence nothing when it may happen.

    While Redis is away PostgreSQL counts, and beside the buckets all that happens on the site: above
    GIFT_LIMITS_WITHOUT_REDIS nothing does.
    """
    everything = buckets_of("without-redis", "", settings.GIFT_LIMITS_WITHOUT_REDIS, now)
    return counters.count(buckets, without_redis=everything, statement=COUNT)
