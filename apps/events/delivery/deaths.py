"""Finding the event that kills the process: a marker on a second connection, written before the handler runs.

The subscription's row is locked by the turn itself, so the marker has a table and a connection of its own. It
has to outlive the worker, not the server, so its commit does not wait for the disk.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg

from apps.events import wakeup
from apps.events.errors import TryAgain

BEGIN = """
INSERT INTO event_attempt (subscription_id, holder, key, position, upto, running, suspect_upto)
VALUES (%(name)s, %(holder)s, %(key)s, %(position)s, %(upto)s, true, %(suspect_upto)s)
ON CONFLICT (subscription_id) DO UPDATE
   SET holder = excluded.holder, key = excluded.key, position = excluded.position, upto = excluded.upto,
       running = true, suspect_upto = excluded.suspect_upto
"""
SURVIVED = "UPDATE event_attempt SET running = false WHERE subscription_id = %s AND holder = %s"
COUNTED = "UPDATE event_attempt SET running = false WHERE subscription_id = %s"


@dataclass(frozen=True, slots=True)
class Marker:
    """What some worker was about to run."""

    holder: uuid.UUID
    key: str
    position: int
    upto: int
    running: bool
    suspect_upto: int


class Witness:
    """Writes the markers of one process, and recognises those of processes that died."""

    def __init__(self) -> None:
        self.holder = uuid.uuid4()
        self.connection: psycopg.Connection | None = None

    def begin(self, name: str, *, key: str, position: int, upto: int, suspect_upto: int) -> None:
        """Say what is about to run."""
        marker = {"key": key, "position": position, "upto": upto, "suspect_upto": suspect_upto}
        self._execute(BEGIN, {"name": name, "holder": self.holder, **marker})

    def survived(self, name: str) -> None:
        """Take the marker back: the process has outlived its own failure."""
        self._execute(SURVIVED, (name, self.holder))

    def counted(self, name: str) -> None:
        """Take a dead process's marker away, so that one death is not counted twice."""
        self._execute(COUNTED, (name,))

    def tells_of_death(self, marker: Marker | None, *, key: str, position: int) -> bool:
        """Tell whether another process died where this one is about to begin.

        A process that survives clears its marker, and one that succeeds leaves the position behind.
        """
        return (
            marker is not None
            and marker.running
            and marker.holder != self.holder
            and (marker.key, marker.position) == (key, position)
        )

    def close(self) -> None:
        """Let go of the connection."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def _execute(self, sql: LiteralString, parameters: Sequence[Any] | Mapping[str, Any]) -> None:
        try:
            if self.connection is None:
                self.connection = wakeup.connect()
                self.connection.execute("SET synchronous_commit = off")
            self.connection.execute(sql, parameters)
        except psycopg.Error as error:
            self.close()
            raise TryAgain(f"the second connection: {error}") from error
