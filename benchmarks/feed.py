"""The feed: a page of ours, a naive query, and a table that is filled when a post is written."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from statistics import median
from typing import Any

from benchmarks import databases
from benchmarks.rows import Row, Sizes, by_turns, measurement, ratio

DATABASE, TENTH = "deltacrown_bench_feed", "deltacrown_bench_feed_tenth"
POSTS_EACH = 10
VIEWERS = 200
BOUND_MS = 50.0
# The p95 of all the data over that of a tenth, and a post of the most followed over one of somebody unknown.
GROWTH_MAX, POST_MAX = 1.5, 1.1
ROUNDS = 3

POSTS = """
INSERT INTO community_post (author_id, content, visibility, mentions, created_at)
SELECT 1 + floor(random() * %(users)s), 'Who is up for **scrims** tonight? We lost ' || n || ' in a row.',
       CASE WHEN random() < 0.9 THEN 'public' ELSE 'followers' END, '{}',
       timestamptz '2018-05-01' + n * interval '20 s'
  FROM generate_series(1, %(posts)s) AS n
"""
COUNTS = """
INSERT INTO community_postcounts (post_id, like_count, comment_count)
SELECT id, floor(random() * 9), floor(random() * 4) FROM community_post
"""
TAGS = """
INSERT INTO community_posttag (post_id, tag)
SELECT id, 'tag' || floor(random() * 500) FROM community_post WHERE random() < 0.3
"""
LIKES = """
INSERT INTO community_like (post_id, user_id, created_at)
SELECT 1 + floor(random() * %(posts)s), viewer, now()
  FROM unnest(%(viewers)s::bigint[]) AS viewer, generate_series(1, 40) ON CONFLICT DO NOTHING
"""
# The peer: what every post would be written into, once for each follower, here for those who are measured.
FAN_OUT = """
CREATE TABLE bench_feed AS
SELECT follower_id AS viewer_id, post.id AS post_id
  FROM user_profile_follow JOIN community_post AS post ON post.author_id = followed_id
 WHERE follower_id = ANY(%(viewers)s);
