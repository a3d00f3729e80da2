"""Channels: what a browser may watch. An app declares its own in its room `channels`.

A channel is a state that is rendered anew whenever something it hears of happens. Whoever connects gets the
state, and each later one; so a message that was missed is made up for by the next, and nothing is kept.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

State = dict[str, Any]


class Refused(Exception):
    """An answer that is no stream: a status and a sentence, and after how long to come again, if so."""

    def __init__(self, status: int, reason: str, *, retry_after_s: int | None = None) -> None:
        self.status = status
        self.retry_after_s = retry_after_s
        super().__init__(reason)


class Channel(Protocol):
    """One thing to watch, for one kind of viewer. Equal channels are rendered once for all who watch them.

    `facts` and `show` run in a thread, in no transaction.
    """

    @property
    def hears(self) -> frozenset[str]:
        """Whose events change it: `user:7`, `tournament:3`, or all events of a type: `type:level_up`."""

    def facts(self) -> Any:
        """Return how things stand now, as values that can be compared; None when there is nothing any more.

        A stream with a delay keeps them meanwhile, so nothing is in them that somebody may come to hide: ids
        and numbers, no names.
        """

    def show(self, facts: Any) -> State | None:
        """Return what is said of the facts at this moment, as JSON; None when there is nothing any more.

        It asks names and privacy of the source rows, each time.
        """


class Ticket(Protocol):
    """By what somebody watches, where that can end before he leaves."""

    @property
    def hears(self) -> frozenset[str]:
        """Whose events may end it, or bring a message for its bearer alone."""

    def look(self, seen: str) -> "Noted | None":
        """Return what is to be said to its bearer alone since `seen`; None when it is in force no more."""


@dataclass(frozen=True, slots=True)
class Noted:
    """What a look at a ticket found: what will have been seen, and what is said, if anything."""

    seen: str
    said: State | None = None


@dataclass(frozen=True, slots=True)
class Watch:
    """An opened door: what is watched, so many seconds late, and by which ticket."""

    channel: Channel
    delay_s: float = 0.0
    ticket: Ticket | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """An event that is told, and its position."""

    position: int
    event: str
    data: State


type Read = Callable[[int], tuple[list[Line], int, bool] | None]


@dataclass(frozen=True, slots=True)
class Tail:
    """An opened door to events one after the other, none left out, instead of a state.

    `read` returns what follows a position, the position after it, and whether there is more; None when its
    bearer may read no more. Without `after` it is what follows from now on; `gap` says why it is not where
    the bearer wanted to go on.
    """

    hears: frozenset[str]
    read: Read
    after: int | None = None
    gap: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asks a door: the rest of the path, the query, the headers (names in lower case).

    `origin` is a digest of where he is.
    """

    rest: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    origin: str = ""


type Maker = Callable[[int | None, str], Channel]
type Door = Callable[[Request], Watch | Tail]


@dataclass(frozen=True)
class Kind:
    """A declared kind of channel: makes the channel of a viewer (None: anonymous) and a subject."""

    name: str
    make: Maker
    subjects: re.Pattern[str]

    def accepts(self, subject: str) -> bool:
        """Tell whether a subject is written as this kind wants it."""
        return bool(self.subjects.fullmatch(subject))


kinds: dict[str, Kind] = {}
doors: dict[str, Door] = {}


def channel(name: str, *, subjects: str = r"\d{1,18}") -> Callable[[Maker], Maker]:
    """Declare a kind of channel; the function makes one of a viewer's user id and the subject's name.

    `subjects` is a pattern of the names that may be asked for; by default they are ids.
    """

    def declare(make: Maker) -> Maker:
        kinds[name] = Kind(name, make, re.compile(subjects, re.ASCII))
        return make

    return declare


def door(name: str) -> Callable[[Door], Door]:
    """Declare a door: what is asked for under `/live/<name>/` is decided by the function, who may is, too.

    It raises Refused. A door is for whoever brings a secret of his own instead of a token of the site.
    """

    def declare(open_: Door) -> Door:
        doors[name] = open_
        return open_

    return declare
