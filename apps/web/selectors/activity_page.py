"""The page of all that a player did, as one viewer may see it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apps.teams import selectors as teams
from apps.user_profile import selectors as profiles
from apps.user_profile.selectors.privacy import Part, Seen, Viewer, seen_by
from apps.web.selectors.activity import ActivityItem, activity_items

ROWS_PER_PAGE = 100
# What follows one another is told in one line, on one page; but a page reads no more rows than these.
ROWS_MAX = 1_600

type Key = tuple[datetime, int]


@dataclass(frozen=True)
class ActivityPage:
    """A page of a player's activity; `before` is where the next one begins, None on the last."""

    player: profiles.PlayerCard
    seen: Seen
    items: list[ActivityItem]
    before: str | None


def activity_page(username: str, viewer: Viewer, before: str) -> ActivityPage | None:
    """Compose a page; None when there is no such player, or none of it for this viewer."""
    profile = profiles.profile_by_username(username)
    if profile is None:
        return None
    seen = seen_by(viewer, [profile.user_id])[profile.user_id]
    if not seen.shows(Part.ACTIVITY_FEED):
        return None
    items, last = told(seen, key_of(before))
    next_key = f"{last.occurred_at.isoformat()}~{last.pk}" if last else None
    return ActivityPage(profiles.card(profile), seen, items, next_key)


def told(seen: Seen, before: Key | None) -> tuple[list[ActivityItem], Any]:
    """Return the lines of a page, and the row after which the next one begins; None on the last.

    A line that may go on behind the page is left to the next one.
    """
    seats = teams.memberships_of(seen.user_id) if seen.shows(Part.TEAMS) else ()
    passports = profiles.passports_shown(seen)
    for size in (ROWS_PER_PAGE, ROWS_MAX):
        rows = list(profiles.activity_of(seen, size + 1, before, private=True))
        items = activity_items(seen.viewer, rows, seats, passports)
        if len(rows) <= size:
            return items, None
        if len(items) > 1:
            return items[:-1], items[-2].last
    return activity_items(seen.viewer, rows[:-1], seats, passports), rows[-2]


def key_of(text: str) -> Key | None:
    """Return the key of a page; one that cannot be is that of the first."""
    moment, _, last_id = text.partition("~")
    try:
        key = datetime.fromisoformat(moment), int(last_id)
    except ValueError:
        return None
    return key if key[0].tzinfo is not None and 0 <= key[1] < 2**63 else None
