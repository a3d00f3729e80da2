"""Events of the tests alone."""

import enum
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from apps.events import Personal, domain_event


class Colour(enum.StrEnum):
    RED = "red"


@domain_event(version=1)
def pinged(user_id: int, text: str = "") -> None:
    """Somebody pinged. Announced by the tests."""


@domain_event(version=1)
def ponged(user_id: int, text: str = "") -> None:
    """Somebody answered a ping. Announced by the tests' handlers."""


@domain_event(version=1, key="team_id")
def team_pinged(team_id: int, user_id: int | None = None) -> None:
    """A team pinged. Announced by the tests."""


@domain_event(version=1, key="follower_id")
def nodded(follower_id: int, followed_id: int) -> None:
    """Somebody nodded to somebody. Announced by the tests."""


@domain_event(version=1)
def typed(
    user_id: int,
    colour: Colour,
    name: Personal[str],
    at: datetime,
    price: Decimal,
    token: UUID,
    tags: list[str],
    size: float | None = None,
) -> None:
    """An event with an argument of every kind. Announced by the tests."""
