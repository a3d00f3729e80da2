"""May this viewer see this part of this player? One function decides, and every exit asks it at every answer.

The source rows are read each time: settings, account, follow, block, teammates, in one query however many
players are asked about. Nothing of an answer may be kept for the next one. The table is in docs/privacy.md.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from apps.user_profile.models import PrivacySettings
from apps.user_profile.models.privacy import SETTINGS, Audience, InventoryAudience, Inviters
from apps.user_profile.selectors import sources
from apps.user_profile.services import staff_looks


class Part(StrEnum):
    """Everything of a player that can be hidden. But for the first three, `show_<part>` is its switch."""

    # Who it is: name, username, picture. Shown to all whom the player has not blocked.
    CARD = "card"
    # The page behind the card, with what has no switch of its own (bio, public id).
    PROFILE = "profile"
    # Money. Shown to nobody else, whatever is set.
    WALLET = "wallet"

    REAL_NAME = "real_name"
    PHONE = "phone"
    EMAIL = "email"
    AGE = "age"
    GENDER = "gender"
    COUNTRY = "country"
    ADDRESS = "address"
    NATIONALITY = "nationality"
    GAME_IDS = "game_ids"
    # The sums over the matches; the matches themselves name teams and tournaments, so they need those two.
    STATS = "stats"
    MATCH_HISTORY = "match_history"
    TEAMS = "teams"
    ACHIEVEMENTS = "achievements"
    ACTIVITY_FEED = "activity_feed"
    TOURNAMENTS = "tournaments"
    INVENTORY = "inventory"
    INVENTORY_VALUE = "inventory_value"
    LEVEL_XP = "level_xp"
    SOCIAL_LINKS = "social_links"
    FOLLOWERS_COUNT = "followers_count"
    FOLLOWING_COUNT = "following_count"
    FOLLOWERS_LIST = "followers_list"
    FOLLOWING_LIST = "following_list"
    DEVICE = "device"
    PLAY_STYLE = "play_style"
    ROLES = "roles"
    ACTIVE_HOURS = "active_hours"
    PREFERRED_CONTACT = "preferred_contact"


class Standing(StrEnum):
    """What a viewer is to a player; of several the first counts."""

    OWNER = "owner"
    STAFF = "staff"
    BLOCKED = "blocked"
    FOLLOWER = "follower"
    TEAMMATE = "teammate"
    SIGNED_IN = "signed_in"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks. `pretends` is for the preview: the player's own page as somebody else would see it."""

    user_id: int | None = None
    is_staff: bool = False
    pretends: Standing | None = None

    @property
    def related_id(self) -> int | None:
        """Whose follows, blocks and teams count: nobody's while he pretends."""
        return None if self.pretends else self.user_id


ANONYMOUS = Viewer()


@dataclass(frozen=True, slots=True)
class Seen:
    """What a viewer may see of one player, how the two stand, and what he may do."""

    user_id: int
    viewer: Viewer
    standing: Standing
    parts: frozenset[Part]
    # What only the rights of staff add; a look at it is written down.
    lifted: frozenset[Part] = frozenset()
    is_private: bool = False
    is_followed: bool = False
    is_teammate: bool = False
    is_requested: bool = False
    is_blocked: bool = False
    is_muted: bool = False
    may_follow: bool = False
    may_invite: bool = False
    may_message: bool = False
    # Whether whoever may have to do with the player may write: for a page or program that speaks for nobody.
    takes_messages: bool = False

    def shows(self, part: Part) -> bool:
        """Tell whether the viewer may see a part; what staff sees beyond others is written down."""
        if part in self.lifted and self.viewer.user_id is not None:
            staff_looks.note(staff_id=self.viewer.user_id, user_id=self.user_id, part=part)
            return True
        return part in self.parts

    @property
    def is_own(self) -> bool:
        """Whether the viewer is the player."""
        return self.standing is Standing.OWNER

    def hidden(self) -> frozenset[Part]:
        """Return the parts that the viewer may not see."""
        return frozenset(Part) - self.parts - self.lifted


ALL = frozenset(Part)
# Parts that one switch alone decides, with the switch.
SWITCHED = {part: f"show_{part}" for part in Part if f"show_{part}" in SETTINGS} | {
    Part.STATS: "show_match_history"
}
# Parts that name what another part is about: they are shown only where that is.
NEEDS = {
    Part.MATCH_HISTORY: {Part.TEAMS, Part.TOURNAMENTS},
    Part.INVENTORY_VALUE: {Part.INVENTORY},
}
# Parts that are for some only, with the setting that says for whom.
AUDIENCES = {
    Part.INVENTORY: "inventory_visibility",
    Part.FOLLOWERS_LIST: "followers_list_visibility",
    Part.FOLLOWING_LIST: "following_list_visibility",
}
FOR_EVERYONE = {Audience.EVERYONE, InventoryAudience.PUBLIC}
FOR_FOLLOWERS = FOR_EVERYONE | {Audience.FOLLOWERS, InventoryAudience.FRIENDS}


