"""What all layouts have in common."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from apps.live.channels import State

# Whoever is renamed is called so at once, wherever he is named.
NAMES = frozenset(
    {"type:avatar_changed", "type:display_name_changed", "type:team_renamed", "type:username_changed"}
)


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom or what an overlay is about: `player` or `tournament`, by id."""

    kind: str
    id: int

    @property
    def is_player(self) -> bool:
        """Whether it is about a player."""
        return self.kind == "player"

    @property
    def heard(self) -> str:
        """The subject whose events are about it."""
        return f"{'user' if self.is_player else 'tournament'}:{self.id}"


@dataclass(frozen=True, slots=True)
class Layout:
    """A layout. `facts` may be kept for a while; `show` is asked at every message, for the fields wanted."""

    FIELDS: tuple[str, ...]
    hears: Callable[[Subject], frozenset[str]]
    facts: Callable[[Subject], Any]
    show: Callable[[Subject, Any, tuple[str, ...]], State]
    example: Callable[[tuple[str, ...]], State]


def idle(layout: str) -> State:
    """Return that there is nothing to show at the moment."""
    return {"layout": layout, "idle": True}
