"""Tournaments themselves."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from apps.tournaments.models import Match, Phase, Registration, Status, Tournament, TournamentEntry


@dataclass(frozen=True, slots=True)
class Totals:
    """How much there is. One tournament counts once, in the status it has now."""

    tournaments: int
    upcoming: int
    live: int
    completed: int
    matches: int


def tournament_by_slug(slug: str) -> Tournament | None:
    """Return the tournament of this slug, with its game."""
    return Tournament.objects.select_related("game").filter(slug=slug).first()


def tournament_with_phases(slug: str) -> tuple[Tournament, list[Phase]] | None:
    """Return the tournament of this slug, with its game, and its phases in order. One query, two without."""
    phases = list(Phase.objects.filter(tournament__slug=slug).select_related("tournament__game"))
    tournament = phases[0].tournament if phases else tournament_by_slug(slug)
    return (tournament, phases) if tournament else None


@dataclass(frozen=True, slots=True)
class Places:
    """A tournament with its game, how many are registered, and how many wait for approval or a place.

    `asked` are all who ever registered, whatever became of it.
    """

    tournament: Tournament
    taken: int
    waiting: int
    asked: int


def places_by_slug(slug: str) -> Places | None:
    """Return the tournament of this slug with its places. One query."""
    rows = Tournament.objects.select_related("game").annotate(**counted_entries("pk"))
    found: Any = rows.filter(slug=slug).first()
    return Places(found, found.taken, found.waiting, found.asked) if found else None


def places_with_phases(slug: str) -> tuple[Places, list[Phase]] | None:
    """Return the tournament of this slug with its places, and its phases. One query, two without phases."""
    rows: Any = Phase.objects.select_related("tournament__game").annotate(**counted_entries("tournament"))
    phases = list(rows.filter(tournament__slug=slug))
    if phases:
        first = phases[0]
        return Places(first.tournament, first.taken, first.waiting, first.asked), phases
    places = places_by_slug(slug)
    return (places, []) if places else None


def counted_entries(tournament: str) -> dict[str, Any]:
    """Return the counts of `Places` as annotations of rows with this reference to a tournament."""
    counted = TournamentEntry.objects.filter(tournament=OuterRef(tournament)).order_by().values("tournament")
    counts = {
        "taken": Count("pk", filter=Q(status=Registration.CONFIRMED)),
        "waiting": Count("pk", filter=Q(status__in=[Registration.PENDING, Registration.WAITLISTED])),
        "asked": Count("pk"),
    }
    return {
        name: Coalesce(Subquery(counted.annotate(**{name: count}).values(name)), 0)
        for name, count in counts.items()
    }


def tournaments_list() -> QuerySet[Tournament]:
    """Return all tournaments with their games: those being played, those to come, then the latest.

    Nothing is read yet: slice it, a page reads only its own tournaments.
    """
    live = When(status=Status.LIVE, then=Value(0))
    upcoming = When(status=Status.UPCOMING, then=Value(1))
    turn = Case(live, upcoming, default=Value(2))
    return Tournament.objects.select_related("game").order_by(turn, "-ends_at", "-id")


def slugs_between(first_id: int, last_id: int) -> Sequence[str]:
    """Return the slugs of the tournaments in a range of ids, in its order."""
    found = Tournament.objects.filter(pk__range=(first_id, last_id)).order_by("pk")
    return list(found.values_list("slug", flat=True))


def greatest_id() -> int:
    """Return the id of the newest tournament, 0 before the first."""
    return Tournament.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


@dataclass(frozen=True, slots=True)
class Names:
    """What tournaments are called and their slugs: by tournament, and by match."""

    tournaments: dict[int, tuple[str, str]]
    matches: dict[int, tuple[str, str]]


def names_of(*, tournaments: Iterable[int], matches: Iterable[int]) -> Names:
    """Return what tournaments and those of matches are called; unknown ids are left out.

    One query, none for none.
    """
    wanted, of_matches = set(tournaments), set(matches)
    if not wanted and not of_matches:
        return Names({}, {})
    named = Tournament.objects.filter(pk__in=wanted).order_by()
    played = Match.objects.filter(pk__in=of_matches).order_by()
    rows = named.values_list(Value(False), "pk", "name", "slug").union(
        played.values_list(Value(True), "pk", "tournament__name", "tournament__slug"), all=True
    )
    found = Names({}, {})
    for of_match, pk, name, slug in rows.order_by():
        (found.matches if of_match else found.tournaments)[pk] = (name, slug)
    return found


def games_of(tournament_ids: Iterable[int]) -> dict[int, int]:
    """Return the games of these tournaments by tournament; unknown ids are left out."""
    found = Tournament.objects.filter(pk__in=set(tournament_ids))
    return dict(found.values_list("pk", "game_id"))


def games_of_matches(match_ids: Iterable[int]) -> dict[int, int]:
    """Return the games of these matches by match; unknown ids are left out."""
    found = Match.objects.filter(pk__in=set(match_ids))
    return dict(found.values_list("pk", "tournament__game_id"))


def totals() -> Totals:
    """Count tournaments by status, and all matches. Two queries."""
    counted = {status.lower(): Count("id", filter=Q(status=status)) for status in Status.values}
    found = Tournament.objects.aggregate(tournaments=Count("id"), **counted)
    return Totals(matches=Match.objects.count(), **found)


def season_progress() -> float:
    """Return the share of tournaments that are over, from 0 to 1; 0 without any."""
    found = totals()
    return found.completed / found.tournaments if found.tournaments else 0.0
