"""Tournaments and matches, for programs."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Literal

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Field, Query, Schema

from apps.api.callers import caller_of
from apps.api.pages import Page, Paging, page_of
from apps.tournaments import selectors
from apps.tournaments.api.routes import router
from apps.tournaments.models import Match, Tournament
from apps.tournaments.selectors import MatchCard, Side
from apps.tournaments.selectors import matches as match_rows
from apps.tournaments.selectors.names import as_seen
from apps.user_profile.selectors.privacy import viewer_of


class TournamentOut(Schema):
    """A tournament; `status` is UPCOMING, LIVE, COMPLETED or another to come."""

    slug: str
    name: str
    game: str
    city: str | None
    status: str
    starts_at: datetime | None
    ends_at: datetime | None


class StandingOut(Schema):
    """An entrant and its final place, shared from one to another; `played_as` is the name of that day."""

    entry: int

    name: str
    played_as: str
    place_from: int | None
    place_to: int | None
    seed: int | None
    team: str | None
    username: str | None


class SideOut(Schema):
    """One side of a match: under its name of now, and the one it played under.

    `entry` is null while nobody is known; `username` is set where a player entered alone and you may see him.
    """

    entry: int | None
    username: str | None
    team_slug: str
    name: str
    played_as: str
    score: int
    won: bool


class MatchOut(Schema):
    """A match that was played; `label` says in words where it belongs."""

    id: int
    tournament_slug: str
    tournament_name: str
    label: str
    a: SideOut
    b: SideOut
    played_at: datetime
    best_of: int | None


class ScheduledOut(MatchOut):
    """A match that was played or is to come.

    `state` is empty for one that was played, else UPCOMING (it can be), LIVE, OPEN (a side is not known yet),
    BYE, WALKOVER or DQ.
    """

    phase: int | None
    stage: str
    group: str
    round: int
    number: int
    state: str
    played_at: datetime | None  # type: ignore[assignment]


class Scheduled(Paging):
    """Which part of the matches of a tournament."""

    state: Literal["", "OPEN", "UPCOMING", "LIVE"] = Field(
        "", description="Only those in this state: UPCOMING are those that can be decided."
    )


class PhaseOut(Schema):
    """A phase; `number` is its place in the tournament, from 1, `status` PENDING, LIVE or COMPLETED."""

    number: int
    name: str
    format: str
    settings: dict[str, Any]
    seeding: str
    advancing: int | None
    status: str


class TournamentWithStandings(TournamentOut):
    """A tournament, where everybody stands, and how it is played."""

    standings: list[StandingOut]
    phases: list[PhaseOut]


@router.get("/tournaments/", response=Page[TournamentOut], operation_id="list_tournaments")
def tournaments(request: HttpRequest, response: HttpResponse, paging: Query[Paging]) -> Any:
    """List the tournaments, the newest first."""
    rows = Tournament.objects.select_related("game")
    return page_of(
        request, response, rows, paging, by=["-id"], show=lambda found: [shown(one) for one in found]
    )


@router.get("/tournaments/{slug:slug}/", response=TournamentWithStandings, operation_id="get_tournament")
def tournament(request: HttpRequest, slug: str) -> Any:
    """Show a tournament and where everybody stands."""
    planned = selectors.tournament_with_phases(slug)
    if planned is None:
        raise Http404(slug)
    found, phases = planned
    standings = selectors.standings_seen(found.pk, viewer_of(caller_of(request).user))
    rows = [
        {
            "entry": row.entry_id,
            "name": row.name,
            "played_as": row.played_as,
            "place_from": row.place_from,
            "place_to": row.place_to,
            "seed": row.seed,
            "team": row.team_slug or None,
            "username": row.player.username if row.player else None,
        }
        for row in standings
    ]
    return {**shown(found), "standings": rows, "phases": phases}


@router.get("/tournaments/{slug:slug}/matches/", response=Page[MatchOut], operation_id="list_matches")
def matches(request: HttpRequest, response: HttpResponse, slug: str, paging: Query[Paging]) -> Any:
    """List the matches of a tournament that were played, the latest first."""
    rows = match_rows.loaded().filter(tournament=tournament_of(slug))
    return page_of(request, response, rows, paging, by=["-played_at", "-id"], show=seen_by_caller(request))


@router.get(
    "/tournaments/{slug:slug}/schedule/", response=Page[ScheduledOut], operation_id="list_scheduled_matches"
)
def schedule(request: HttpRequest, response: HttpResponse, slug: str, paging: Query[Scheduled]) -> Any:
    """List all matches of a tournament, also those to come, in the order in which they were drawn."""
    rows = selectors.matches_in(tournament_of(slug).pk).select_related("phase")
    if paging.state:
        rows = rows.filter(status=match_rows.STATUSES[paging.state])
    return page_of(request, response, rows, paging, by=["id"], show=scheduled(request))


@router.get(
    "/tournaments/{slug:slug}/matches/{int:match_id}/", response=ScheduledOut, operation_id="get_match"
)
def match(request: HttpRequest, slug: str, match_id: int) -> Any:
    """Show a match."""
    return scheduled(request)([match_of(slug, match_id)])[0]


def shown(tournament: Tournament) -> dict[str, Any]:
    return {
        "slug": tournament.slug,
        "name": tournament.name,
        "game": tournament.game.slug,
        "city": tournament.city or None,
        "status": tournament.status,
        "starts_at": tournament.starts_at,
        "ends_at": tournament.ends_at,
    }


def tournament_of(slug: str) -> Tournament:
    found = selectors.tournament_by_slug(slug)
    if found is None:
        raise Http404(slug)
    return found


def match_of(slug: str, match_id: int) -> Match:
    """Return a match of a tournament with all that is shown of it. Raises Http404."""
    rows = selectors.matches_in(tournament_of(slug).pk).select_related("phase")
    found = rows.filter(pk=match_id).first()
    if found is None:
        raise Http404(str(match_id))
    return found


def seen_by_caller(request: HttpRequest) -> Callable[[Iterable[Match]], list[dict[str, Any]]]:
    """Return the function that shows matches to the one who asks."""

    def show(rows: Iterable[Match]) -> list[dict[str, Any]]:
        return [shown_match(card) for card in seen(request, match_rows.cards(rows))]

    return show


def scheduled(request: HttpRequest) -> Callable[[Iterable[Match]], list[dict[str, Any]]]:
    """Return the function that shows matches, also those to come, to the one who asks."""

    def show(rows: Iterable[Match]) -> list[dict[str, Any]]:
        rows = list(rows)
        numbers = {row.pk: row.phase.number if row.phase else None for row in rows}
        return [
            {
                **shown_match(card),
                "phase": numbers[card.id],
                "stage": card.stage,
                "group": card.group,
                "round": card.round,
                "number": card.number,
                "state": card.state,
            }
            for card in seen(request, match_rows.cards(rows))
        ]

    return show


def seen(request: HttpRequest, cards: Sequence[MatchCard]) -> list[MatchCard]:
    """Return matches with the names that the one who asks may see."""
    return as_seen(cards, viewer_of(caller_of(request).user))


def shown_match(card: MatchCard) -> dict[str, Any]:
    """Return a match as it is answered."""
    return {
        "id": card.id,
        "tournament_slug": card.tournament_slug,
        "tournament_name": card.tournament_name,
        "label": card.label,
        "a": shown_side(card.a),
        "b": shown_side(card.b),
        "played_at": card.played_at,
        "best_of": card.best_of,
    }


def shown_side(side: Side) -> dict[str, Any]:
    """Return a side as it is answered."""
    return {
        "entry": side.entry_id,
        "username": side.player.username if side.player else None,
        "team_slug": side.team_slug,
        "name": side.name,
        "played_as": side.played_as,
        "score": side.score,
        "won": side.won,
    }
