"""The profile as a document for programs: read, and decided what of it may be seen, by one statement.

The rows that `privacy.decide` needs are those of `sources`, joined into the statement that reads the profile;
so both are of one moment.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from django.core.files.storage import default_storage

from apps.api import statements
from apps.user_profile.selectors.passports import IN_ORDER, visibilities_for
from apps.user_profile.selectors.privacy import ANONYMOUS, Part, Seen, Viewer, decide
from apps.user_profile.selectors.sources import source
from apps.user_profile.services.names import USERNAME_PATTERN

type Document = dict[str, Any]

READ = f"""
SELECT profile.bio, profile.public_id, profile.country,
       stats.tournaments_played, stats.matches_won, counts.follower_count,
       (SELECT json_agg(json_build_object(
                   'game', game.slug, 'ign', passport.ign, 'current_rank', nullif(passport.current_rank, ''),
                   'is_lft', passport.is_lft, 'visibility', passport.visibility)
                   ORDER BY {IN_ORDER})::text
          FROM user_profile_gameprofile AS passport JOIN games_game AS game ON game.id = passport.game_id
         WHERE passport.user_id = account.id) AS game_passports,
       source.*
  FROM user_profile_user AS account
  JOIN user_profile_userprofile AS profile ON profile.user_id = account.id
  JOIN user_profile_userprofilestats AS stats ON stats.user_id = account.id
  JOIN user_profile_followcounts AS counts ON counts.user_id = account.id
  JOIN ({{source}}) AS source ON source.owner_id = account.id
 WHERE {{where}}
"""
BY_USERNAME = "lower(account.username) = lower(%(username)s::text)"
BY_ID = "account.id = %(user_id)s::bigint"

COLUMNS = (
    "bio", "public_id", "country", "tournaments_played", "matches_won", "follower_count", "game_passports",
)  # fmt: skip


def document_at(viewer: Viewer, username: str) -> Document | None:
    """Return the profile at an address, in any spelling, as a viewer may see it; None when he sees none."""
    if not re.fullmatch(USERNAME_PATTERN, username):
        return None
    return read(viewer, BY_USERNAME, {"username": username})


def document_of(viewer: Viewer, user_id: int) -> Document | None:
    """Return the profile of a player as a viewer may see it; None when he sees none."""
    return read(viewer, BY_ID, {"user_id": user_id})


def read(viewer: Viewer, where: str, parameters: Mapping[str, Any]) -> Document | None:
    """Read a profile and decide what of it is shown."""
    sql, fixed, columns = statement(where, has_viewer=viewer.related_id is not None)
    found = statements.row(sql, {**fixed, **parameters, "viewer_id": viewer.related_id})
    if found is None:
        return None
    row = dict(zip(columns, found, strict=True))
    seen = decide(viewer, row)
    return shown(row, seen) if seen.shows(Part.CARD) else None


def passports_in(rows: str | None, seen: Seen) -> list[dict[str, Any]]:
    """Return the passports that the viewer may see, without saying who else may."""
    visibilities = visibilities_for(seen)
    return [each for each in json.loads(rows or "[]") if each.pop("visibility") in visibilities]


def shown(row: Mapping[str, Any], seen: Seen) -> Document:
    """Return the document. Every member is always there: hidden or unset is null, or an empty list."""
    is_open, stats = seen.shows(Part.PROFILE), seen.shows(Part.STATS)
    hidden = seen.hidden()
    return {
        "username": row["username"],
        "display_name": row["display_name"],
        "avatar_url": default_storage.url(row["avatar"]) if row["avatar"] else None,
        "bio": (row["bio"] or None) if is_open else None,
        "public_id": row["public_id"] if is_open else None,
        "country": (row["country"] or None) if seen.shows(Part.COUNTRY) else None,
        "game_passports": passports_in(row["game_passports"], seen),
        "stats": {
            "tournaments_played": row["tournaments_played"] if seen.shows(Part.TOURNAMENTS) else None,
            "matches_won": row["matches_won"] if stats else None,
            "follower_count": row["follower_count"] if seen.shows(Part.FOLLOWERS_COUNT) else None,
        },
        "privacy": {
            "is_private": seen.is_private,
            "can_view_game_ids": Part.GAME_IDS not in hidden,
            "can_view_achievements": Part.ACHIEVEMENTS not in hidden,
            "can_view_activity": Part.ACTIVITY_FEED not in hidden,
            "can_view_followers": Part.FOLLOWERS_LIST not in hidden,
            # A program that asks for nobody in particular is told what anybody who signs in may do.
            "can_send_message": seen.may_message or (seen.viewer == ANONYMOUS and seen.takes_messages),
            "can_follow": seen.may_follow,
        },
    }


@cache
def statement(where: str, *, has_viewer: bool) -> tuple[str, dict[str, Any], list[str]]:
    """Return the SQL, the parameters that are always the same, and the names of the columns."""
    sql, fixed, columns = source(has_viewer=has_viewer)
    return READ.format(source=sql, where=where), fixed, [*COLUMNS, *columns]
