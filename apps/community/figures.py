"""The copies that `events verify` compares with their sources: of every player, the counts of his posts."""

from collections import defaultdict
from collections.abc import Iterable
from functools import partial
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Count, F

from apps.community.models import Comment, Like, PostCounts
from apps.events.verify import figure


def rows_of(model: type[Like] | type[Comment]) -> Iterable[tuple[int, Any]]:
    """Count the rows of every post."""
    rows: Any = model.objects.order_by().values("post__author_id", "post_id").annotate(count=Count("id"))
    return of_authors(rows.values_list("post__author_id", "post_id", "count"))


def stored(counter: str) -> Iterable[tuple[int, Any]]:
    """Read one of every post's counts; who wrote nothing has a zero."""
    players = get_user_model().objects.values_list("pk", flat=True)
    counts = PostCounts.objects.annotate(author=F("post__author_id"))
    found = dict(of_authors(counts.values_list("author", "post_id", counter)))
    return ((user_id, found.get(user_id, 0)) for user_id in players)


def of_authors(rows: Iterable[tuple[int, int, int]]) -> Iterable[tuple[int, Any]]:
    """Put together, by author, the posts that have a count, in order."""
    posts: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for author_id, post_id, count in rows:
        if count:
            posts[author_id].append((post_id, count))
    return ((author_id, sorted(counted)) for author_id, counted in posts.items())


figure("community.like_count", source=partial(rows_of, Like), stored=partial(stored, "like_count"))
figure("community.comment_count", source=partial(rows_of, Comment), stored=partial(stored, "comment_count"))
