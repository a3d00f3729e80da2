"""Profiles for other apps of this process, under the roadmap's names: one query each, also for many."""

from collections.abc import Iterable

from apps.api import statements
from apps.user_profile.models import GameProfile, PrivacySettings, UserProfile
from apps.user_profile.models.privacy import Inviters
from apps.user_profile.selectors import privacy

# One parameter however many players: a thousand in an IN list cost three times as much to write and plan.
NAMES = """
SELECT user_id, display_name FROM user_profile_userprofile WHERE user_id = ANY(%(user_ids)s::bigint[])
"""


class ProfileAPIService:
    """What other apps may ask about players. A question about nobody raises UserProfile.DoesNotExist."""

    @staticmethod
    def get_display_name(user_id: int) -> str:
        """Return a player's name as it is now."""
        return UserProfile.objects.values_list("display_name", flat=True).get(user_id=user_id)

    @staticmethod
    def get_display_names(user_ids: Iterable[int]) -> dict[int, str]:
        """Return many players' names as they are now; unknown ids are left out."""
        return dict(statements.rows(NAMES, {"user_ids": list(user_ids)}))

    @staticmethod
    def get_avatar_url(user_id: int) -> str | None:
        """Return where a player's picture is, None without one."""
        return UserProfile.objects.only("avatar").get(user_id=user_id).avatar_url

    @staticmethod
    def get_avatar_urls(user_ids: Iterable[int]) -> dict[int, str | None]:
        """Return where many players' pictures are; unknown ids are left out."""
        profiles = UserProfile.objects.filter(user_id__in=list(user_ids)).only("user_id", "avatar")
        return {profile.user_id: profile.avatar_url for profile in profiles}

    @staticmethod
    def has_game_passport(user_id: int, game_id: int) -> bool:
        """Tell whether a player has a passport for a game."""
        return GameProfile.objects.filter(user_id=user_id, game_id=game_id).exists()

    @staticmethod
    def have_game_passport(user_ids: Iterable[int], game_id: int) -> set[int]:
        """Return which of these players have a passport for a game."""
        passports = GameProfile.objects.filter(user_id__in=list(user_ids), game_id=game_id)
        return set(passports.values_list("user_id", flat=True))

    @staticmethod
    def can_receive_team_invite(user_id: int, inviter_id: int | None = None) -> bool:
        """Tell whether a player may be invited to a team: by this player, or else by anybody at all.

        Somebody who is not there, or whose account is closed, cannot be.
        """
        if inviter_id is not None:
            return privacy.may_invite(inviter_id, user_id)
        return user_id in ProfileAPIService.can_receive_team_invites([user_id])

    @staticmethod
    def can_receive_team_invites(user_ids: Iterable[int], inviter_id: int | None = None) -> set[int]:
        """Return which of these players may be invited to a team: by this player, or else by anybody."""
        if inviter_id is not None:
            seen = privacy.seen_by(privacy.Viewer(inviter_id), user_ids)
            return {user_id for user_id, one in seen.items() if one.may_invite}
        open_to_some = PrivacySettings.objects.exclude(allow_team_invites=Inviters.NOBODY)
        found = open_to_some.filter(
            user_profile__user_id__in=list(user_ids), user_profile__user__is_active=True
        )
        return set(found.values_list("user_profile__user_id", flat=True))
