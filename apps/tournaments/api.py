"""Tournaments and matches, for programs."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Router, Schema

from apps.api.callers import caller_of
from apps.api.pages import Page, Paging, page_of
from apps.tournaments import selectors
from apps.tournaments.models import Tournament
from apps.tournaments.selectors import matches as match_rows
from apps.user_profile import selectors as players
from apps.user_profile.selectors.privacy import Part, seen_by, viewer_of

router = Router(tags=["tournaments"])


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

    name: str
    played_as: str
    place_from: int | None
    place_to: int | None
    seed: int | None
    team: str | None
    username: str | None


class TournamentWithStandings(TournamentOut):
    """A tournament and where everybody stands."""

    standings: list[StandingOut]


class SideOut(Schema):
    """One side of a match: under its name of now, and the one it played under."""

    team_slug: str
    name: str
    played_as: str
    score: int
    won: bool


class MatchOut(Schema):
    """A match that was played; `label` says in words where it belongs."""

    tournament_slug: str
    tournament_name: str
    label: str
    a: SideOut
    b: SideOut
    played_at: datetime
    best_of: int | None


class MatchOfPlayer(Schema):
    """A match of a player with his numbers; `won` is null when it ended level."""

    match: MatchOut
    won: bool | None
    kills: int
    deaths: int
    assists: int


@router.get("/tournaments/", response=Page[TournamentOut], operation_id="list_tournaments")
def tournaments(request: HttpRequest, response: HttpResponse, paging: Query[Paging]) -> Any:
    """List the tournaments, the newest first."""
    rows = Tournament.objects.select_related("game")
    return page_of(
        request, response, rows, paging, by=["-id"], show=lambda found: [_shown(one) for one in found]
    )


@router.get("/tournaments/{slug:slug}/", response=TournamentWithStandings, operation_id="get_tournament")
def tournament(request: HttpRequest, slug: str) -> Any:
    """Show a tournament and where everybody stands."""
    found = _tournament(slug)
    standings = selectors.standings(found.pk)
    alone = [row.player.user_id for row in standings if row.player]
    seen = seen_by(viewer_of(caller_of(request).user), alone)
    rows = [
        {
            "name": row.name,
            "played_as": row.played_as,
            "place_from": row.place_from,
            "place_to": row.place_to,
            "seed": row.seed,
            "team": row.team_slug or None,
            "username": row.player.username
            if row.player and seen[row.player.user_id].shows(Part.CARD)
            else None,
        }
        for row in standings
    ]
    return {**_shown(found), "standings": rows}


@router.get("/tournaments/{slug:slug}/matches/", response=Page[MatchOut], operation_id="list_matches")
def matches(request: HttpRequest, response: HttpResponse, slug: str, paging: Query[Paging]) -> Any:
    """List the matches of a tournament that were played, the latest first."""
    rows = match_rows.loaded().filter(tournament=_tournament(slug))
    return page_of(request, response, rows, paging, by=["-played_at", "-id"], show=match_rows.cards)


@router.get(
    "/profiles/@{username}/matches/", response=Page[MatchOfPlayer], operation_id="list_matches_of_player"
)
def matches_of_player(
    request: HttpRequest, response: HttpResponse, username: str, paging: Query[Paging]
) -> Any:
    """List the matches that a player played, the latest first."""
    user_id = players.id_showing(viewer_of(caller_of(request).user), username, Part.MATCH_HISTORY)
    if user_id is None:
        raise Http404(username)
    rows, by = match_rows.lines_of(user_id), ["-match__played_at", "-match_id"]
    return page_of(request, response, rows, paging, by=by, show=match_rows.player_matches)


def _shown(tournament: Tournament) -> dict[str, Any]:
    return {
        "slug": tournament.slug,
        "name": tournament.name,
        "game": tournament.game.slug,
        "city": tournament.city or None,
        "status": tournament.status,
        "starts_at": tournament.starts_at,
        "ends_at": tournament.ends_at,
    }


def _tournament(slug: str) -> Tournament:
    found = selectors.tournament_by_slug(slug)
    if found is None:
        raise Http404(slug)
    return found
