"""How many follow a player and how many he follows: sums over events, one statement per batch."""

from collections import Counter
from collections.abc import Iterable

from django.db import connection

from apps.events import Event
from apps.user_profile.models import FollowCounts
from apps.user_profile.services import achievement_service
from apps.user_profile.signals import user_followed

FOLLOWERS = "followers"
ADD = """
UPDATE user_profile_followcounts AS counts
   SET follower_count = counts.follower_count + added.followers,
       following_count = counts.following_count + added.following
  FROM unnest(%s::bigint[], %s::int[], %s::int[]) AS added (user_id, followers, following)
 WHERE counts.user_id = added.user_id
"""


def by_of(event: Event) -> int:
    """Return by how much an event moves the counts of both."""
    return 1 if event.type == user_followed.name else -1


def count(events: Iterable[Event]) -> None:
    """Add what these events mean, with the rows locked in order of players, and unlock what they reach."""
    followers: Counter[int] = Counter()
    following: Counter[int] = Counter()
    heard = list(events)
    for event in heard:
        followers[event.args["followed_id"]] += by_of(event)
        following[event.args["follower_id"]] += by_of(event)
    user_ids = sorted(followers.keys() | following.keys())
    rows = FollowCounts.objects.filter(user_id__in=user_ids).order_by("user_id")
    stored = rows.select_for_update(no_key=True).values_list("user_id", "follower_count")
    before = {user_id: {FOLLOWERS: count} for user_id, count in stored}
    sums = ([counted[user_id] for user_id in user_ids] for counted in (followers, following))
    with connection.cursor() as cursor:
        cursor.execute(ADD, [user_ids, *sums])
    achievement_service.follow(
        before, [(event, event.args["followed_id"], {FOLLOWERS: by_of(event)}) for event in heard]
    )


def empty() -> None:
    """Set every count to zero, to be counted again from the log."""
    FollowCounts.objects.update(follower_count=0, following_count=0)
