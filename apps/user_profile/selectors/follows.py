"""Reads of the follow graph: lists by pages of a key, so that the last page costs as much as the first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from apps.user_profile.models import Block, Follow, FollowRequest, Mute
from apps.user_profile.selectors.players import PlayerCard, cards
from apps.user_profile.selectors.privacy import Part, Viewer, seen_by

PER_PAGE = 48
BEFORE_MAX = 2**63 - 1
WAITING_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Line:
    """A player in a list, since when he is in it, and whether the viewer follows him."""

    id: int
    player: PlayerCard
    since: datetime
    is_followed: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list. `before` is the key of the next one, None when this is the last."""

    lines: Sequence[Line]
    before: int | None


def followers_of(viewer: Viewer, user_id: int, before: int | None = None) -> Page:
    """Return who follows a player, the latest first, but not whom the viewer may not see. Three queries.

    Whether the viewer may read the list at all is the caller's question: `Part.FOLLOWERS_LIST`.
    """
    return _page(viewer, "followed_id", "follower_id", user_id, before)


def following_of(viewer: Viewer, user_id: int, before: int | None = None) -> Page:
    """Return whom a player follows, the latest first, but not whom the viewer may not see. Three queries.

    Whether the viewer may read the list at all is the caller's question: `Part.FOLLOWING_LIST`.
    """
    return _page(viewer, "follower_id", "followed_id", user_id, before)


def followed_ids(user_id: int) -> QuerySet[Follow, int]:
    """Return the ids of those a player follows, not read yet: a part of another query."""
    return Follow.objects.filter(follower_id=user_id).values_list("followed_id", flat=True)


def _page(viewer: Viewer, mine: str, theirs: str, user_id: int, before: int | None) -> Page:
    rows = Follow.objects.filter(**{mine: user_id})
    if before is not None:
        rows = rows.filter(pk__lt=min(before, BEFORE_MAX))
    found = list(rows.order_by("-pk").values_list("pk", theirs, "created_at")[: PER_PAGE + 1])
    shown, more = found[:PER_PAGE], len(found) > PER_PAGE
    return Page(_lines(viewer, shown), shown[-1][0] if more else None)


def _lines(viewer: Viewer, rows: Sequence[tuple[int, int, datetime]]) -> list[Line]:
    user_ids = [user_id for _, user_id, _ in rows]
    seen, players = seen_by(viewer, user_ids), cards(user_ids)
    return [
        Line(key, players[user_id], since, seen[user_id].is_followed)
        for key, user_id, since in rows
        if seen[user_id].shows(Part.CARD)
    ]


def requests_to(user_id: int) -> list[Line]:
    """Return who waits for an answer of a player, the longest first. Three queries."""
    waiting = FollowRequest.objects.pending().filter(followed_id=user_id).order_by("pk")
    rows = waiting.values_list("pk", "follower_id", "created_at")[:WAITING_SHOWN]
    return _lines(Viewer(user_id), list(rows))


def requests_by(user_id: int) -> list[Line]:
    """Return whom a player has asked, the latest first. Three queries."""
    asked = FollowRequest.objects.pending().filter(follower_id=user_id).order_by("-pk")
    rows = asked.values_list("pk", "followed_id", "created_at")[:WAITING_SHOWN]
    return _lines(Viewer(user_id), list(rows))


def blocked_by(user_id: int) -> list[Line]:
    """Return whom a player blocks, also who blocks him or is gone: it is his own list. Two queries."""
    rows = Block.objects.filter(user_id=user_id).order_by("-pk")
    return _own(rows.values_list("pk", "blocked_id", "created_at"))


def muted_by(user_id: int) -> list[Line]:
    """Return whom a player mutes. Two queries."""
    rows = Mute.objects.filter(user_id=user_id).order_by("-pk")
    return _own(rows.values_list("pk", "muted_id", "created_at"))


def _own(rows: Iterable[tuple[int, int, datetime]]) -> list[Line]:
    rows = list(rows)
    players = cards(user_id for _, user_id, _ in rows)
    return [Line(key, players[user_id], since) for key, user_id, since in rows]
