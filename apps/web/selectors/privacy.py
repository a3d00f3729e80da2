"""The page of one's own privacy, and one's own profile as others see it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.user_profile.selectors.privacy import Standing, Viewer
from apps.user_profile.selectors.privacy_settings import PRESETS, settings_of
from apps.web.selectors.players import PlayerPage, player_page

LABELS: dict[str, str | Promise] = {
    "is_private_account": _("Private account: only followers you approve see your profile"),
    "allow_friend_requests": _("Others may follow you, or ask to"),
    "allow_team_invites": _("Who may invite you to a team"),
    "show_country": _("Country"),
    "show_game_ids": _("Game passports"),
    "show_match_history": _("Match history and statistics"),
    "show_teams": _("Teams"),
    "show_tournaments": _("Tournaments"),
    "show_achievements": _("Achievements"),
    "show_level_xp": _("Level, experience and your place on leaderboards"),
    "inventory_visibility": _("Who may see the items you show"),
    "show_activity_feed": _("Activity"),
    "show_followers_count": _("How many follow you"),
    "show_following_count": _("How many you follow"),
    "show_followers_list": _("The list of your followers"),
    "followers_list_visibility": _("Who may read the list of your followers"),
    "show_following_list": _("The list of whom you follow"),
    "following_list_visibility": _("Who may read the list of whom you follow"),
}
"""The switches that do something today; the presets set the others, too."""
SECTIONS: dict[str, tuple[str | Promise, str | Promise, tuple[str, ...]]] = {
    "account": (
        _("Who reaches you"),
        _("Blocked players never do, whatever is set here."),
        ("is_private_account", "allow_friend_requests", "allow_team_invites"),
    ),
    "profile": (
        _("What your profile shows"),
        _("Off means nobody but you. Matches name teams and tournaments, so they show only with both."),
        (
            "show_country",
            "show_game_ids",
            "show_match_history",
            "show_teams",
            "show_tournaments",
            "show_achievements",
            "show_level_xp",
            "inventory_visibility",
            "show_activity_feed",
        ),
    ),
    "followers": (
        _("Followers"),
        _("The numbers and the lists are separate switches."),
        (
            "show_followers_count",
            "show_following_count",
            "show_followers_list",
            "followers_list_visibility",
            "show_following_list",
            "following_list_visibility",
        ),
    ),
}
CHOICE_WORDS: dict[str, str | Promise] = {
    "everyone": _("Everyone"),
    "followers": _("My followers"),
    "only_me": _("Only me"),
    "following": _("Players I follow"),
    "teammates": _("My teammates"),
    "nobody": _("Nobody"),
    "PUBLIC": _("Everyone"),
    "FRIENDS": _("My followers"),
    "PRIVATE": _("Only me"),
}
PRESET_WORDS: dict[str, tuple[str | Promise, str | Promise]] = {
    "PUBLIC": (_("Public"), _("Everyone sees your profile, but not your contacts.")),
    "PROTECTED": (_("Protected"), _("Matches stay with you, lists are for your followers.")),
    "PRIVATE": (_("Private"), _("Others see your name and picture. Team invitations stay open.")),
}
STANDINGS: dict[Standing, str | Promise] = {
    Standing.ANONYMOUS: _("A visitor who is not signed in"),
    Standing.SIGNED_IN: _("Any player"),
    Standing.TEAMMATE: _("A teammate"),
    Standing.FOLLOWER: _("A follower"),
    Standing.BLOCKED: _("Somebody you have blocked"),
}


@dataclass(frozen=True)
class PresetCard:
    """A preset to choose; `deviations` are the labels of switches that differ from it, where it is chosen."""

    key: str
    name: str | Promise
    text: str | Promise
    is_chosen: bool
    deviations: Sequence[str | Promise]


@dataclass(frozen=True)
class PreviewPage:
    """One's own page as somebody else sees it; None when he does not see it at all."""

    standing: Standing
    label: str | Promise
    page: PlayerPage | None


def preset_cards(user_id: int) -> list[PresetCard]:
    """Return the presets, with what differs from the chosen one."""
    own = settings_of(user_id)
    differing = [LABELS.get(name, name) for name in own.deviations]
    return [
        PresetCard(key, *PRESET_WORDS[key], key == own.preset, differing if key == own.preset else ())
        for key in PRESETS
    ]


def preview(user_id: int, username: str, standing: str) -> PreviewPage | None:
    """Compose one's own page as it is for somebody who stands so; None for a standing that is none."""
    try:
        pretended = Standing(standing)
    except ValueError:
        return None
    if pretended not in STANDINGS:
        return None
    page = player_page(username, Viewer(user_id, pretends=pretended))
    return PreviewPage(pretended, STANDINGS[pretended], page)