def viewer_of(user: Any) -> Viewer:
    """Return the viewer that a request's user is; nobody, and who may no longer sign in, is anonymous."""
    if user is None or not user.is_authenticated or not user.is_active:
        return ANONYMOUS
    return Viewer(user.pk, is_staff=user.is_staff)


def may_view(viewer: Viewer, user_id: int, part: Part) -> bool:
    """Tell whether a viewer may see one part of one player. One query."""
    return seen_by(viewer, [user_id])[user_id].shows(part)


def may_invite(inviter_id: int, user_id: int) -> bool:
    """Tell whether a player lets another invite him to a team. One query."""
    return seen_by(Viewer(inviter_id), [user_id])[user_id].may_invite


def seen_by(viewer: Viewer, user_ids: Iterable[int]) -> dict[int, Seen]:
    """Return what a viewer may see of each of these players; of nobody it is nothing. One query."""
    wanted = set(user_ids)
    rows = sources.rows_of(viewer.related_id, wanted) if wanted else ()
    found = {row["owner_id"]: decide(viewer, row) for row in rows}
    return {user_id: found.get(user_id) or nothing(viewer, user_id) for user_id in wanted}


def nothing(viewer: Viewer, user_id: int) -> Seen:
    """Return what is seen of somebody who is not there."""
    return Seen(user_id, viewer, Standing.ANONYMOUS, frozenset())


def decide(viewer: Viewer, row: Mapping[str, Any]) -> Seen:
    """Decide from the source rows. This is the one place where it is decided."""
    standing = standing_of(viewer, row)
    parts = parts_for(standing, row)
    lifted = frozenset[Part]()
    if standing is Standing.STAFF:
        ordinary = parts_for(standing_of(Viewer(viewer.user_id), row), row)
        parts, lifted = ordinary, parts - ordinary
    reaches = acts(standing, row)
    return Seen(
        user_id=row["owner_id"],
        viewer=viewer,
        standing=standing,
        parts=parts,
        lifted=lifted,
        is_private=row["is_private_account"],
        is_followed=row.get("is_followed", False),
        is_teammate=row.get("is_teammate", False),
        is_requested=row.get("is_requested", False),
        is_blocked=row.get("is_blocked", False),
        is_muted=row.get("is_muted", False),
        may_follow=reaches and row["allow_friend_requests"],
        may_invite=reaches and _lets_invite(row),
        may_message=reaches and row["allow_direct_messages"],
        takes_messages=row["is_active"] and row["allow_direct_messages"],
    )


def standing_of(viewer: Viewer, row: Mapping[str, Any]) -> Standing:
    """Return what the viewer is to the player."""
    if viewer.pretends is not None:
        return viewer.pretends
    if viewer.user_id is None:
        return Standing.ANONYMOUS
    if viewer.user_id == row["owner_id"]:
        return Standing.OWNER
    if viewer.is_staff:
        return Standing.STAFF
    if row["has_blocked"]:
        return Standing.BLOCKED
    if row["is_followed"]:
        return Standing.FOLLOWER
    return Standing.TEAMMATE if row["is_teammate"] else Standing.SIGNED_IN


def parts_for(standing: Standing, row: Mapping[str, Any]) -> frozenset[Part]:
    """Return the parts that somebody who stands so may see."""
    if standing is Standing.OWNER:
        return ALL
    if standing is Standing.STAFF:
        return ALL - {Part.WALLET}
    if standing is Standing.BLOCKED or not row["is_active"]:
        return frozenset()
    if row["is_private_account"] and standing is not Standing.FOLLOWER:
        return frozenset({Part.CARD})
    shown = {Part.CARD, Part.PROFILE} | {part for part, switch in SWITCHED.items() if row[switch]}
    audiences = FOR_FOLLOWERS if standing is Standing.FOLLOWER else FOR_EVERYONE
    shown |= {Part.INVENTORY}
    shown -= {part for part, audience in AUDIENCES.items() if row[audience] not in audiences}
    return frozenset(part for part in shown if NEEDS.get(part, frozenset()) <= shown)


def acts(standing: Standing, row: Mapping[str, Any]) -> bool:
    """Tell whether the two may have to do with each other: both signed in, active, and no block between."""
    if standing in (Standing.OWNER, Standing.BLOCKED, Standing.ANONYMOUS) or not row["is_active"]:
        return False
    # Staff look past a block, but they do not act past one.
    return not row.get("has_blocked") and not row.get("is_blocked")


def _lets_invite(row: Mapping[str, Any]) -> bool:
    match row["allow_team_invites"]:
        case Inviters.EVERYONE:
            return True
        case Inviters.FOLLOWING:
            return bool(row.get("follows_viewer"))
        case Inviters.TEAMMATES:
            return bool(row.get("is_teammate"))
    return False


def decide_from(viewer: Viewer, settings: PrivacySettings) -> Seen:
    """Decide from settings that were read with the `facts`."""
    names = (*SETTINGS, *sources.facts(viewer.related_id))
    return decide(viewer, {name: getattr(settings, name) for name in names})
