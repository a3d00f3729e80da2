"""Tournaments in the admin: to look at, and to correct the texts that nothing depends on.

Registrations, results, places and statuses change through the services, which announce them; here they are
shown only.
"""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse

from apps.tournaments.models import (
    Dispute,
    Evidence,
    Match,
    MatchMap,
    MatchParticipant,
    Tournament,
    TournamentAction,
    TournamentEntry,
)


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
    fields = ("name", "status", "seed", "placement_from", "placement_to")
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


class EvidenceInline(Shown, admin.TabularInline):  # type: ignore[type-arg]
    """What was said in a dispute."""

    model = Evidence
    fields = ("text", "link", "added_at")
    readonly_fields = ("added_at",)


@admin.register(Dispute)
class DisputeAdmin(Shown, admin.ModelAdmin):  # type: ignore[type-arg]
    """Disputes: those that are escalated wait for the staff, who decides them in the room of the match."""

    list_display = ("match", "tournament", "reason", "status", "opened_at")
    list_filter = ("status", "reason")
    list_select_related = ("match__tournament",)
    fields = ("match", "tournament", "reason", "status", "opened_at", "decision", "decided_at")
    readonly_fields = ("tournament", "opened_at")
    inlines = (EvidenceInline,)

    @admin.display(ordering="match__tournament")
    def tournament(self, dispute: Dispute) -> str:
        """Return what the tournament is called."""
        return dispute.match.tournament.name

    def view_on_site(self, dispute: Dispute) -> str:
        """Return the room of the match, where it is decided."""
        return reverse("web:match-room", args=[dispute.match.tournament.slug, dispute.match_id])


@admin.register(TournamentAction)
class TournamentActionAdmin(Shown, admin.ModelAdmin):  # type: ignore[type-arg]
    """The log of those who run tournaments."""

    list_display = ("tournament", "kind", "by", "entry", "match", "reason", "done_at")
    list_filter = ("kind",)
    list_select_related = ("tournament", "by", "entry", "match")
    search_fields = ("tournament__name", "by__username")
    date_hierarchy = "done_at"
