"""Ring for what no event tells: a row that a subscriber wrote, and that a browser watches.

It is heard after the commit, by every process that holds streams. A ring that is lost costs a moment: the
next one makes up for it, and so does the browser that comes back.
"""

from collections.abc import Iterable
from functools import partial

from django.db import connection, transaction

CHANNEL = "live"
RING = "SELECT pg_notify(%s, subject) FROM unnest(%s::text[]) AS subject"


def ring(subjects: Iterable[str]) -> None:
    """Ring, once this transaction is committed, for those who hear of these subjects."""
    wanted = sorted(set(subjects))
    if wanted:
        # Not inside the transaction: there a NOTIFY would make the commits of the whole cluster wait in line.
        transaction.on_commit(partial(notify, wanted), robust=True)


def notify(subjects: list[str]) -> None:
    """Ring now."""
    with connection.cursor() as cursor:
        cursor.execute(RING, [CHANNEL, subjects])
