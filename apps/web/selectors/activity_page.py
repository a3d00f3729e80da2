"""The page of all that a player did, as one viewer may see it."""

from dataclasses import dataclass
from datetime import datetime

from apps.teams import selectors as teams
from apps.user_profile import selectors as profiles
from apps.user_profile.selectors.privacy import Part, Seen, Viewer, seen_by
from apps.web.selectors.activity import ActivityItem, activity_items

ROWS_PER_PAGE = 100


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
    rows = list(profiles.activity_of(seen, ROWS_PER_PAGE + 1, key_of(before), private=True))
    shown, more = rows[:ROWS_PER_PAGE], len(rows) > ROWS_PER_PAGE
    seats = teams.memberships_of(profile.user_id) if seen.shows(Part.TEAMS) else ()
    items = activity_items(seen.viewer, shown, seats, profiles.passports_shown(seen))
    last = shown[-1] if more else None
    next_key = f"{last.occurred_at.isoformat()}~{last.pk}" if last else None
    return ActivityPage(profiles.card(profile), seen, items, next_key)


def key_of(text: str) -> tuple[datetime, int] | None:
    """Return the key of a page; one that cannot be is that of the first."""
    moment, _, last_id = text.partition("~")
    try:
        key = datetime.fromisoformat(moment), int(last_id)
    except ValueError:
        return None
    return key if key[0].tzinfo is not None and 0 <= key[1] < 2**63 else None
