"""Reads of profiles for pages and other apps. Each is one query, for one player or for many."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast

from apps.user_profile.models import (
    GameProfile,
    InventoryItem,
    PrivacySettings,
    User,
    UserAchievement,
    UserActivity,
    UsernameClaim,
    UserProfile,
    UserProfileStats,
)
from apps.user_profile.selectors import sources
from apps.user_profile.selectors.achievements import codes_shown
from apps.user_profile.selectors.passports import visibilities_for
from apps.user_profile.selectors.privacy import (
    Part,
    Seen,
    Viewer,
    decide,
    decide_from,
    seen_by,
)

# What an activity is about, by its type; one that is not here is shown to the player alone.
ACTIVITY_PARTS = {
    "PROFILE_CREATED": Part.PROFILE,
    "GAME_PASSPORT_ADDED": Part.GAME_IDS,
    "ACHIEVEMENT_UNLOCKED": Part.ACHIEVEMENTS,
    "TEAM_JOINED": Part.TEAMS,
    "USER_LEFT_TEAM": Part.TEAMS,
    "TOURNAMENT_REGISTERED": Part.TOURNAMENTS,
    "TOURNAMENT_MATCH_COMPLETED": Part.MATCH_HISTORY,
    "MATCH_WON": Part.MATCH_HISTORY,
    "PRIZE_EARNED": Part.TOURNAMENTS,
    "LEVEL_UP": Part.LEVEL_XP,
    "TOURNAMENT_PLACEMENT": Part.TOURNAMENTS,
    "TOURNAMENT_COMPLETED": Part.TOURNAMENTS,
    "POST_CREATED": Part.PROFILE,
}


PICTURES = UserProfile._meta.get_field("avatar")


@dataclass(frozen=True, slots=True)
class PlayerCard:
    """All that a page shows of a player in passing."""

    user_id: int
    username: str
    display_name: str
    avatar_url: str | None


def cards(user_ids: Iterable[int]) -> dict[int, PlayerCard]:
    """Return the cards of these players; unknown ids are left out."""
    profiles = UserProfile.objects.filter(user_id__in=set(user_ids)).select_related("user")
    return {profile.user_id: card(profile) for profile in profiles}


def card(profile: UserProfile) -> PlayerCard:
    """Return the card of a profile that was loaded with its user."""
    return PlayerCard(
        user_id=profile.user_id,
        username=profile.user.username,
        display_name=profile.display_name,
        avatar_url=profile.avatar_url,
    )


def cards_seen(viewer: Viewer, user_ids: Iterable[int]) -> dict[int, tuple[PlayerCard, Seen]]:
    """Return the cards of these players, with what the viewer may see of them. One query, none for nobody.

    Whether the card is among that is for the caller to ask.
    """
    wanted = set(user_ids)
    if not wanted:
        return {}
    rows = sources.rows_of(viewer.related_id, wanted)
    return {row["owner_id"]: (_card_of(row), decide(viewer, row)) for row in rows}


def _card_of(row: Mapping[str, Any]) -> PlayerCard:
    picture = PICTURES.storage.url(row["avatar"]) if row["avatar"] else None
    return PlayerCard(row["owner_id"], row["username"], row["display_name"], picture)


def own_profile(user_id: int) -> dict[str, str]:
    """Return what a player may change of his own profile, as it is."""
    fields = ("display_name", "bio", "country")
    return dict(UserProfile.objects.values(*fields).get(user_id=user_id))


def names_of(user_ids: Iterable[int]) -> dict[int, str]:
    """Return the display names of these players; unknown ids are left out."""
    profiles = UserProfile.objects.filter(user_id__in=set(user_ids))
    return dict(profiles.values_list("user_id", "display_name"))


def profile_by_username(username: str) -> UserProfile | None:
    """Return the profile at an address, in any case, with its user, statistics and counts.

    A username that a player left leads to him as he is called now, however often he changed it since.
    """
    whole = User.objects.select_related("userprofile", "stats", "follow_counts")
    user = whole.named(username).first()
    if user is None:
        user = whole.filter(pk__in=UsernameClaim.objects.named(username).values("user_id")).first()
    return user.userprofile if user else None


@dataclass(frozen=True, slots=True)
class Visit:
    """A profile, and what its visitor may see of it. `held` are the achievements by code, with dates."""

    profile: UserProfile
    seen: Seen
    held: Mapping[str, datetime]


def visit(viewer: Viewer, username: str) -> Visit | None:
    """Return the profile at an address, which `profile_by_username` finds, for a visitor. One query."""
    held = UserAchievement.objects.held().filter(user_id=OuterRef("user_profile__user_id")).order_by("code")
    whole = PrivacySettings.objects.annotate(
        **sources.facts(viewer.related_id),
        held_codes=ArraySubquery(held.values("code")),
        held_since=ArraySubquery(held.values("unlocked_at")),
    ).select_related("user_profile__user__stats", "user_profile__user__follow_counts")
    row = whole.filter(user_profile__user__in=User.objects.named(username)).first()
    if row is None:
        former = UsernameClaim.objects.named(username).values("user_id")
        row = whole.filter(user_profile__user_id__in=former).first()
    if row is None:
        return None
    held_since = dict(zip(row.held_codes, row.held_since, strict=True))
    return Visit(row.user_profile, decide_from(viewer, row), held_since)


def id_showing(viewer: Viewer, username: str, part: Part) -> int | None:
    """Return the id of the player at an address if he shows this part to the viewer. Two queries."""
    profile = profile_by_username(username)
    if profile is None or not seen_by(viewer, [profile.user_id])[profile.user_id].shows(part):
        return None
    return profile.user_id


def usernames_between(first_id: int, last_id: int) -> dict[int, str]:
    """Return the usernames of the players in a range of ids, in its order."""
    users = User.objects.filter(pk__range=(first_id, last_id), is_active=True).order_by("pk")
    return dict(users.values_list("pk", "username"))


def is_gone(user_id: int) -> bool:
    """Tell whether a player's account is closed."""
    return bool(User.objects.filter(pk=user_id, is_active=False).exists())


