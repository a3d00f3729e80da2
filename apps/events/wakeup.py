"""Wake-ups: after a commit, tell the workers that there is something to do.

NOTIFY inside the emitter's transaction would serialise all commits of the cluster, so it goes out after the
commit, on a connection of its own, at most every few milliseconds per process. A lost wake-up loses nothing:
workers also poll.
"""

import logging
import threading
import time
from collections import deque
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection

# Something was committed, and wants a position; the stream has grown, and can be read.
CHANNEL, STREAM = "events", "event_stream"
PAUSE_S = 0.003
RETRY_S = 1.0
# The server misses after eleven seconds whose link is cut; else it keeps his session, and his locks, for
# hours. On a Unix socket it ignores that.
LIVENESS = {
    "tcp_keepalives_idle": "5s",
    "tcp_keepalives_interval": "2s",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "11s",
}

logger = logging.getLogger(__name__)


def parameters() -> dict[str, Any]:
    """Return how psycopg reaches the events' database, past any pooler (EVENTS_LISTEN_URL)."""
    if settings.EVENTS_LISTEN_URL:
        return {"conninfo": settings.EVENTS_LISTEN_URL, "autocommit": True}
    found = connection.get_connection_params()
    for name in ("cursor_factory", "context"):
        found.pop(name, None)
    return {**found, "autocommit": True}


def connect() -> psycopg.Connection:
    """Open a raw connection to the events' database."""
    session = psycopg.connect(**parameters())
    for name, value in LIVENESS.items():
        session.execute("SELECT set_config(%s, %s, false)", [name, value])
    return session


class Bell:
    """One thread per process that turns any number of rings into few NOTIFYs."""

    # Whose NOTIFYs are ours: the number of our session.
    session: int | None = None

    def __init__(self) -> None:
        self._rung = threading.Event()
        # For whom it was rung; appended to and emptied by threads that do not wait for one another.
        self._channels: deque[str] = deque(maxlen=1_000)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closing = False

    def ring(self, channel: str = CHANNEL) -> None:
        """Ask for a NOTIFY soon. Never blocks, never fails: the poll is behind it."""
        self._channels.append(channel)
        self._rung.set()
        # A forked child has the object but not the thread.
        if self._thread is None or not self._thread.is_alive():
            with self._lock:
                if self._thread is None or not self._thread.is_alive():
                    self._thread = threading.Thread(target=self._run, name="events-bell", daemon=True)
                    self._thread.start()

    def close(self) -> None:
        """Stop the thread and close its connection; the next ring starts another."""
        if self._thread is not None and self._thread.is_alive():
            self._closing = True
            self._rung.set()
            self._thread.join()
        self._closing = False

    def _run(self) -> None:
        while not self._closing:
            try:
                with connect() as bell:
                    self._serve(bell)
            except psycopg.Error as error:
                logger.warning("wake-ups pause, workers poll meanwhile: %s", error)
                time.sleep(RETRY_S)

    def _serve(self, bell: psycopg.Connection) -> None:
        # NOTIFY commits with an id of its own; nobody loses by it when a crash takes that from the disk.
        bell.execute("SET synchronous_commit = off")
        self.session = bell.info.backend_pid
        while not self._closing:
            self._rung.wait()
            self._rung.clear()
            rung = {self._channels.popleft() for _ in range(len(self._channels))}
            if rung:
                bell.execute("; ".join(f"NOTIFY {channel}" for channel in sorted(rung)))
            time.sleep(PAUSE_S)


_bell = Bell()
ring = _bell.ring
close = _bell.close


def is_own(notify: psycopg.Notify) -> bool:
    """Tell whether this very process rang."""
    return notify.pid == _bell.session
