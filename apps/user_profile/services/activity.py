"""Activity: what players did, one line per event and player, however often the event is handled."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from apps.community.signals import post_deleted
from apps.economy.signals import item_purchased
from apps.events import DomainEvent, Event
from apps.gamification.signals import level_up
from apps.teams.signals import user_joined_team, user_left_team
from apps.tournaments.signals import (
    match_won,
    tournament_completed,
    tournament_match_completed,
    tournament_match_retracted,
    tournament_placement,
    tournament_placement_retracted,
    tournament_registered,
    tournament_withdrawn,
)
from apps.user_profile.models import User, UserActivity
from apps.user_profile.signals import (
    achievement_revoked,
    achievement_unlocked,
    avatar_changed,
    display_name_changed,
    game_passport_added,
    game_passport_deleted,
    privacy_changed,
    profile_created,
    profile_updated,
    user_followed,
    user_unfollowed,
)


@dataclass(frozen=True, slots=True)
class Line:
    """What an event becomes: the activity's type, the arguments that it keeps, and whose it is.

    What is kept are ids and roles, nothing that privacy hides. A line that is not public is for its player.
    """

    kind: str
    keys: tuple[str, ...] = ()
    is_public: bool = True
    whose: str = "user_id"


LOGGED: dict[DomainEvent[Any], Line] = {
    profile_created: Line("PROFILE_CREATED"),
    profile_updated: Line("PROFILE_UPDATED", ("changed_fields",), is_public=False),
    display_name_changed: Line("DISPLAY_NAME_CHANGED", is_public=False),
    avatar_changed: Line("AVATAR_CHANGED", is_public=False),
    privacy_changed: Line("PRIVACY_CHANGED", ("setting_name",), is_public=False),
    game_passport_added: Line("GAME_PASSPORT_ADDED", ("game_id",)),
    game_passport_deleted: Line("GAME_PASSPORT_DELETED", ("game_id",), is_public=False),
    user_followed: Line("USER_FOLLOWED", ("followed_id",), is_public=False, whose="follower_id"),
    user_unfollowed: Line("USER_UNFOLLOWED", ("followed_id",), is_public=False, whose="follower_id"),
    user_joined_team: Line("TEAM_JOINED", ("team_id", "role")),
    user_left_team: Line("USER_LEFT_TEAM", ("team_id",)),
    tournament_registered: Line("TOURNAMENT_REGISTERED", ("tournament_id",)),
    tournament_match_completed: Line("TOURNAMENT_MATCH_COMPLETED", ("match_id", "won")),
    match_won: Line("MATCH_WON", ("match_id",)),
    tournament_placement: Line("TOURNAMENT_PLACEMENT", ("tournament_id", "placement")),
    tournament_completed: Line("TOURNAMENT_COMPLETED", ("tournament_id",)),
    achievement_unlocked: Line("ACHIEVEMENT_UNLOCKED", ("achievement_code",)),
    level_up: Line("LEVEL_UP", ("level",)),
    item_purchased: Line("ITEM_PURCHASED", ("item_id", "item_type"), is_public=False),
    # Not shown: what they take back is left out where activities are read (`UserActivity.TAKEN_BACK`).
    tournament_withdrawn: Line("TOURNAMENT_WITHDRAWN", ("tournament_id",), is_public=False),
    tournament_match_retracted: Line("MATCH_RETRACTED", ("match_id",), is_public=False),
    tournament_placement_retracted: Line("PLACEMENT_RETRACTED", ("tournament_id",), is_public=False),
    achievement_revoked: Line("ACHIEVEMENT_REVOKED", ("achievement_code",), is_public=False),
    post_deleted: Line("POST_DELETED", ("post_id",), is_public=False),
}
POST_CREATED, POST_PREVIEW_CHARS = "POST_CREATED", 100
LINES = {signal.name: line for signal, line in LOGGED.items()}


def log(event: Event, user_id: int, event_type: str, data: dict[str, Any], is_public: bool = True) -> None:
    """Log one activity; a second time does nothing."""
    insert([entry(event, user_id, event_type, data, is_public)])


def log_events(events: Iterable[Event]) -> None:
    """Log the activities that these events mean, in one statement."""
    activities = []
    for event in events:
        line = LINES[event.type]
        data = {key: event.args[key] for key in line.keys}
        activities.append(entry(event, event.args[line.whose], line.kind, data, line.is_public))
    insert(activities)


def log_posts(events: Iterable[Event]) -> None:
    """Log posts with their beginnings; one that was deleted meanwhile says nothing any more."""
    insert([post_entry(event) for event in events])


def post_entry(event: Event) -> UserActivity:
    """Return the activity of a post; one that is not for everybody is not public."""
    preview = (event.args["content"] or "")[:POST_PREVIEW_CHARS]
    data = {"post_id": event.args["post_id"], "preview": preview}
    return entry(event, event.args["user_id"], POST_CREATED, data, event.args["visibility"] == "public")


def forget_post(user_id: int, post_id: int) -> None:
    """Take the beginning of a deleted post out of what its author did."""
    UserActivity.objects.blank_previews(user_id, post_id)


def entry(
    event: Event, user_id: int, event_type: str, data: dict[str, Any], is_public: bool = True
) -> UserActivity:
    """Return an activity that is not stored yet, dated as the event is."""
    return UserActivity(
        user_id=user_id,
        event_type=event_type,
        event_data=data,
        is_public=is_public,
        event_id=event.id,
        occurred_at=event.occurred_at,
    )


def insert(activities: Sequence[UserActivity]) -> None:
    """Store what is new, of players who exist: an account may be gone before its event is handled."""
    user_ids = {activity.user_id for activity in activities}
    present = set(User.objects.filter(pk__in=user_ids).values_list("pk", flat=True))
    rows = [activity for activity in activities if activity.user_id in present]
    UserActivity.objects.bulk_create(rows, ignore_conflicts=True)
