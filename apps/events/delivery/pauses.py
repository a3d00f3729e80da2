"""Pausing: by a person, or by the subscriber itself when it is broken rather than its events.

When a table is missing or a service has a bug, every event fails; parking every player one by one would only
make a small mess a large one. So a subscriber that fails too often stops, parks nothing, and tries its oldest
failure once a minute until that works. One that a person paused stays paused.
"""

from django.db import connection, transaction

from apps.events import acts
from apps.events.errors import EventError

KEYS_FAILED_MAX = 50
SHARE_FAILED_MAX = 0.2
PROBE_EVERY_S = 60
# The parked keys of a subscriber that resumes come back over this time, not all at once.
RESUME_OVER_S = 10

ITSELF = """
UPDATE event_subscription SET paused = %(why)s, probe_at = clock_timestamp() + %(s)s * interval '1 second'
 WHERE name = %(name)s AND (paused = '' OR probe_at IS NOT NULL)
"""
BY_PERSON = "UPDATE event_subscription SET paused = %(why)s, probe_at = NULL WHERE name = %(name)s"
RESUME = """
UPDATE event_subscription SET paused = '', probe_at = NULL, minute_keys = 0, minute_failed = 0
 WHERE name = %(name)s
"""
SPREAD = """
UPDATE event_lane SET due_at = clock_timestamp() + random() * %(s)s * interval '1 second'
 WHERE subscription_id = %(name)s AND state = 'retry'
"""


class Overwhelmed(EventError):
    """So many keys fail that the subscriber itself must be broken; the turn is rolled back."""


class NoSuchSubscriber(EventError):
    """Nobody stored a subscriber of that name."""


def check(*, keys: int, failed: int) -> None:
    """Raise Overwhelmed when too many of the keys handled within a minute failed."""
    if failed > KEYS_FAILED_MAX and failed > SHARE_FAILED_MAX * keys:
        raise Overwhelmed(f"{failed} of {keys} keys failed within a minute")


def pause_itself(name: str, why: str) -> None:
    """Stop a subscriber until its next probe."""
    _run(ITSELF, name, why=f"paused itself: {why}", s=PROBE_EVERY_S)


def pause(name: str, *, by: str, reason: str) -> None:
    """Stop a subscriber until somebody resumes it. Raises NoSuchSubscriber."""
    with transaction.atomic():
        _run(BY_PERSON, name, why=f"paused by {by}: {reason}")
        acts.record("pause", name, by=by, reason=reason)


def resume(name: str, *, by: str = "", reason: str = "") -> None:
    """Let a subscriber go on; its parked keys are tried again soon. Raises NoSuchSubscriber.

    Without `by` it resumes by itself, which is no act of anybody.
    """
    with transaction.atomic():
        _run(RESUME, name)
        if by:
            acts.record("resume", name, by=by, reason=reason)
        with connection.cursor() as cursor:
            cursor.execute(SPREAD, {"name": name, "s": RESUME_OVER_S})


def _run(sql: str, name: str, **parameters: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"name": name, **parameters})  # type: ignore[dict-item]
        if cursor.rowcount == 0 and sql is not ITSELF:
            raise NoSuchSubscriber(f"there is no subscriber {name}: `events status` lists them")
