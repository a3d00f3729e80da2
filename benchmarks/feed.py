"""The feed: a page of ours, a naive query, and a table that is filled when a post is written."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks import databases
from benchmarks.rows import Row, Sizes, measurement

DATABASE = "deltacrown_bench_feed"
POSTS_EACH = 10
VIEWERS = 200
BOUND_MS = 50.0

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
    """Read the feeds of those who follow the most, and of others, in a network with posts."""
    databases.fill(DATABASE, sizes.users)
    try:
        yield from _read(sizes)
    finally:
        databases.drop(DATABASE)


def _read(sizes: Sizes) -> Iterator[Row]:
    databases.use(DATABASE)
    from django.db import connection

    viewers = write_posts(sizes.users, POSTS_EACH * sizes.users)
    ours, naive, table = (p95(work, viewers) for work in readers())
    most = _most_followed()
    ours_write, fan_out = _written(most), _fanned_out(most)
    connection.close()
    size = f"{POSTS_EACH * sizes.users:,} posts"
    yield Row(
        f"feed, first page of 20, p95 of {len(viewers)} players, {size} (bound: 50 ms)", ours,
        "the bound", BOUND_MS, "ms", round(BOUND_MS / ours, 3), 1.0,
    )  # fmt: skip
    yield Row(
        "feed, first page of 20, p95", ours, "author_id IN (...) ORDER BY created_at", naive, "ms",
        round(naive / ours, 3),
    )  # fmt: skip
    yield Row(
        "feed, first page of 20, p95", ours, "a table filled for each follower", table, "ms",
        round(table / ours, 3),
    )  # fmt: skip
    yield Row(
        "a post by the most followed player", ours_write, "its rows for each follower alone", fan_out, "ms",
        round(fan_out / ours_write, 3),
    )  # fmt: skip


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


def p95(work: Callable[[int], object], viewers: list[int]) -> float:
    """Return how long nineteen of twenty take at most, in ms; each is warm."""
    taken = []
    for viewer_id in viewers:
        work(viewer_id)
        began = time.perf_counter()
        work(viewer_id)
        taken.append(1000 * (time.perf_counter() - began))
    return round(sorted(taken)[int(len(taken) * 0.95)], 2)


def _most_followed() -> int:
    from apps.user_profile.models import FollowCounts

    return FollowCounts.objects.order_by("-follower_count").values_list("user_id", flat=True)[0]


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
    return round(sorted(taken)[4], 2)
