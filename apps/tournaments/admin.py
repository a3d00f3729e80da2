"""Tournaments in the admin: to look at, and to correct the texts that nothing depends on.

Registrations, results, places and statuses change through the services, which announce them; here they are
shown only.
"""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from apps.tournaments.models import Match, MatchMap, MatchParticipant, Tournament, TournamentEntry


class Shown:
    """Mixed into an admin class: nothing can be added, changed or deleted."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse."""
        return False


class EntryInline(Shown, admin.TabularInline):  # type: ignore[type-arg]
    """The entrants of a tournament."""

    model = TournamentEntry
    fields = ("name", "seed", "placement_from", "placement_to")
    ordering = ("placement_from", "name")


@admin.register(Tournament)
class TournamentAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Tournaments: name, title, city and dates can be corrected."""

    list_display = ("name", "status", "title", "city", "starts_at", "ends_at")
    list_filter = ("status", "game")
    search_fields = ("name", "external_id")
    fields = ("name", "slug", "game", "title", "city", "starts_at", "ends_at", "status", "external_id")
    readonly_fields = ("slug", "game", "status", "external_id")
    inlines = (EntryInline,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: `tournaments.create` makes the slug."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Tournament | None = None) -> bool:
        """Refuse: what was announced stays."""
        return False


class ParticipantInline(Shown, admin.TabularInline):  # type: ignore[type-arg]
    """The players of a match."""

    model = MatchParticipant
    fields = ("user", "entry", "kills", "deaths", "assists")


class MapInline(Shown, admin.TabularInline):  # type: ignore[type-arg]
    """The games of a match."""

    model = MatchMap
    fields = ("number", "mode", "map", "score_a", "score_b", "winner")


@admin.register(Match)
class MatchAdmin(Shown, admin.ModelAdmin):  # type: ignore[type-arg]
    """Matches, to look at."""

    list_display = ("__str__", "tournament", "stage", "group", "round", "played_at")
    list_filter = ("stage", "tournament")
    search_fields = ("name_a", "name_b", "external_id")
    date_hierarchy = "played_at"
    list_select_related = ("tournament",)
    inlines = (ParticipantInline, MapInline)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Load what every line shows."""
        return super().get_queryset(request).select_related("entry_a", "entry_b", "winner")