def greatest_id() -> int:
    """Return the id of the newest player, 0 before the first."""
    return User.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def newest_players(limit: int = 12) -> Sequence[UserProfile]:
    """Return the latest profiles with their users and statistics."""
    return list(UserProfile.objects.select_related("user__stats").order_by("-user_id")[:limit])


def winners(limit: int = 10) -> Sequence[UserProfileStats]:
    """Return the statistics of the players with the most wins, each with its profile; nobody without a win.

    Of two with as many wins the one who needed fewer matches comes first.
    """
    stats = UserProfileStats.objects.filter(matches_won__gt=0).select_related("user__userprofile")
    return list(stats.order_by("-matches_won", "matches_played", "user_id")[:limit])


def player_count() -> int:
    """Return how many players there are."""
    return UserProfile.objects.count()


def stats_of(user_id: int) -> UserProfileStats:
    """Return a player's statistics; zeros for nobody."""
    return UserProfileStats.objects.filter(user_id=user_id).first() or UserProfileStats(user_id=user_id)


def activity_of(
    seen: Seen, limit: int = 20, before: tuple[datetime, int] | None = None, *, private: bool = False
) -> Sequence[UserActivity]:
    """Return what the viewer may know of a player's latest activities that still hold, the latest first.

    `before`: the time and id of the last one of the page before. `private`: to the player himself, also what
    is for him alone.
    """
    if not seen.shows(Part.ACTIVITY_FEED):
        return []
    activities = activities_shown(seen, private=private)
    if before:
        moment, last_id = before
        older = Q(occurred_at__lt=moment) | Q(occurred_at=moment, id__lt=last_id)
        activities = activities.filter(older, occurred_at__lte=moment)
    return list(activities.order_by("-occurred_at", "-id")[:limit])


def activities_shown(seen: Seen, *, private: bool = False) -> QuerySet[UserActivity]:
    """Return what the viewer may know of a player's activities, given that he may see the feed of them.

    Nothing is read yet. `private`: to the player himself, also what is for him alone.
    """
    takings = {taking for taking, _, _ in UserActivity.TAKEN_BACK}
    activities = UserActivity.objects.standing().filter(user_id=seen.user_id).exclude(event_type__in=takings)
    if not (private and seen.is_own):
        activities = activities.filter(is_public=True)
    if not seen.is_own:
        shown = [event_type for event_type, part in ACTIVITY_PARTS.items() if seen.shows(part)]
        activities = activities.filter(event_type__in=shown).exclude(
            of_passports_hidden_from(seen) | of_achievements_hidden_from(seen)
        )
    return activities


def of_passports_hidden_from(seen: Seen) -> Q:
    """Return the condition of activities about passports that the viewer may not see, or that are gone."""
    shown = GameProfile.objects.filter(
        user_id=OuterRef("user_id"),
        visibility__in=visibilities_for(seen),
        game_id=Cast(OuterRef("event_data__game_id"), BigIntegerField()),
    )
    return Q(event_type="GAME_PASSPORT_ADDED") & ~Q(Exists(shown))


def of_achievements_hidden_from(seen: Seen) -> Q:
    """Return the condition of activities about achievements that tell what the viewer may not see."""
    return Q(event_type="ACHIEVEMENT_UNLOCKED") & ~Q(event_data__achievement_code__in=codes_shown(seen))


def inventory_of(user_id: int) -> Sequence[InventoryItem]:
    """Return what a player owns, the oldest first."""
    return list(InventoryItem.objects.filter(user_id=user_id).order_by("pk"))


def ids_of_items_shown(user_id: int) -> QuerySet[InventoryItem, int]:
    """Return which of his items a player shows on his profile. Nothing is read yet: ask for them with it."""
    return InventoryItem.objects.filter(user_id=user_id, shown_at__isnull=False).values_list(
        "item_id", flat=True
    )
