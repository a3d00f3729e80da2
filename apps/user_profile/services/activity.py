"""Activity: what players did, one line per event and player, however often the event is handled."""

from collections.abc import Iterable, Sequence
from typing import Any

from apps.community.signals import post_deleted
from apps.events import DomainEvent, Event
from apps.gamification.signals import level_up
from apps.teams.signals import user_joined_team, user_left_team
from apps.tournaments.signals import (
    match_won,
    tournament_completed,
    tournament_match_retracted,
    tournament_placement,
    tournament_placement_retracted,
    tournament_registered,
)
from apps.user_profile.models import User, UserActivity
from apps.user_profile.signals import achievement_revoked, achievement_unlocked, game_passport_added

# Event -> the activity's type, and the arguments that it keeps: ids and roles, nothing that privacy hides.
LOGGED: dict[DomainEvent[Any], tuple[str, tuple[str, ...]]] = {
    game_passport_added: ("GAME_PASSPORT_ADDED", ("game_id",)),
    user_joined_team: ("TEAM_JOINED", ("team_id", "role")),
    user_left_team: ("USER_LEFT_TEAM", ("team_id",)),
    tournament_registered: ("TOURNAMENT_REGISTERED", ("tournament_id",)),
    match_won: ("MATCH_WON", ("match_id",)),
    tournament_placement: ("TOURNAMENT_PLACEMENT", ("tournament_id", "placement")),
    tournament_completed: ("TOURNAMENT_COMPLETED", ("tournament_id",)),
    achievement_unlocked: ("ACHIEVEMENT_UNLOCKED", ("achievement_code",)),
    level_up: ("LEVEL_UP", ("level",)),
    # Not shown: what they take back is left out where activities are read (`UserActivity.TAKEN_BACK`).
    tournament_match_retracted: ("MATCH_RETRACTED", ("match_id",)),
    tournament_placement_retracted: ("PLACEMENT_RETRACTED", ("tournament_id",)),
    achievement_revoked: ("ACHIEVEMENT_REVOKED", ("achievement_code",)),
    post_deleted: ("POST_DELETED", ("post_id",)),
}
POST_CREATED, POST_PREVIEW_CHARS = "POST_CREATED", 100
KINDS = {signal.name: kind for signal, kind in LOGGED.items()}


def log(event: Event, user_id: int, event_type: str, data: dict[str, Any], is_public: bool = True) -> None:
    """Log one activity; a second time does nothing."""
    insert([entry(event, user_id, event_type, data, is_public)])


def log_events(events: Iterable[Event]) -> None:
    """Log the activities that these events mean, in one statement."""
    activities = []
    for event in events:
        event_type, keys = KINDS[event.type]
        data = {key: event.args[key] for key in keys}
        shown = event_type not in UserActivity.TAKEN_BACK
        activities.append(entry(event, event.args["user_id"], event_type, data, shown))
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
