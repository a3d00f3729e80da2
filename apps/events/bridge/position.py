"""How far the bridge has come: its own position, which moves only after the broker has what is before it."""

from dataclasses import dataclass

import psycopg
from django.db import connection

from apps.events import sequencer, stream
from apps.events.bridge.messages import Message, message
from apps.events.errors import EventError, InvalidEvent
from apps.events.models import Bridge

JETSTREAM = "jetstream"
BATCH = 500
# The timeline changes when a stand-by takes over and when a backup is brought to a point in time, the cluster
# when a dump is restored: then events may be gone that were published.
EPOCH = """
SELECT (SELECT system_identifier FROM pg_control_system())::text
       || '-' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)
"""
LEASE = "SELECT pg_try_advisory_lock(hashtext('deltacrown bridge'), hashtext(%s))"


class Overtaken(EventError):
    """Somebody else moved the position meanwhile: this process is not the bridge any more."""


@dataclass(frozen=True, slots=True)
class Status:
    """How the bridge is doing."""

    position: int
    head: int
    epoch: str

    @property
    def lag(self) -> int:
        """How many events wait for it."""
        return self.head - self.position


def epoch() -> str:
    """Return which life of the log this is, `cluster-timeline`."""
    with connection.cursor() as cursor:
        cursor.execute(EPOCH)
        return str(cursor.fetchone()[0])


def status() -> Status:
    """Return how far the bridge has come; it begins at the beginning."""
    bridge, _created = Bridge.objects.get_or_create(name=JETSTREAM)
    return Status(bridge.position, sequencer.head(), bridge.epoch)


def rewind(position: int) -> None:
    """Let the bridge publish again what comes after a position."""
    Bridge.objects.update_or_create(name=JETSTREAM, defaults={"position": position})


def lease(session: psycopg.Connection) -> bool:
    """Tell whether this session is the bridge, for as long as it lasts."""
    found = session.execute(LEASE, [JETSTREAM]).fetchone()
    return bool(found and found[0])


def waiting() -> list[Message]:
    """Return the next messages, in order.

    Raises InvalidEvent when the first of them cannot be read by this code.
    """
    now = status()
    life = epoch()
    messages: list[Message] = []
    for entry in stream.tail(after=now.position, upto=now.head, limit=BATCH):
        try:
            messages.append(message(entry, life))
        except InvalidEvent:
            if not messages:
                raise
            break
    return messages


def advance(*, before: int, after: int) -> None:
    """Remember that the broker has everything up to a position. Raises Overtaken."""
    moved = Bridge.objects.filter(name=JETSTREAM, position=before).update(position=after, epoch=epoch())
    if not moved:
        raise Overtaken(f"the bridge stands elsewhere than at {before}")
