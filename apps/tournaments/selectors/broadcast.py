"""What a broadcast shows, in ids and numbers: names are read when it is shown, they may be others by then."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from apps.tournaments.models import Match, MatchStatus, Tournament, TournamentEntry, TournamentParticipant
from apps.tournaments.selectors.matches import label, state
from apps.user_profile import selectors as players

# A result is shown for so long before the next match takes its place, and if there is none for so long.
RESULT_FIRST = timedelta(minutes=3)
RESULT_SHOWN = timedelta(minutes=15)
SHOWN = 3
PLACES = 8


@dataclass(frozen=True, slots=True)
class Duel:
    """A match: `winner` is 0 or 1 for a side, None while nobody has won; `state` is that of a card."""

    match_id: int
    tournament_id: int
    entries: tuple[int | None, int | None]
    scores: tuple[int, int]
    winner: int | None
    state: str
    label: str
    best_of: int | None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a tournament is; `places` are entry, first and last place."""

    status: str
    entrants: int
    matches: int
    decided: int
    live: tuple[Duel, ...]
    results: tuple[Duel, ...]
    places: tuple[tuple[int, int, int | None], ...]


@dataclass(frozen=True, slots=True)
class EntryName:
    """What an entrant is called now."""

    name: str
    tag: str = ""


def duel_of_tournament(tournament_id: int) -> Duel | None:
    """Return the match of a tournament that is worth showing now, None when none is. Up to three queries."""
    return worth_showing(Match.objects.filter(tournament_id=tournament_id))


def duel_of_player(user_id: int) -> Duel | None:
    """Return the match of a player that is worth showing now, None when none is. Up to three queries."""
    entries = TournamentParticipant.objects.filter(user_id=user_id, entry__isnull=False).values("entry_id")
    return worth_showing(Match.objects.filter(Q(entry_a__in=entries) | Q(entry_b__in=entries)))


def worth_showing(matches: QuerySet[Match]) -> Duel | None:
    """Return the one being played, else a fresh result, else the next one, else the last result."""
    now = timezone.now()
    live = matches.filter(status=MatchStatus.LIVE).order_by("id").first()
    if live:
        return duel(live)
    played = matches.filter(played_at__isnull=False)
    last = played.order_by("-played_at", "-id").first()
    age = now - max(last.recorded_at, known(last.played_at)) if last else RESULT_SHOWN
    if last and age < RESULT_FIRST:
        return duel(last)
    following = matches.filter(status=MatchStatus.READY).order_by("round", "id").first()
    if following:
        return duel(following)
    return duel(last) if last and age < RESULT_SHOWN else None


def known(moment: datetime | None) -> datetime:
    """Return when a match was played that has been."""
    assert moment is not None
    return moment


def duel(match: Match) -> Duel:
    """Return a match in ids and numbers."""
    sides = (match.entry_a_id, match.entry_b_id)
    winner = sides.index(match.winner_id) if match.winner_id else None
    return Duel(
        match.pk, match.tournament_id, sides, (match.score_a, match.score_b), winner,
        state(match), label(match), match.best_of,
    )  # fmt: skip


def progress_of(tournament_id: int) -> Progress | None:
    """Return how far a tournament is; None when there is no such one. Six queries."""
    tournament = Tournament.objects.filter(pk=tournament_id).first()
    if tournament is None:
        return None
    matches = Match.objects.filter(tournament_id=tournament_id).exclude(status=MatchStatus.CANCELLED)
    decided = Count("id", filter=Q(status=MatchStatus.COMPLETED))
    counted = matches.order_by().aggregate(all=Count("id"), decided=decided)
    entries = TournamentEntry.objects.filter(tournament_id=tournament_id)
    placed = entries.filter(placement_from__isnull=False).order_by("placement_from", "name", "id")[:PLACES]
    live = matches.filter(status=MatchStatus.LIVE).order_by("id")[:SHOWN]
    results = matches.filter(played_at__isnull=False).order_by("-played_at", "-id")[:SHOWN]
    return Progress(
        status=tournament.status,
        entrants=entries.count(),
        matches=counted["all"],
        decided=counted["decided"],
        live=tuple(duel(match) for match in live),
        results=tuple(duel(match) for match in results),
        places=tuple((each.pk, each.placement_from or 0, each.placement_to) for each in placed),
    )


def entry_names(entry_ids: Iterable[int]) -> dict[int, EntryName]:
    """Return what entrants are called now; unknown ids are left out. Two queries, none without ids."""
    wanted = set(entry_ids)
    if not wanted:
        return {}
    entries = list(TournamentEntry.objects.filter(pk__in=wanted).select_related("team"))
    alone = players.names_of(each.user_id for each in entries if each.user_id)
    return {
        each.pk: EntryName(each.team.name, each.team.tag)
        if each.team
        else EntryName(alone.get(each.user_id or 0, each.name))
        for each in entries
    }


def player_ids_of(tournament_id: int) -> list[int]:
    """Return who plays in a tournament. One query."""
    found = TournamentParticipant.objects.filter(tournament_id=tournament_id)
    return list(found.order_by("user_id").values_list("user_id", flat=True))
