"""Who may see what of whom: docs/privacy.md once more, written down without the code that decides."""

from collections.abc import Mapping
from typing import Any

from apps.user_profile.selectors.privacy import Part, Standing

# Every setting has an answer here: the parts that it takes away when it is off, or for whom it leaves them.
TAKEN_BY_SWITCH = {
    "show_real_name": {Part.REAL_NAME},
    "show_phone": {Part.PHONE},
    "show_email": {Part.EMAIL},
    "show_age": {Part.AGE},
    "show_gender": {Part.GENDER},
    "show_country": {Part.COUNTRY},
    "show_address": {Part.ADDRESS},
    "show_nationality": {Part.NATIONALITY},
    "show_game_ids": {Part.GAME_IDS},
    "show_match_history": {Part.MATCH_HISTORY, Part.STATS},
    "show_teams": {Part.TEAMS, Part.MATCH_HISTORY},
    "show_achievements": {Part.ACHIEVEMENTS},
    "show_activity_feed": {Part.ACTIVITY_FEED},
    "show_tournaments": {Part.TOURNAMENTS, Part.MATCH_HISTORY},
    "show_inventory_value": {Part.INVENTORY_VALUE},
    "show_level_xp": {Part.LEVEL_XP},
    "show_social_links": {Part.SOCIAL_LINKS},
    "show_followers_count": {Part.FOLLOWERS_COUNT},
    "show_following_count": {Part.FOLLOWING_COUNT},
    "show_followers_list": {Part.FOLLOWERS_LIST},
    "show_following_list": {Part.FOLLOWING_LIST},
    "show_device": {Part.DEVICE},
    "show_play_style": {Part.PLAY_STYLE},
    "show_roles": {Part.ROLES},
    "show_active_hours": {Part.ACTIVE_HOURS},
    "show_preferred_contact": {Part.PREFERRED_CONTACT},
}
TAKEN_FROM_STRANGERS = {
    ("followers_list_visibility", "followers"): {Part.FOLLOWERS_LIST},
    ("following_list_visibility", "followers"): {Part.FOLLOWING_LIST},
    ("inventory_visibility", "FRIENDS"): {Part.INVENTORY, Part.INVENTORY_VALUE},
}
TAKEN_FROM_ALL = {
    ("followers_list_visibility", "only_me"): {Part.FOLLOWERS_LIST},
    ("following_list_visibility", "only_me"): {Part.FOLLOWING_LIST},
    ("inventory_visibility", "PRIVATE"): {Part.INVENTORY, Part.INVENTORY_VALUE},
}
# Settings that hide no part by themselves.
HIDE_NOTHING = {"visibility_preset", "allow_team_invites", "allow_friend_requests", "allow_direct_messages"}
ANSWERED = (
    TAKEN_BY_SWITCH.keys()
    | {name for name, _ in TAKEN_FROM_STRANGERS}
    | HIDE_NOTHING
    | {"is_private_account"}
)


def shown(standing: Standing, settings: Mapping[str, Any], *, is_active: bool = True) -> set[Part]:
    """Return the parts that the table gives to a viewer."""
    everything = set(Part)
    if standing is Standing.OWNER:
        return everything
    if standing is Standing.STAFF:
        return everything - {Part.WALLET}
    if standing is Standing.BLOCKED or not is_active:
        return set()
    if settings["is_private_account"] and standing is not Standing.FOLLOWER:
        return {Part.CARD}
    parts = everything - {Part.WALLET}
    for switch, taken in TAKEN_BY_SWITCH.items():
        if not settings[switch]:
            parts -= taken
    for (name, value), taken in TAKEN_FROM_ALL.items():
        if settings[name] == value:
            parts -= taken
    for (name, value), taken in TAKEN_FROM_STRANGERS.items():
        if settings[name] == value and standing is not Standing.FOLLOWER:
            parts -= taken
    return parts
