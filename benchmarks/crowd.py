"""A crowd of players and who follows whom: a real graph where it is at hand, else one of the same shape.

The rows are written past the services: a million follows by events would take longer than all measurements.
"""

from __future__ import annotations

import csv
import gzip
import io
import os
import random
from collections.abc import Iterator
from pathlib import Path

from django.db import connection, models

REAL_USERS, REAL_EDGES = 36_890, 492_575
USERS, FOLLOWS = 100_000, 2 * REAL_EDGES
SEED = 2018

COPY = "COPY user_profile_follow (follower_id, followed_id, created_at) FROM STDIN"
COUNTS = """
UPDATE user_profile_followcounts AS counts
   SET follower_count = (SELECT count(*) FROM user_profile_follow WHERE followed_id = counts.user_id),
       following_count = (SELECT count(*) FROM user_profile_follow WHERE follower_id = counts.user_id)
"""


def gather(users: int) -> None:
    """Fill the empty database with players and with follows in proportion."""
    from apps.user_profile.models import (
        FollowCounts,
        GameProfile,
        PrivacySettings,
        User,
        UserProfile,
        UserProfileStats,
    )

    numbers = f"generate_series(2, {users}) AS n"
    copies(User(pk=1, username="player-1"), numbers, id="n", username="'player-' || n")
    copies(
        UserProfile(pk=1, user_id=1, public_id="DC-B1", display_name="Player 1"),
        numbers,
        id="n",
        user_id="n",
        public_id="'DC-B' || n",
        display_name="'Player ' || n",
        bio="repeat('plays to win. ', n % 9)",
        country="CASE WHEN n % 2 = 1 THEN 'BD' ELSE '' END",
        avatar="CASE WHEN n % 3 = 0 THEN '' ELSE 'avatars/' || n || '.jpg' END",
    )
    copies(
        GameProfile(user_id=1, game_id=1, ign="P1", identity_key="p1", current_rank="Gold 1"),
        f"{numbers} JOIN games_game AS game ON game.id % 4 = n % 4",
        user_id="n",
        game_id="game.id",
        ign="'P' || n",
        identity_key="'p' || n",
    )
    copies(PrivacySettings(user_profile_id=1), numbers, user_profile_id="n")
    copies(FollowCounts(user_id=1), numbers, user_id="n")
    copies(UserProfileStats(user_id=1), numbers, user_id="n", matches_won="n % 90")
    with connection.cursor() as cursor:
        with cursor.copy(COPY) as copy:
            for follower, followed in follows(users):
                copy.write_row((follower, followed, "2018-05-01T00:00:00Z"))
        cursor.execute(COUNTS)
        cursor.execute("ANALYZE")


def copies(one: models.Model, source: str, **values: str) -> None:
    """Insert a row, and a copy of it for each row of `source`, in which some columns have other values.

    The database does it, without a word: the model's own queryset would announce each.
    """
    model = type(one)
    models.QuerySet(model).bulk_create([one])
    table, key = model._meta.db_table, model._meta.pk.column
    columns = [
        field.column for field in model._meta.concrete_fields if field.column != "id" or "id" in values
    ]
    taken = ", ".join(values.get(column, f"one.{column}") for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) "
            f"SELECT {taken} FROM {table} AS one, {source} WHERE one.{key} = {one.pk}"
        )


def follows(users: int) -> Iterator[tuple[int, int]]:
    """Yield who follows whom, each pair once: as many for each player as in the real graph."""
    edges = real_edges() if users >= REAL_USERS else None
    for first, second in edges or drawn_edges(users, REAL_EDGES * users // USERS):
        yield first, second
        yield second, first


def real_edges() -> list[tuple[int, int]] | None:
    """Return the Twitch graph of 2018, None where it is not at hand (DELTACROWN_DATA names its folder)."""
    folder = os.environ.get("DELTACROWN_DATA")
    paths = sorted(Path(folder, "twitch-follow-graph").glob("*_edges.csv.gz")) if folder else []
    edges, base = [], 1
    for path in paths:
        with gzip.open(path) as file:
            rows = list(csv.DictReader(io.TextIOWrapper(file)))
        found = [(int(row["from"]), int(row["to"])) for row in rows]
        edges += [(base + first, base + second) for first, second in found]
        base += max(max(edge) for edge in found) + 1
    return edges or None


def drawn_edges(users: int, count: int) -> Iterator[tuple[int, int]]:
    """Yield edges of a graph in which few have very many, the same ones at every call."""
    draw, seen = random.Random(SEED), set()
    while len(seen) < count:
        first, second = (min(int(draw.paretovariate(0.35)), users) for _end in range(2))
        first = draw.randint(1, users) if draw.random() < 0.7 else first
        edge = (min(first, second), max(first, second))
        if first != second and edge not in seen:
            seen.add(edge)
            yield edge
