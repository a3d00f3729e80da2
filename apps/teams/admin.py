"""Teams for operators. Saved row by row, so every change is announced. Seats are ended, not deleted."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from apps.teams.models import Invitation, JoinRequest, Team, TeamAction, TeamMembership


class Kept:
    """Rows that are part of history."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False


@admin.register(Team)
class TeamAdmin(Kept, admin.ModelAdmin):  # type: ignore[type-arg]
    """Teams."""

    list_display = ["name", "tag", "slug", "game", "created_at"]
    list_filter = ["game"]
    list_select_related = ["game"]
    prepopulated_fields = {"slug": ["name"]}
    raw_id_fields = ["creator"]
    search_fields = ["name", "slug", "tag"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Fix the game: the seats repeat it."""
        return [] if obj is None else ["game"]


@admin.register(TeamMembership)
class TeamMembershipAdmin(Kept, admin.ModelAdmin):  # type: ignore[type-arg]
    """Seats: give one an end to let the player go; who comes back takes a new one."""

    list_display = ["team", "user", "role", "joined_at", "left_at"]
    list_filter = ["role"]
    list_select_related = ["team", "user"]
    raw_id_fields = ["team", "user"]
    search_fields = ["team__name", "user__username"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Fix who sits where, and an end once it has come."""
        if obj is None:
            return []
        return ["team", "user", "joined_at", *(["left_at"] if obj.left_at else [])]


class Shown(Kept):
    """Rows to look at: the services write them."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False


@admin.register(Invitation)
class InvitationAdmin(Shown, admin.ModelAdmin):  # type: ignore[type-arg]
    """Invitations: who wanted whom, and what became of it."""

    list_display = ["team", "user", "role", "status", "created_at", "due_at"]
    list_filter = ["status"]
    list_select_related = ["team", "user"]
    search_fields = ["team__name", "user__username"]


@admin.register(JoinRequest)
class JoinRequestAdmin(Shown, admin.ModelAdmin):  # type: ignore[type-arg]
    """Requests to join, and what became of them."""

    list_display = ["team", "user", "status", "created_at", "due_at"]
    list_filter = ["status"]
    list_select_related = ["team", "user"]
    search_fields = ["team__name", "user__username"]


@admin.register(TeamAction)
class TeamActionAdmin(Shown, admin.ModelAdmin):  # type: ignore[type-arg]
    """The log of teams."""

    list_display = ["team", "kind", "by", "user", "reason", "done_at"]
    list_filter = ["kind"]
    list_select_related = ["team", "by", "user"]
    search_fields = ["team__name", "by__username", "user__username"]
    date_hierarchy = "done_at"
