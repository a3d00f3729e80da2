"""Experience: points for what events say, once per event and player, and the levels that they make."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from apps.events import Event
from apps.gamification.levels import level_of
from apps.gamification.models import PlayerLevel, XPEntry
from apps.gamification.rules import BY_TYPE
from apps.gamification.signals import level_up
from apps.tournaments import selectors as tournaments
from apps.user_profile import selectors as players

OPEN_IN_GAMES = """
INSERT INTO gamification_gamexp (user_id, game_id, xp_total)
SELECT user_id, game_id, 0 FROM unnest(%s::bigint[], %s::bigint[]) AS added (user_id, game_id)
    ON CONFLICT (user_id, game_id) DO NOTHING
"""
ADD_IN_GAMES = """
UPDATE gamification_gamexp AS known SET xp_total = known.xp_total + added.points
  FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS added (user_id, game_id, points)
 WHERE known.user_id = added.user_id AND known.game_id = added.game_id
"""


@transaction.atomic
def grant(events: Sequence[Event]) -> None:
    """Give the points of these events, and announce the levels that are reached for the first time."""
    worth = fresh([event for event in events if BY_TYPE[event.type].applies(event.args)])
    levels = locked({event.args["user_id"] for event in worth})
    reached: list[tuple[Event, int]] = []
    for event in worth:
        own = levels[event.args["user_id"]]
        own.xp_total += BY_TYPE[event.type].points
        own.level = level_of(own.xp_total)
        reached += [(event, level) for level in range(own.highest_level + 1, own.level + 1)]
        own.highest_level = max(own.highest_level, own.level)
    store(worth)
    PlayerLevel.objects.bulk_update(levels.values(), ["xp_total", "level", "highest_level"])
    for event, level in reached:
        # Heard again, it is no news.
        if not event.replay:
            with event.causing():
                level_up.send(PlayerLevel, user_id=event.args["user_id"], level=level)


def fresh(events: Sequence[Event]) -> list[Event]:
    """Return the events whose points are not given yet, of players who exist."""
    there = players.names_of({event.args["user_id"] for event in events})
    known = set(
        XPEntry.objects.filter(event_id__in=[event.id for event in events]).values_list("event_id", flat=True)
    )
    return [event for event in events if event.id not in known and event.args["user_id"] in there]


def locked(user_ids: Iterable[int]) -> dict[int, PlayerLevel]:
    """Return these players' levels by player, locked in their order; who had no points yet begins here."""
    user_ids = sorted(user_ids)
    PlayerLevel.objects.bulk_create(
        (PlayerLevel(user_id=user_id) for user_id in user_ids), ignore_conflicts=True
    )
    rows = PlayerLevel.objects.filter(user_id__in=user_ids).order_by("user_id")
    return {row.user_id: row for row in rows.select_for_update(no_key=True)}


def store(events: Sequence[Event]) -> None:
    """Write the reasons, and add to the sums of the games that they were won in."""
    games = games_of(events)
    entries = [
        XPEntry(
            user_id=event.args["user_id"],
            rule=BY_TYPE[event.type].name,
            points=BY_TYPE[event.type].points,
            game_id=games.get(event.id),
            event_id=event.id,
            occurred_at=event.occurred_at,
        )
        for event in events
    ]
    XPEntry.objects.bulk_create(entries)
    sums: Counter[tuple[int, int]] = Counter()
    for entry in entries:
        if entry.game_id is not None:
            sums[entry.user_id, entry.game_id] += entry.points
    in_order = sorted(sums)
    user_ids, game_ids = [user for user, _ in in_order], [game for _, game in in_order]
    with connection.cursor() as cursor:
        cursor.execute(OPEN_IN_GAMES, [user_ids, game_ids])
        cursor.execute(ADD_IN_GAMES, [user_ids, game_ids, [sums[key] for key in in_order]])


def games_of(events: Sequence[Event]) -> dict[UUID, int]:
    """Return the game that each event was about, by event; teams found themselves outside of any."""
    by_match = {event.args["match_id"] for event in events if "match_id" in event.args}
    by_tournament = {event.args["tournament_id"] for event in events if event.args.get("tournament_id")}
    matches, cups = tournaments.games_of_matches(by_match), tournaments.games_of(by_tournament)

    def game_of(args: dict[str, Any]) -> int | None:
        return matches.get(args["match_id"]) if "match_id" in args else cups.get(args.get("tournament_id", 0))

    found = {event.id: game_of(event.args) for event in events}
    return {event_id: game for event_id, game in found.items() if game is not None}
