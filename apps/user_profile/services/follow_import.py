"""A published follow graph, as accounts and follows here: many rows, each announced, each once.

A folder holds `<community>_edges.csv.gz` with the columns `from` and `to`, ids within the community; an edge
is a mutual follow, two rows here. Nothing tells when: they come in a drawn order, dated as the collection.
"""

import csv
import gzip
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import batched
from pathlib import Path

from django.db import connection, transaction

from apps.events import occurring_at
from apps.user_profile.models import Follow, User

COLLECTED_AT = datetime(2018, 5, 31, tzinfo=UTC)
SEED = 2018
# One transaction each: what is written stays when the import is stopped.
USERS_AT_ONCE = 1_000
FOLLOWS_AT_ONCE = 5_000
COMMUNITY_CHARS_MAX = 10
ID_MAX = 10**9

MISSING = """
SELECT wanted.follower_id, wanted.followed_id
  FROM unnest(%s::bigint[], %s::bigint[]) WITH ORDINALITY AS wanted (follower_id, followed_id, place)
 WHERE NOT EXISTS (SELECT FROM user_profile_follow AS follow
                    WHERE follow.follower_id = wanted.follower_id
                      AND follow.followed_id = wanted.followed_id)
   AND NOT EXISTS (SELECT FROM user_profile_block AS block
                    WHERE (block.user_id, block.blocked_id) = (wanted.follower_id, wanted.followed_id)
                       OR (block.user_id, block.blocked_id) = (wanted.followed_id, wanted.follower_id))
 ORDER BY wanted.place
"""

type Edge = tuple[str, str]


class NoGraph(Exception):
    """The folder does not hold a follow graph that can be read; the message says where it fails."""


@dataclass(frozen=True, slots=True)
class Graph:
    """Who is in it, by username, and who follows whom, in the order of the import."""

    usernames: Sequence[str]
    follows: Sequence[Edge]


def read(folder: Path) -> Graph:
    """Read a folder whole.

    Raises NoGraph before anything is stored.
    """
    files = sorted(folder.glob("*_edges.csv.gz")) if folder.is_dir() else []
    if not files:
        raise NoGraph(f"{folder} holds no *_edges.csv.gz: name the folder of a follow graph")
    edges = {edge for file in files for edge in _edges(file)}
    follows = sorted(edges | {(followed, follower) for follower, followed in edges})
    random.Random(SEED).shuffle(follows)
    return Graph(sorted({name for edge in edges for name in edge}), follows)


def _edges(file: Path) -> Iterator[Edge]:
    community = file.name.removesuffix("_edges.csv.gz").lower()
    if not (community.isascii() and community.isalnum() and len(community) <= COMMUNITY_CHARS_MAX):
        raise NoGraph(f"{file}: {community!r} cannot be the beginning of usernames")
    line = 1
    try:
        with gzip.open(file, "rt", encoding="ascii", newline="") as text:
            rows = csv.reader(text)
            if next(rows, None) != ["from", "to"]:
                raise NoGraph(f"{file}: the first line is not from,to")
            for row in rows:
                line = rows.line_num
                one, other = (f"{community}-{_number(text)}" for text in row)
                if one == other:
                    raise ValueError("nobody follows himself")
                yield one, other
    except (OSError, EOFError, ValueError, csv.Error) as error:
        raise NoGraph(f"{file}, line {line}: {error}") from error


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(ID_MAX))):
        raise ValueError(f"{text[:20]!r} is not an id")
    return int(text)


def sign_up(usernames: Sequence[str]) -> Iterator[int]:
    """Make the accounts that are missing, without passwords; yield how many names are done each time."""
    for names in batched(usernames, USERS_AT_ONCE):
        with transaction.atomic(), occurring_at(COLLECTED_AT):
            there = set(User.objects.filter(username__in=names).values_list("username", flat=True))
            users = [User(username=name) for name in names if name not in there]
            for user in users:
                user.set_unusable_password()
            User.objects.bulk_create(users)
        yield len(names)


def follow(graph: Graph) -> Iterator[tuple[int, int]]:
    """Make the follows that are missing; yield how many are done each time, and how many of them are new."""
    ids = dict(User.objects.filter(username__in=graph.usernames).values_list("username", "pk"))
    for edges in batched(graph.follows, FOLLOWS_AT_ONCE):
        wanted = [(ids[follower], ids[followed]) for follower, followed in edges]
        with transaction.atomic(), occurring_at(COLLECTED_AT):
            missing = _missing(wanted)
            Follow.objects.bulk_create(
                Follow(follower_id=follower_id, followed_id=followed_id)
                for follower_id, followed_id in missing
            )
        yield len(edges), len(missing)


def _missing(wanted: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the pairs that do not follow yet, and have no block between them, in their order."""
    with connection.cursor() as cursor:
        cursor.execute(MISSING, [[pair[side] for pair in wanted] for side in (0, 1)])
        return [(follower_id, followed_id) for follower_id, followed_id in cursor.fetchall()]
