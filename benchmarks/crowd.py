"""A crowd of players and who follows whom: a real graph where it is at hand, else one of the same shape.

The rows are written past the services: a million follows by events would take longer than all measurements.
"""

from __future__ import annotations

import csv
import gzip
import io
import os
import random
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from django.db import connection, models

REAL_USERS, REAL_EDGES = 36_890, 492_575
USERS, FOLLOWS = 100_000, 2 * REAL_EDGES
SEED = 2018
BATCH = 5_000

COPY = "COPY user_profile_follow (follower_id, followed_id, created_at) FROM STDIN"
COUNTS = """
UPDATE user_profile_followcounts AS counts
   SET follower_count = (SELECT count(*) FROM user_profile_follow WHERE followed_id = counts.user_id),
       following_count = (SELECT count(*) FROM user_profile_follow WHERE follower_id = counts.user_id)
"""


def gather(users: int) -> None:
    """Fill the empty database with players and with follows in proportion."""
    from apps.games.models import Game
    from apps.user_profile.models import (
        FollowCounts,
        GameProfile,
        PrivacySettings,
        User,
        UserProfile,
        UserProfileStats,
    )

    ids, games = range(1, users + 1), list(Game.objects.values_list("pk", flat=True))
    insert(User, (User(pk=n, username=f"player-{n}") for n in ids))
    insert(
        UserProfile,
        (
            UserProfile(
                pk=n,
                user_id=n,
                public_id=f"DC-B{n}",
                display_name=f"Player {n}",
                bio="plays to win. " * (n % 9),
                country="BD" if n % 2 else "",
                avatar="" if n % 3 else f"avatars/{n}.jpg",
            )
            for n in ids
        ),
    )
    passports = ((n, game) for n in ids for game in games if game % 4 == n % 4)
    insert(
        GameProfile,
        (
            GameProfile(user_id=n, game_id=game, ign=f"P{n}", identity_key=f"p{n}", current_rank="Gold 1")
            for n, game in passports
        ),
    )
    insert(PrivacySettings, (PrivacySettings(user_profile_id=n) for n in ids))
    insert(FollowCounts, (FollowCounts(user_id=n) for n in ids))
    insert(UserProfileStats, (UserProfileStats(user_id=n, matches_won=n % 90) for n in ids))
    with connection.cursor() as cursor:
        with cursor.copy(COPY) as copy:
            for follower, followed in follows(users):
                copy.write_row((follower, followed, "2018-05-01T00:00:00Z"))
        cursor.execute(COUNTS)
        cursor.execute("ANALYZE")


def insert(model: type[models.Model], rows: Iterable[models.Model]) -> None:
    """Insert rows without a word: the model's own queryset would announce each."""
    while batch := list(islice(rows := iter(rows), BATCH)):
        models.QuerySet(model).bulk_create(batch)


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
