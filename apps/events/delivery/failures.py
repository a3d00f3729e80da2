"""Whose fault a failure is, and when to try again."""

import traceback
from collections.abc import Sequence

import psycopg
from django.db import connection
from django.db.utils import DatabaseError, InterfaceError

from apps.events.envelope import EventFailed
from apps.events.errors import EventError, EventLoop, Hung, InvalidEvent
from apps.events.stream import Entry
from apps.events.subscriptions import HandlerFailed

ATTEMPTS_MAX = 8
BACKOFF_S_BASE = 0.5
BACKOFF_S_MAX = 300.0
ERROR_CHARS_MAX = 20_000

# Serialisation failure, deadlock, lock time-out, full disk, out of memory, too many connections, shutdown.
NOBODYS_FAULT = {"40001", "40P01", "55P03", "53100", "53200", "53300", "57P01", "57P02", "57P03"}
SERIALIZATION_FAILURE = "40001"
CONNECTION_TROUBLE = "08"
# The statement failed because an earlier one had: whoever swallowed that one is to blame, not this event.
ABORTED_BEFORE = "25P02"
IDLE_IN_TRANSACTION = "25P03"


class ProcessDied(EventError):
    """The process that handled the event died of it, without a word."""

    def __init__(self) -> None:
        super().__init__("the process that handled this event died: out of memory, a crash in C, or os._exit")


def is_hopeless(error: BaseException) -> bool:
    """Tell whether another attempt cannot help: nobody can read the event, or it causes itself."""
    return isinstance(cause_of(error), InvalidEvent | EventLoop)


def cause_of(error: BaseException) -> BaseException:
    """Return the handler's own exception."""
    return error.__cause__ or error if isinstance(error, HandlerFailed) else error


def is_nobodys_fault(error: BaseException) -> bool:
    """Tell whether an error comes from the state of the database rather than from the event."""
    error = cause_of(error)
    if isinstance(error, InterfaceError) or connection.connection is None or connection.connection.closed:
        return isinstance(error, DatabaseError | InterfaceError | psycopg.Error)
    if not isinstance(error, DatabaseError):
        return False
    state = sqlstate(error)
    return is_lost_connection(error) or state in NOBODYS_FAULT or state.startswith(CONNECTION_TROUBLE)


def is_lost_connection(error: BaseException) -> bool:
    """Tell whether the client speaks, and not the server, which gives every error a code.

    Of the connection itself nothing can be read: Django has opened another one when a rollback failed.
    """
    origin = error.__cause__
    return isinstance(origin, psycopg.OperationalError) and origin.sqlstate is None


def sqlstate(error: BaseException) -> str:
    """Return PostgreSQL's code for an error that Django has wrapped; empty for any other."""
    origin = error.__cause__
    return (origin.sqlstate or "") if isinstance(origin, psycopg.Error) else ""


def is_hang(error: BaseException) -> bool:
    """Tell whether the server ended the session because the handler idled in its transaction."""
    link: BaseException | None = error
    while link is not None:
        if isinstance(link, Hung) or getattr(link, "sqlstate", None) == IDLE_IN_TRANSACTION:
            return True
        link = link.__cause__ or link.__context__
    return False


def culprits(error: BaseException, entries: Sequence[Entry]) -> list[int]:
    """Return the indices of the entries that an error names, rising; none when it names nobody."""
    if len(entries) == 1:
        return [0]
    if sqlstate(cause_of(error)) == ABORTED_BEFORE:
        return []
    if isinstance(error, HandlerFailed):
        return [error.index]
    if isinstance(error, EventFailed):
        named = {event.id for event in error.events}
        return [index for index, entry in enumerate(entries) if entry.uid in named]
    return []


def describe(error: BaseException) -> str:
    """Return a failure for the operator: its last line first, then the traceback."""
    error = cause_of(error)
    headline = f"{type(error).__name__}: {error}".strip()
    trace = "".join(traceback.format_exception(error))
    return f"{headline}\n\n{trace}"[:ERROR_CHARS_MAX].replace("\x00", "")


def backoff_s(attempt: int) -> float:
    """Return the longest wait, in seconds, after failure number `attempt` (from 1).

    The wait is drawn uniformly from [0, this], full jitter. Source: M. Brooker, "Exponential Backoff And
    Jitter", AWS, 2015.
    """
    return float(min(BACKOFF_S_MAX, BACKOFF_S_BASE * 2**attempt))
