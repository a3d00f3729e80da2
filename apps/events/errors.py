"""What the backbone refuses, and why."""


class EventError(Exception):
    """Root of the backbone's own errors."""


class InvalidEvent(EventError, TypeError):
    """The arguments of a `send` do not fit the event's signature; nothing was written."""


class EventLoop(EventError):
    """Events cause events without end; the chain is cut here."""


class InvalidDeclaration(EventError, TypeError):
    """An event or a subscriber is declared in a way that cannot work."""


class TryAgain(EventError):
    """The database was busy or away; nobody's fault, nothing counted, the same turn may be run again."""


class Hung(TryAgain):
    """A handler idled in its transaction until the server ended the session; counted as a death."""


class NotOurLog(EventError):
    """The log comes from another PostgreSQL cluster, so its transaction ids mean nothing here."""
