"""What players are told, after the commit, about what happened in identity."""

from typing import Any

from django.urls import reverse_lazy

from apps.events import Event, subscriber
from apps.notifications.services import achievements, follows
from apps.user_profile.signals import (
    achievement_revoked,
    achievement_unlocked,
    achievements_backfilled,
    follow_request_approved,
    follow_request_cancelled,
    follow_request_rejected,
    follow_requested,
    user_followed,
    user_unfollowed,
)

REQUESTS_URL = reverse_lazy("web:follow-requests")


@subscriber(
    user_followed,
    user_unfollowed,
    follow_requested,
    follow_request_approved,
    follow_request_rejected,
    follow_request_cancelled,
    since="now",
    replay="refuse",
)
def tell_of_follows(event: Event, follower_id: int, followed_id: int, **_: Any) -> None:
    """Tell players who follows them or asks to, and take it back. One subscriber, so that the order holds."""
    match event.type:
        case user_followed.name:
            follows.tell_followed(event, follower_id, followed_id)
        case follow_requested.name:
            follows.tell_requested(event, follower_id, followed_id, str(REQUESTS_URL))
        case follow_request_approved.name:
            follows.tell_approved(event, follower_id, followed_id)
        case user_unfollowed.name:
            follows.end_follow(follower_id, followed_id)
        case _:
            follows.end_request(follower_id, followed_id)


@subscriber(achievements_backfilled, since="now", replay="refuse")
def tell_of_earlier_achievements(event: Event, user_id: int, achievement_codes: list[str], **_: Any) -> None:
    """Tell a player at once what he achieved before it was counted."""
    achievements.tell_backfilled(event, user_id, achievement_codes)


@subscriber(achievement_unlocked, achievement_revoked, since="now", replay="refuse")
def tell_of_achievements(event: Event, user_id: int, achievement_code: str, **_: Any) -> None:
    """Tell a player what he achieved, and take it back when it is revoked."""
    if event.type == achievement_unlocked.name:
        achievements.tell_unlocked(event, user_id, achievement_code)
    else:
        achievements.end_unlocked(user_id, achievement_code)
