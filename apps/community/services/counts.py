"""How many like a post and how many comments it has: sums over events, one statement per batch."""

from collections import Counter
from collections.abc import Iterable

from django.db import connection

from apps.community.models import PostCounts
from apps.community.signals import comment_deleted, post_commented, post_liked, post_unliked
from apps.events import Event

LIKES = {post_liked.name: 1, post_unliked.name: -1}
COMMENTS = {post_commented.name: 1, comment_deleted.name: -1}
ADD = """
UPDATE community_postcounts AS counts
   SET like_count = counts.like_count + added.likes,
       comment_count = counts.comment_count + added.comments
  FROM unnest(%s::bigint[], %s::int[], %s::int[]) AS added (post_id, likes, comments)
 WHERE counts.post_id = added.post_id
"""


def count(events: Iterable[Event]) -> None:
    """Add what these events mean, with the rows locked in order of posts. Of a post that is gone, nothing."""
    likes: Counter[int] = Counter()
    comments: Counter[int] = Counter()
    for event in events:
        likes[event.args["post_id"]] += LIKES.get(event.type, 0)
        comments[event.args["post_id"]] += COMMENTS.get(event.type, 0)
    post_ids = sorted(likes)
    rows = PostCounts.objects.filter(post_id__in=post_ids).order_by("post_id")
    list(rows.select_for_update(no_key=True).values_list("pk"))
    sums = ([counted[post_id] for post_id in post_ids] for counted in (likes, comments))
    with connection.cursor() as cursor:
        cursor.execute(ADD, [post_ids, *sums])


def empty() -> None:
    """Set every count to zero, to be counted again from the log."""
    PostCounts.objects.update(like_count=0, comment_count=0)
