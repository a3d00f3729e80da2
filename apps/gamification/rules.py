"""What is worth how many experience points: a table of events. A retraction takes back what was given."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from apps.events import DomainEvent
from apps.teams.signals import team_created
from apps.tournaments.signals import (
    match_won,
    tournament_completed,
    tournament_match_retracted,
    tournament_placement,
    tournament_placement_retracted,
)

MATCH_WON, TOURNAMENT_WON, TOURNAMENT_PLAYED, TEAM_CREATED = 50, 500, 20, 75


@dataclass(frozen=True, slots=True)
class Rule:
    """A reason for points; `applies` says for which of the event's arguments."""

    name: str
    points: int
    applies: Callable[[dict[str, Any]], bool] = lambda args: True


def won(args: dict[str, Any]) -> bool:
    """Tell whether it is about the first place."""
    return bool(args["placement"] == 1)


RULES: dict[DomainEvent[Any], Rule] = {
    match_won: Rule("MATCH_WON", MATCH_WON),
    tournament_match_retracted: Rule("MATCH_WON", -MATCH_WON, lambda args: bool(args["won"])),
    tournament_placement: Rule("TOURNAMENT_WON", TOURNAMENT_WON, won),
    tournament_placement_retracted: Rule("TOURNAMENT_WON", -TOURNAMENT_WON, won),
    tournament_completed: Rule("TOURNAMENT_PLAYED", TOURNAMENT_PLAYED),
    team_created: Rule("TEAM_CREATED", TEAM_CREATED, lambda args: args["user_id"] is not None),
}
BY_TYPE = {event.name: rule for event, rule in RULES.items()}
