"""The lists of the follow graph, each for one viewer."""

from collections.abc import Callable
from dataclasses import dataclass

from apps.user_profile import selectors as profiles
from apps.user_profile.selectors import follows
from apps.user_profile.selectors.privacy import Part, Seen, Viewer, seen_by

LISTS: dict[str, tuple[Part, Callable[[Viewer, int, int | None], follows.Page]]] = {
    "followers": (Part.FOLLOWERS_LIST, follows.followers_of),
    "following": (Part.FOLLOWING_LIST, follows.following_of),
}


@dataclass(frozen=True)
class FollowList:
    """A page of one of a player's two lists."""

    player: profiles.PlayerCard
    seen: Seen
    page: follows.Page


@dataclass(frozen=True)
class Waiting:
    """Requests that wait: those to a player, and his own."""

    received: list[follows.Line]
    sent: list[follows.Line]


@dataclass(frozen=True)
class Apart:
    """Whom a player blocks and mutes."""

    blocked: list[follows.Line]
    muted: list[follows.Line]


def follow_list(kind: str, username: str, viewer: Viewer, before: int | None) -> FollowList | None:
    """Compose a page of a list; None when there is no such player, or no such list for this viewer."""
    part, read = LISTS[kind]
    profile = profiles.profile_by_username(username)
    if profile is None:
        return None
    seen = seen_by(viewer, [profile.user_id])[profile.user_id]
    if not seen.shows(part):
        return None
    return FollowList(profiles.card(profile), seen, read(viewer, profile.user_id, before))


def waiting(user_id: int) -> Waiting:
    """Compose the page of requests."""
    return Waiting(follows.requests_to(user_id), follows.requests_by(user_id))


def apart(user_id: int) -> Apart:
    """Compose the page of blocked and muted players."""
    return Apart(follows.blocked_by(user_id), follows.muted_by(user_id))


def reachable(username: str, viewer: Viewer) -> profiles.PlayerCard | None:
    """Return a player to whom the viewer may do something; None where there is nobody for him.

    One who blocks the viewer is nobody; unless the viewer has blocked or muted him before, which he may end.
    """
    profile = profiles.profile_by_username(username)
    if profile is None:
        return None
    seen = seen_by(viewer, [profile.user_id])[profile.user_id]
    if seen.shows(Part.CARD) or seen.is_blocked or seen.is_muted:
        return profiles.card(profile)
    return None
