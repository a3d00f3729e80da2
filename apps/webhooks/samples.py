"""An example of every event: for the documentation and for tests that an endpoint's owner sends himself."""

from typing import Any, get_args

from apps.events import DomainEvent
from apps.events.definitions import plain

# By the argument's name; what is not here is made of its type.
VALUES: dict[str, Any] = {
    "achievement_code": "FIRST_TOURNAMENT_WIN",
    "achievement_codes": ["FIRST_TOURNAMENT_WIN"],
    "amount": 500,
    "changed_fields": ["bio"],
    "description": "Prize",
    "followed_id": 2,
    "ign": "johndoe#1234",
    "kills": 21,
    "deaths": 14,
    "assists": 7,
    "level": 5,
    "new_avatar_url": None,
    "new_name": "John Doe",
    "old_name": "johnny",
    "new_username": "johndoe",
    "old_username": "johnny",
    "placement": 1,
    "pool": 1500,
    "reason": "A result that it rested on was corrected.",
    "role": "PLAYER",
    "new_role": "CAPTAIN",
    "old_role": "PLAYER",
    "type": "PRIZE",
    "reverses_id": None,
}
BY_TYPE: dict[Any, Any] = {int: 1, str: "example", bool: True, float: 1.0, list: [], dict: {}}


def payload(event: DomainEvent[...]) -> dict[str, Any]:
    """Return arguments of an event that never happened, as the log would hold them."""
    return event.normalise({name: value(name, plain(hint)) for name, hint in event.hints.items()})


def value(name: str, hint: Any) -> Any:
    """Return an example of an argument."""
    if name in VALUES:
        return VALUES[name]
    kinds = [hint, *get_args(hint)]
    return next(BY_TYPE[kind] for kind in kinds if kind in BY_TYPE)