CREATE INDEX ON bench_feed (viewer_id, post_id DESC)
"""
WRITE_FAN_OUT = """
INSERT INTO bench_feed SELECT follower_id, 0 FROM user_profile_follow WHERE followed_id = %s
"""


@measurement("feed")
def feed(sizes: Sizes) -> Iterator[Row]:
    """Read the feeds of those who follow the most, and of others, in a network and in a tenth of it."""
    parts = {TENTH: sizes.users // 10, DATABASE: sizes.users}
    try:
        viewers = {name: _fill(name, users) for name, users in parts.items()}
        yield from _read(viewers, f"{POSTS_EACH * sizes.users:,} posts")
        yield from _write()
    finally:
        _close()
        databases.drop(DATABASE)
        databases.drop(TENTH)


def _fill(name: str, users: int) -> list[int]:
    databases.fill(name, users)
    databases.use(name)
    return write_posts(users, POSTS_EACH * users)


def _close() -> None:
    from django.db import connection

    connection.close()


def _read(viewers: dict[str, list[int]], size: str) -> Iterator[Row]:
    ours, naive, table = readers()
    works = [(DATABASE, ours), (DATABASE, naive), (DATABASE, table), (TENTH, ours)]
    turns = [partial(_p95_on, name, work, viewers[name]) for name, work in works]
    found = by_turns(ROUNDS, *turns)
    page, bare, rows, tenth = (round(median(values), 2) for values in found)
    measure = f"feed, first page of 20, p95 of {len(viewers[DATABASE])} players, {size}"
    yield Row(
        f"{measure} (bound: {BOUND_MS:g} ms)", page, "the bound", BOUND_MS, "ms",
        round(BOUND_MS / page, 3), 1.0,
    )  # fmt: skip
    yield Row(
        f"{measure} (bound: {GROWTH_MAX} times)", page, "a tenth of the data", tenth, "ms",
        ratio(found[3], found[0]), round(1 / GROWTH_MAX, 3),
    )  # fmt: skip
    yield Row(measure, page, "author_id IN (...) ORDER BY created_at", bare, "ms", ratio(found[1], found[0]))
    yield Row(measure, page, "a table filled for each follower", rows, "ms", ratio(found[2], found[0]))


def _write() -> Iterator[Row]:
    databases.use(DATABASE)
    most, fewest = _by_followers()
    turns = (partial(_written, most), partial(_written, fewest), partial(_fanned_out, most))
    found = by_turns(ROUNDS, *turns)
    post, other, fan_out = (round(median(values), 2) for values in found)
    measure = "a post by the most followed player"
    yield Row(
        f"{measure} (bound: {POST_MAX} times)", post, "by somebody whom nobody follows", other, "ms",
        ratio(found[1], found[0]), round(1 / POST_MAX, 3),
    )  # fmt: skip
    yield Row(measure, post, "its rows for each follower alone", fan_out, "ms", ratio(found[2], found[0]))


def write_posts(users: int, posts: int) -> list[int]:
    """Write posts, past the services, with likes of those who will read; return who that is."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.2018)")
        given: dict[str, Any] = {"users": users, "posts": posts}
        cursor.execute(POSTS, given)
        cursor.execute(COUNTS)
        cursor.execute(TAGS)
        cursor.execute(
            "SELECT user_id FROM user_profile_followcounts WHERE following_count > 0"
            " ORDER BY following_count DESC, user_id"
        )
        following = [row[0] for row in cursor.fetchall()]
        # The twenty who follow the most, and others all the way down.
        rest = following[20 :: max(1, len(following) // (VIEWERS - 20))]
        given["viewers"] = viewers = (following[:20] + rest)[:VIEWERS]
        cursor.execute(LIKES, given)
        cursor.execute(FAN_OUT, given)
        cursor.execute("ANALYZE")
    return viewers


def readers() -> tuple[Callable[[int], object], ...]:
    """Return three ways to the first page of a player's feed, each shown in the same way."""
    from django.db import connection

    from apps.community.models import Post
    from apps.community.selectors import feed as feeds
    from apps.community.selectors.posts import PER_PAGE, in_order
    from apps.user_profile.selectors.follows import followed_ids
    from apps.user_profile.selectors.privacy import Viewer

    def ours(viewer_id: int) -> object:
        return feeds.feed(viewer_id)

    def naive(viewer_id: int) -> object:
        found = Post.objects.filter(author_id__in=list(followed_ids(viewer_id))).order_by("-created_at")
        return in_order(Viewer(viewer_id), dict.fromkeys(found.values_list("pk", flat=True)[:PER_PAGE], ""))

    def table(viewer_id: int) -> object:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT post_id FROM bench_feed WHERE viewer_id = %s ORDER BY post_id DESC LIMIT %s",
                [viewer_id, PER_PAGE],
            )
            keys = [row[0] for row in cursor.fetchall()]
        return in_order(Viewer(viewer_id), dict.fromkeys(keys, ""))

    return ours, naive, table


def _p95_on(name: str, work: Callable[[int], object], viewers: list[int]) -> float:
    databases.use(name)
    # A session is slow until it knows the tables.
    for viewer_id in viewers[:5]:
        work(viewer_id)
    return p95(work, viewers)


def p95(work: Callable[[int], object], viewers: list[int]) -> float:
    """Return how long nineteen of twenty take at most, in ms; each is warm."""
    taken = []
    for viewer_id in viewers:
        work(viewer_id)
        began = time.perf_counter()
        work(viewer_id)
        taken.append(1000 * (time.perf_counter() - began))
    return sorted(taken)[int(len(taken) * 0.95)]


def _by_followers() -> tuple[int, int]:
    from apps.user_profile.models import FollowCounts

    users = FollowCounts.objects.order_by("-follower_count", "user_id").values_list("user_id", flat=True)
    return users[0], users.reverse()[0]


def _written(user_id: int) -> float:
    """Return how long a post takes to write, in ms: the median of nine."""
    from django.db import transaction

    from apps.community.services import posts

    def write() -> None:
        with transaction.atomic():
            posts.publish(author_id=user_id, content="We won.")
            # Committed, it would wake workers by a session of its own, which outlives the measurement.
            transaction.set_rollback(True)

    return _median(write)


def _fanned_out(user_id: int) -> float:
    from django.db import connection

    def write() -> None:
        with connection.cursor() as cursor:
            cursor.execute(WRITE_FAN_OUT, [user_id])

    return _median(write)


def _median(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(9):
        began = time.perf_counter()
        work()
        taken.append(1000 * (time.perf_counter() - began))
    return sorted(taken)[4]
