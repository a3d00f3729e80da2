"""Identity for operators. Saved row by row, so every change is announced; nothing is deleted."""

from typing import Any

from allauth.account import admin as account_admin
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth.admin import UserAdmin as AuthUserAdmin
from django.http import HttpRequest

from apps.user_profile.models import (
    AccountDeletion,
    Block,
    Follow,
    FollowRequest,
    GameProfile,
    PrivacySettings,
    StaffLook,
    User,
    UserAchievement,
    UserActivity,
    UsernameClaim,
    UserProfile,
    UserProfileStats,
)
from apps.user_profile.selectors.achievements import ABOUT
from apps.user_profile.selectors.privacy import Part, seen_by, viewer_of
from apps.user_profile.services import names


class Kept:
    """Rows that are part of history: accounts are deactivated, seats ended, nothing is deleted here."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False


class ReadOnly(Kept):
    """Rows that only events write."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False


class Watched:
    """Rows about players: what staff see here and others would not see is written down."""

    # The parts of a player that the pages show, and the attribute that holds his id.
    parts_shown: tuple[Part, ...] = ()
    player_id = "user_id"

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return the row, and write the look down."""
        found = super().get_object(request, object_id, from_field)  # type: ignore[misc]
        if found is not None:
            self.note(request, [found])
        return found

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """Return the list, and write the looks at its rows down."""
        found: ChangeList = super().get_changelist_instance(request)  # type: ignore[misc]
        self.note(request, list(found.result_list))
        return found

    def note(self, request: HttpRequest, rows: list[Any]) -> None:
        """Write down which hidden parts these rows show."""
        for seen in seen_by(viewer_of(request.user), [getattr(row, self.player_id) for row in rows]).values():
            for part in self.parts_shown:
                seen.shows(part)


@admin.register(User)
class UserAdmin(Watched, Kept, AuthUserAdmin):  # type: ignore[type-arg]
    """Accounts."""

    parts_shown = (Part.CARD, Part.EMAIL, Part.REAL_NAME)
    player_id = "pk"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Fix a name of the house, which only a command can give; a form would refuse it."""
        return ["username"] if obj and names.is_reserved(obj.username) else []


@admin.register(UserProfile)
class UserProfileAdmin(Watched, Kept, admin.ModelAdmin):  # type: ignore[type-arg]
    """Profiles; each is born with its account."""

    parts_shown = (Part.CARD, Part.PROFILE, Part.COUNTRY)
    list_display = ["public_id", "display_name", "user", "country"]
    list_select_related = ["user"]
    search_fields = ["display_name", "user__username", "public_id"]
    fields = ["user", "public_id", "display_name", "avatar", "bio", "country"]
    readonly_fields = ["user", "public_id"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: a profile without an account is nobody's."""
        return False


@admin.register(GameProfile)
class GameProfileAdmin(Watched, admin.ModelAdmin):  # type: ignore[type-arg]
    """Passports; one is moved to another player or game by deleting it and adding another."""

    parts_shown = (Part.GAME_IDS,)
    list_display = ["ign", "game", "user", "current_rank", "is_lft", "visibility"]
    list_filter = ["game", "is_lft", "visibility"]
    list_select_related = ["game", "user"]
    raw_id_fields = ["user"]
    search_fields = ["ign", "user__username"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Fix the player and the game once the passport is there."""
        return ["user", "game"] if obj else []


@admin.register(UserActivity)
class UserActivityAdmin(Watched, ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """What players did."""

    parts_shown = (Part.ACTIVITY_FEED,)
    list_display = ["occurred_at", "user", "event_type", "is_public"]
    list_filter = ["event_type"]
    list_select_related = ["user"]
    search_fields = ["user__username"]


@admin.register(UserAchievement)
class UserAchievementAdmin(Watched, ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """Players' achievements; `manage.py revoke_achievement` takes one away."""

    parts_shown = (Part.ACHIEVEMENTS, *sorted(set(ABOUT.values())))
    list_display = ["user", "code", "unlocked_at", "revoked_at", "reason"]
    list_filter = ["code"]
    list_select_related = ["user"]
    search_fields = ["user__username"]


@admin.register(UserProfileStats)
class UserProfileStatsAdmin(Watched, ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """Players' sums."""

    parts_shown = (Part.STATS, Part.TOURNAMENTS)
    list_display = ["user", "tournaments_played", "matches_played", "matches_won", "teams_joined"]
    list_select_related = ["user"]
    search_fields = ["user__username"]


@admin.register(PrivacySettings)
class PrivacySettingsAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """What players let others see: theirs to change, not an operator's."""

    list_display = ["user_profile", "visibility_preset", "is_private_account"]
    list_filter = ["visibility_preset", "is_private_account"]
    list_select_related = ["user_profile"]
    search_fields = ["user_profile__user__username"]


@admin.register(Follow)
class FollowAdmin(Watched, ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """Who follows whom."""

    parts_shown = (Part.FOLLOWERS_LIST,)
    player_id = "followed_id"
    list_display = ["follower", "followed", "created_at"]
    list_select_related = ["follower", "followed"]
    search_fields = ["follower__username", "followed__username"]
    show_full_result_count = False


@admin.register(FollowRequest)
class FollowRequestAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """Who asked to follow whom."""

    list_display = ["follower", "followed", "status", "created_at", "answered_at"]
    list_filter = ["status"]
    list_select_related = ["follower", "followed"]
    search_fields = ["follower__username", "followed__username"]


@admin.register(Block)
class BlockAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """Who wants nothing of whom."""

    list_display = ["user", "blocked", "created_at"]
    list_select_related = ["user", "blocked"]
    search_fields = ["user__username", "blocked__username"]


@admin.register(StaffLook)
class StaffLookAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """What staff saw that was hidden from others."""

    list_display = ["looked_at", "staff", "user", "parts"]
    list_select_related = ["staff", "user"]
    search_fields = ["staff__username", "user__username"]


@admin.register(UsernameClaim)
class UsernameClaimAdmin(Watched, ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """What players are and were called, for who looks into impersonation."""

    parts_shown = (Part.CARD,)
    list_display = ["username", "user", "claimed_at", "left_at"]
    list_select_related = ["user"]
    ordering = ["-claimed_at"]
    search_fields = ["username", "user__username"]


# Importing allauth's pages has registered its own already.
admin.site.unregister(EmailAddress)


@admin.register(EmailAddress)
class EmailAddressAdmin(Watched, account_admin.EmailAddressAdmin):  # type: ignore[misc]
    """Addresses that accounts are signed up with."""

    parts_shown = (Part.EMAIL,)
    # Theirs would change many at a time, past everything that hears of it.
    actions = None


@admin.register(AccountDeletion)
class AccountDeletionAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """Accounts that are to be deleted, and those that were."""

    list_display = ["user", "requested_at", "due_at", "done_at"]
    list_select_related = ["user"]
    ordering = ["-requested_at"]
