"""Statistics: sums over a player's events, one statement per batch."""

from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Mapping
from typing import Any

from django.db import connection, transaction

from apps.economy.signals import transaction_completed
from apps.events import DomainEvent, Event
from apps.teams.signals import user_joined_team, user_left_team
from apps.tournaments.signals import (
    match_won,
    tournament_match_completed,
    tournament_match_retracted,
    tournament_placement,
    tournament_placement_retracted,
    tournament_registered,
    tournament_withdrawn,
)
from apps.user_profile.models import UserProfileStats
from apps.user_profile.services import achievement_service
from apps.user_profile.signals import stats_updated

type Deltas = dict[str, int]

COUNTERS = (
    "tournaments_played",
    "matches_played",
    "matches_won",
    "kills",
    "deaths",
    "assists",
    "teams_joined",
    "teams_left",
    "tournaments_won",
    "runner_ups",
    "third_places",
    "podiums",
    "coins_spent",
)


def of_match(args: dict[str, Any]) -> Deltas:
    """Return what a completed match adds. The win is counted by `match_won`, once."""
    return {
        "matches_played": 1,
        "kills": args["kills"],
        "deaths": args["deaths"],
        "assists": args["assists"],
    }


def of_retracted_match(args: dict[str, Any]) -> Deltas:
    """Return what takes back a match and the win that was said with it."""
    return {name: -added for name, added in of_match(args).items()} | {"matches_won": -int(args["won"])}


PODIUM = {1: "tournaments_won", 2: "runner_ups", 3: "third_places"}


def of_place(args: dict[str, Any], by: int = 1) -> Deltas:
    """Return what a final place adds: nothing below the third."""
    place = PODIUM.get(args["placement"])
    return {place: by, "podiums": by} if place else {}


def of_transaction(args: dict[str, Any]) -> Deltas:
    """Return what a transaction adds: what was paid in the shop, and what came back from it."""
    return {"coins_spent": -args["amount"]} if args["type"] in ("PURCHASE", "REFUND") else {}


# Event -> what it adds to which sum of its player.
COUNTED: dict[DomainEvent[Any], Callable[[dict[str, Any]], Deltas]] = {
    tournament_registered: lambda args: {"tournaments_played": 1},
    tournament_withdrawn: lambda args: {} if args["began"] else {"tournaments_played": -1},
    tournament_match_completed: of_match,
    match_won: lambda args: {"matches_won": 1},
    tournament_match_retracted: of_retracted_match,
    tournament_placement: of_place,
    tournament_placement_retracted: lambda args: of_place(args, -1),
    user_joined_team: lambda args: {"teams_joined": 1},
    user_left_team: lambda args: {"teams_left": 1},
    transaction_completed: of_transaction,
}
KINDS = {signal.name: added for signal, added in COUNTED.items()}

ADD = f"""
UPDATE user_profile_userprofilestats AS stats
   SET {", ".join(f"{name} = stats.{name} + added.{name}" for name in COUNTERS)}
  FROM unnest(%s::bigint[], {", ".join("%s::bigint[]" for _ in COUNTERS)})
       AS added (user_id, {", ".join(COUNTERS)})
 WHERE stats.user_id = added.user_id
"""


def count(events: Iterable[Event]) -> None:
    """Add what these events mean to the sums of their players, and unlock what they reach by it."""
    steps = [(event, event.args["user_id"], KINDS[event.type](event.args)) for event in events]
    sums: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for _, user_id, added in steps:
        sums[user_id].update(added)
    before = lock(sums)
    add(sums)
    achievement_service.follow(before, steps)
    announce(before, sums, {user_id: event for event, user_id, added in steps if added})


@transaction.atomic(savepoint=False)
def announce(there: Container[int], sums: Mapping[int, Counter[str]], last: Mapping[int, Event]) -> None:
    """Say whose figures moved, each because of the last event that moved one: nothing of what is heard again.

    Nothing that is counted follows from this event, so it cannot cause itself.
    """
    moved = {
        user_id: event
        for user_id, event in sorted(last.items())
        if user_id in there and any(sums[user_id].values()) and not event.replay
    }
    rows = [{"user_id": user_id} for user_id in moved]
    stats_updated.send_many(UserProfileStats, rows, causes=moved.values())


@transaction.atomic(savepoint=False)
def correct(sums: Mapping[int, Counter[str]]) -> None:
    """Add what was missing, of players whose rows are locked, and say that their figures moved."""
    add(sums)
    stats_updated.send_many(UserProfileStats, [{"user_id": user_id} for user_id in sums])


def lock(user_ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """Return the sums of these players as they are, with the rows locked in order of players."""
    rows = UserProfileStats.objects.filter(user_id__in=list(user_ids)).order_by("user_id")
    values = rows.select_for_update(no_key=True).values_list("user_id", *COUNTERS)
    return {user_id: dict(zip(COUNTERS, sums, strict=True)) for user_id, *sums in values}


def empty() -> None:
    """Set every sum to zero, to be counted again from the log."""
    UserProfileStats.objects.update(**dict.fromkeys(COUNTERS, 0))


def add(sums: Mapping[int, Counter[str]]) -> None:
    """Add sums by player, whose rows are locked."""
    user_ids = sorted(sums)
    columns = [[sums[user_id][name] for user_id in user_ids] for name in COUNTERS]
    with connection.cursor() as cursor:
        cursor.execute(ADD, [user_ids, *columns])
