"""Rate limits that all processes share: in Redis when there is one, else by one upsert into PostgreSQL.

A caller's allowance refills evenly (GCRA): all that is kept is when it will be full again. With 300 a minute,
300 may come at once, and then one every 0.2 seconds.
"""

import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.http.response import HttpResponseBase
from django.utils import timezone
from redis import Redis, RedisError

from apps.api import statements
from apps.api.models import Allowance

WINDOW_S = 60
# The database keeps microseconds: a share of a minute may have been rounded up.
TOLERANCE_S = 0.001
REDIS_TIMEOUT_S = 0.5

TAKE = """
INSERT INTO api_allowance AS held (caller, full_at, refused)
VALUES (%(caller)s, statement_timestamp() + make_interval(secs => %(gap)s), false)
ON CONFLICT (caller) DO UPDATE SET (full_at, refused) = (
    SELECT CASE WHEN wanted > latest THEN held.full_at ELSE wanted END, wanted > latest
      FROM (SELECT greatest(held.full_at, statement_timestamp()) + make_interval(secs => %(gap)s) AS wanted,
                   statement_timestamp() + make_interval(secs => %(window)s) AS latest) AS asked
)
RETURNING refused, extract(epoch FROM full_at - statement_timestamp())::float8
"""

TAKE_FROM_REDIS = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local gap, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local full = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now)
if full + gap > now + window then return {1, tostring(full - now)} end
redis.call('SET', KEYS[1], string.format('%.6f', full + gap), 'PX', math.ceil((full + gap - now) * 1000))
return {0, tostring(full + gap - now)}
"""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Tier:
    """How much one kind of caller may ask."""

    name: str
    per_minute: int


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of asking: whether it was refused, and in how many seconds all is back."""

    tier: Tier
    refused: bool
    full_in_s: float

    @property
    def gap_s(self) -> float:
        """How long one request takes to come back."""
        return WINDOW_S / self.tier.per_minute

    @property
    def remaining(self) -> int:
        """How many more may follow at once."""
        left = math.floor((WINDOW_S + TOLERANCE_S - self.full_in_s) / self.gap_s)
        return min(max(left, 0), self.tier.per_minute)

    @property
    def retry_after_s(self) -> int:
        """After how many whole seconds one more is allowed."""
        return max(1, math.ceil(self.full_in_s + self.gap_s - WINDOW_S - TOLERANCE_S))

    def tell(self, response: HttpResponseBase) -> None:
        """Write it down for clients: as the IETF drafts it, and as most of them know it."""
        quota, left, reset = self.tier.per_minute, self.remaining, max(0, math.ceil(self.full_in_s))
        headers = response.headers
        headers["RateLimit-Policy"] = f'"{self.tier.name}";q={quota};w={WINDOW_S}'
        headers["RateLimit"] = f'"{self.tier.name}";r={left};t={reset}'
        headers["X-RateLimit-Limit"] = str(quota)
        headers["X-RateLimit-Remaining"] = str(left)
        headers["X-RateLimit-Reset"] = str(int(time.time()) + reset)
        if self.refused:
            headers["Retry-After"] = str(self.retry_after_s)


def take(caller: str, tier: Tier) -> Taken:
    """Take one request from a caller's allowance, if there is one left."""
    script = redis_script()
    if script:
        try:
            refused, full_in_s = script(keys=[f"api:allowance:{caller}"], args=asked(tier))
            return Taken(tier, bool(refused), float(full_in_s))
        except RedisError:
            logger.warning(
                "Redis does not answer; the database keeps the rate limits meanwhile.", exc_info=True
            )
    gap, window = asked(tier)
    refused, full_in_s = statements.row(TAKE, {"caller": caller, "gap": gap, "window": window})
    return Taken(tier, refused, full_in_s)


def asked(tier: Tier) -> tuple[float, float]:
    """Return how long one request takes to come back, and how far a caller may be ahead."""
    return WINDOW_S / tier.per_minute, WINDOW_S + TOLERANCE_S


@cache
def redis_script() -> Callable[..., Any] | None:
    """Return what takes an allowance in Redis; None where there is no Redis."""
    if not settings.RATE_LIMITS_URL:
        return None
    redis: Redis = Redis.from_url(
        settings.RATE_LIMITS_URL, socket_timeout=REDIS_TIMEOUT_S, socket_connect_timeout=REDIS_TIMEOUT_S
    )
    return redis.register_script(TAKE_FROM_REDIS)


def forget() -> int:
    """Drop the allowances that are full again; return how many."""
    dropped, _ = Allowance.objects.filter(full_at__lt=timezone.now()).delete()
    return dropped
