"""Who entered, and where they finished."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, F

from apps.tournaments.models import TournamentEntry
from apps.tournaments.models.entries import EntryQuerySet
from apps.tournaments.services.states import Seat
from apps.user_profile import selectors as players
from apps.user_profile.selectors import PlayerCard
from apps.user_profile.selectors.privacy import Part, Viewer


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
    rows = Entrant.of(tournament_id)
    alone = players.cards(row.user_id for row in rows if row.user_id)
    return [row.standing(alone.get(row.user_id or 0)) for row in rows]


def standings_seen(tournament_id: int, viewer: Viewer) -> list[Standing]:
    """Return what `standings` does, without the cards that the viewer may not see. Two queries."""
    return as_standings(Entrant.of(tournament_id), viewer)


def as_standings(rows: Collection["Entrant"], viewer: Viewer) -> list[Standing]:
    """Return entrants as rows of the standings as a viewer may see them. One query."""
    seen = players.cards_seen(viewer, [row.user_id for row in rows if row.user_id])
    shown = {user_id for user_id, (_card, parts) in seen.items() if parts.shows(Part.CARD)}
    found = (row.standing(seen[row.user_id][0] if row.user_id in seen else None) for row in rows)
    return [
        row if row.player is None or row.player.user_id in shown else replace(row, player=None)
        for row in found
    ]


class Entrant(NamedTuple):
    """What is read of an entrant, also of a thousand: columns are read many times quicker than models."""

    pk: int
    name: str
    placement_from: int | None
    placement_to: int | None
    seed: int | None
    user_id: int | None
    team_id: int | None
    team__name: str | None
    team__slug: str | None
    team__tag: str | None

    @classmethod
    def of(cls, tournament_id: int) -> "list[Entrant]":
        """Return the entrants of a tournament in the order of the standings. One query."""
        return [cls(*row) for row in cls.in_order(tournament_id).values_list(*cls._fields)]

    @staticmethod
    def in_order(tournament_id: int) -> EntryQuerySet:
        """Return the entrants of a tournament in the order of the standings; nothing is read yet."""
        entries = TournamentEntry.objects.confirmed().filter(tournament_id=tournament_id)
        return entries.order_by(F("placement_from").asc(nulls_last=True), "placement_to", "name")

    def standing(self, player: PlayerCard | None = None) -> Standing:
        """Return its row of the standings."""
        return Standing(
            entry_id=self.pk,
            name=self.team__name or (player.display_name if player else self.name),
            played_as=self.name,
            place_from=self.placement_from,
            place_to=self.placement_to,
            seed=self.seed,
            team_id=self.team_id,
            team_slug=self.team__slug or "",
            team_tag=self.team__tag or "",
            player=player,
        )


class Entered(NamedTuple):
    """Who entered a tournament, in the order of the standings, and their seats in its phases."""

    rows: list[Entrant]
    seats: dict[int, list[Seat]]


def entered(tournament_id: int) -> Entered:
    """Return who entered a tournament, with their seats by phase, the best seed first. One query."""
    rows: dict[int, Entrant] = {}
    seats: dict[int, list[Seat]] = {}
    beside = ("left", "phases__phase_id", "phases__seed")
    for *columns, left, phase_id, seed in Entrant.in_order(tournament_id).values_list(
        *Entrant._fields, *beside
    ):
        entrant = Entrant(*columns)
        rows.setdefault(entrant.pk, entrant)
        if phase_id is not None:
            seats.setdefault(phase_id, []).append(Seat(entrant.pk, seed, left))
    for found in seats.values():
        found.sort(key=lambda seat: seat.seed)
    return Entered(list(rows.values()), seats)


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
