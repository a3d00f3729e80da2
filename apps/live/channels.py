"""Channels: what a browser may watch. An app declares its own in its room `channels`.

A channel is a state that is rendered anew whenever something it hears of happens. Whoever connects gets the
state, and each later one; so a message that was missed is made up for by the next, and nothing is kept.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

State = dict[str, Any]
# What a channel hears that any event changes.
EVERYTHING = "*"

CLOCK = "clock"
"""What a channel hears that shows how time passes, or what stands still: rung every few seconds."""


class Channel(Protocol):
    """One thing to watch, for one viewer."""

    @property
    def hears(self) -> frozenset[str]:
        """Whose events change it: `user:7`, `tournament:3`."""

    def state(self) -> State | None:
        """Return what there is to see now, as JSON; None when there is nothing any more.

        Runs in a thread, in no transaction. It asks privacy of the source rows, each time.
        """


type Maker = Callable[[int | None, str], Channel]


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


def channel(name: str, *, subjects: str = r"\d{1,18}") -> Callable[[Maker], Maker]:
    """Declare a kind of channel; the function makes one of a viewer's user id and the subject's name.

    `subjects` is a pattern of the names that may be asked for; by default they are ids.
    """

    def declare(make: Maker) -> Maker:
        kinds[name] = Kind(name, make, re.compile(subjects, re.ASCII))
        return make

    return declare
