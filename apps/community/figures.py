"""The copies that `events verify` compares with their sources."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.db.models import Count

from apps.community.models import Comment, Like, PostCounts
from apps.events.verify import figure


def rows_of(model: type[Like] | type[Comment]) -> Iterable[tuple[int, int]]:
    """Count the rows of every post."""
    rows: Any = model.objects.order_by().values("post_id").annotate(count=Count("id"))
    return ((row["post_id"], row["count"]) for row in rows)


def stored(counter: str) -> Iterable[tuple[int, int]]:
    """Read one of every post's counts."""
    return PostCounts.objects.values_list("post_id", counter)


figure("community.like_count", source=partial(rows_of, Like), stored=partial(stored, "like_count"))
figure("community.comment_count", source=partial(rows_of, Comment), stored=partial(stored, "comment_count"))
