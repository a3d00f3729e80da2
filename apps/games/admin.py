"""Games for operators: those of the reference list can be looked at, others added and changed."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from apps.games.models import Game
from apps.games.reference import RESERVED_IDS


@admin.register(Game)
class GameAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Games; the next `migrate` would undo a change of those in the reference list."""

    list_display = ["name", "slug", "identity_label", "roster_min", "roster_max"]
    search_fields = ["name", "slug"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow changes of games that an operator added."""
        return super().has_change_permission(request, obj) and (obj is None or obj.pk > RESERVED_IDS)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow to delete games that an operator added."""
        return super().has_delete_permission(request, obj) and (obj is None or obj.pk > RESERVED_IDS)
