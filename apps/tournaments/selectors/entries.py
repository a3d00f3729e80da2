"""Who entered, and where they finished."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F

from apps.tournaments.models import TournamentEntry
from apps.user_profile import selectors as players
from apps.user_profile.selectors import PlayerCard


@dataclass(frozen=True, slots=True)
class Standing:
    """An entrant and its final place, None while there is none.

    `name` is of now, `played_as` of the registration; `player` is set where a player entered alone.
    """

    entry_id: int
    name: str
    played_as: str
    place_from: int | None
    place_to: int | None
    seed: int | None
    team_id: int | None
    team_slug: str
    team_tag: str
    player: PlayerCard | None = None


@dataclass(frozen=True, slots=True)
class TeamEntry:
    """A tournament from the view of a team that entered it."""

    tournament_id: int
    tournament_name: str
    tournament_slug: str
    status: str
    starts_at: datetime | None
    ends_at: datetime | None
    played_as: str
    place_from: int | None
    place_to: int | None


@dataclass(frozen=True, slots=True)
class Champion:
    """Who won a tournament: a team, or a player alone (then `slug` and `tag` are empty)."""

    id: int
    name: str
    slug: str = ""
    tag: str = ""


def standings(tournament_id: int) -> list[Standing]:
    """Return all entrants by final place, ties by name; those without a place come last. Two queries."""
    entries = TournamentEntry.objects.confirmed().filter(tournament_id=tournament_id).select_related("team")
    in_order = entries.order_by(F("placement_from").asc(nulls_last=True), "placement_to", "name")
    rows = list(in_order)
    alone = players.cards(entry.user_id for entry in rows if entry.user_id)
    return [standing(entry, alone.get(entry.user_id or 0)) for entry in rows]


def standing(entry: TournamentEntry, player: PlayerCard | None) -> Standing:
    """Return one row of the standings."""
    team = entry.team
    current = team.name if team else player.display_name if player else entry.name
    return Standing(
        entry_id=entry.pk,
        name=current,
        played_as=entry.name,
        place_from=entry.placement_from,
        place_to=entry.placement_to,
        seed=entry.seed,
        team_id=entry.team_id,
        team_slug=team.slug if team else "",
        team_tag=team.tag if team else "",
        player=player,
    )


def champions(tournament_ids: Iterable[int]) -> dict[int, Champion]:
    """Return who won, by tournament; a shared first place has no champion. Two queries."""
    entries = TournamentEntry.objects.filter(
        tournament_id__in=set(tournament_ids), placement_from=1, placement_to=1
    ).select_related("team")
    rows = list(entries)
    names = players.names_of(entry.user_id for entry in rows if entry.user_id)
    return {
        entry.tournament_id: Champion(entry.team.pk, entry.team.name, entry.team.slug, entry.team.tag)
        if entry.team
        else Champion(entry.user_id or 0, names.get(entry.user_id or 0, entry.name))
        for entry in rows
    }


def entrant_counts(tournament_ids: Iterable[int]) -> dict[int, int]:
    """Return how many entered, by tournament; one without entrants is left out."""
    entries = TournamentEntry.objects.confirmed().filter(tournament_id__in=set(tournament_ids)).order_by()
    counted = entries.values("tournament_id").annotate(count=Count("id"))
    return dict(counted.values_list("tournament_id", "count"))


def entry_in(slug: str, entry_id: int) -> TournamentEntry | None:
    """Return a registration of a tournament, in whatever status it is."""
    return TournamentEntry.objects.filter(tournament__slug=slug, pk=entry_id).first()


def entries_of_team(team_id: int) -> list[TeamEntry]:
    """Return the tournaments that a team entered, the latest first."""
    entries = TournamentEntry.objects.confirmed().filter(team_id=team_id).select_related("tournament")
    return [
        TeamEntry(
            tournament_id=entry.tournament_id,
            tournament_name=entry.tournament.name,
            tournament_slug=entry.tournament.slug,
            status=entry.tournament.status,
            starts_at=entry.tournament.starts_at,
            ends_at=entry.tournament.ends_at,
            played_as=entry.name,
            place_from=entry.placement_from,
            place_to=entry.placement_to,
        )
        for entry in entries.order_by(F("tournament__ends_at").desc(nulls_first=True), "-tournament_id")
    ]
