"""What every job does: one row, written through the ORM."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db import connection, connections, models, transaction

from benchmarks.peers import marks

TABLE = """
DROP TABLE IF EXISTS bench_job_effect;
CREATE TABLE bench_job_effect (number bigint PRIMARY KEY, user_id bigint NOT NULL)
"""
EFFECTS = "INSERT INTO bench_job_effect SELECT * FROM unnest(%s::bigint[], %s::bigint[])"
USERS = 1_000


class Effect(models.Model):
    """What a job leaves behind."""

    number = models.BigIntegerField(primary_key=True)
    user_id = models.BigIntegerField()

    class Meta:
        app_label = "benchmarks"
        managed = False
        db_table = "bench_job_effect"

    def __str__(self) -> str:
        return str(self.number)


def install() -> None:
    """Make the table anew."""
    with connection.cursor() as cursor:
        cursor.execute(TABLE)


def forget() -> None:
    """Begin with no effects and no marks."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE bench_job_effect")
    marks.forget()


def handle(number: int) -> None:
    """Write one effect: a transaction of its own, unless the caller has one."""
    marks.note_begun()
    Effect.objects.create(number=number, user_id=user_of(number))
    transaction.on_commit(partial(marks.note, [number]))


def handle_many(numbers: Sequence[int]) -> None:
    """Write many effects in one statement."""
    marks.note_begun()
    with connection.cursor() as cursor:
        cursor.execute(EFFECTS, [list(numbers), [user_of(number) for number in numbers]])
    transaction.on_commit(partial(marks.note, numbers))


def user_of(number: int) -> int:
    """Return the player whom a job is about."""
    return 1 + number % USERS


def keep_session() -> None:
    """Let a worker's threads keep their connections, as everybody's authors advise."""
    kept: dict[str, Any] = {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": False}
    connections.settings["default"].update(kept)
