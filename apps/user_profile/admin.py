"""Identity for operators. Saved row by row, so every change is announced; nothing is deleted."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as AuthUserAdmin
from django.http import HttpRequest

from apps.user_profile.models import GameProfile, User, UserActivity, UserProfile, UserProfileStats
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


@admin.register(User)
class UserAdmin(Kept, AuthUserAdmin):  # type: ignore[type-arg]
    """Accounts."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Fix a name of the house, which only a command can give; a form would refuse it."""
        return ["username"] if obj and names.is_reserved(obj.username) else []


@admin.register(UserProfile)
class UserProfileAdmin(Kept, admin.ModelAdmin):  # type: ignore[type-arg]
    """Profiles; each is born with its account."""

    list_display = ["public_id", "display_name", "user", "country"]
    list_select_related = ["user"]
    search_fields = ["display_name", "user__username", "public_id"]
    fields = ["user", "public_id", "display_name", "avatar", "bio", "country"]
    readonly_fields = ["user", "public_id"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: a profile without an account is nobody's."""
        return False


@admin.register(GameProfile)
class GameProfileAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Passports; one is moved to another player or game by deleting it and adding another."""

    list_display = ["ign", "game", "user", "current_rank", "is_lft"]
    list_filter = ["game", "is_lft"]
    list_select_related = ["game", "user"]
    raw_id_fields = ["user"]
    search_fields = ["ign", "user__username"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Fix the player and the game once the passport is there."""
        return ["user", "game"] if obj else []


@admin.register(UserActivity)
class UserActivityAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """What players did."""

    list_display = ["occurred_at", "user", "event_type", "is_public"]
    list_filter = ["event_type"]
    list_select_related = ["user"]
    search_fields = ["user__username"]


@admin.register(UserProfileStats)
class UserProfileStatsAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """Players' sums."""

    list_display = ["user", "tournaments_played", "matches_played", "matches_won", "teams_joined"]
    list_select_related = ["user"]
    search_fields = ["user__username"]
