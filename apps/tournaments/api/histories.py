"""Match histories and head to head, for programs."""

from collections.abc import Callable, Iterable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Field, Query, Schema

from apps.api.callers import caller_of
from apps.api.pages import Page, Paging, page_of
from apps.teams import selectors as teams
from apps.tournaments import selectors
from apps.tournaments.api.reading import MatchOut, seen, seen_by_caller, shown_match
from apps.tournaments.api.routes import router
from apps.tournaments.models import MatchParticipant
from apps.tournaments.selectors import head_to_head
from apps.tournaments.selectors import matches as match_rows
from apps.user_profile import selectors as players
from apps.user_profile.selectors.privacy import Part, viewer_of


class MatchOfPlayer(Schema):
    """A match of a player with his numbers; `won` is null when it ended level."""

    match: MatchOut
    won: bool | None
    kills: int
    deaths: int
    assists: int


class MapOut(Schema):
    """How two fared against each other on a map."""

    map: str
    played: int
    won: int
    lost: int


class HeadToHeadOut(Schema):
    """How the matches of two against each other ended, from the side of the first.

    `games_won` and `games_lost` are those of the series. `maps` are those whose games are known, the one
    that was played most often first.
    """

    played: int
    won: int
    lost: int
    drawn: int
    games_won: int
    games_lost: int
    maps: list[MapOut]


class Against(Paging):
    """Which part of a player's matches."""

    against: str = Field(
        "", max_length=150, description="Only those against the player of this username, in teams or alone."
    )


class AgainstTeam(Paging):
    """Which part of a team's matches."""

    against: str = Field("", max_length=150, description="Only those against the team of this slug.")


@router.get(
    "/profiles/@{username}/matches/", response=Page[MatchOfPlayer], operation_id="list_matches_of_player"
)
def matches_of_player(
    request: HttpRequest, response: HttpResponse, username: str, paging: Query[Against]
) -> Any:
    """List the matches that a player played, the latest first; both of two must show you theirs."""
    user_id = player_showing(request, username)
    if paging.against:
        rows = head_to_head.lines_against(user_id, player_showing(request, paging.against))
    else:
        rows = match_rows.lines_of(user_id)
    by = ["-match__played_at", "-match_id"]
    return page_of(request, response, rows, paging, by=by, show=of_player(request))


@router.get(
    "/profiles/@{username}/head-to-head/@{opponent}/",
    response=HeadToHeadOut,
    operation_id="get_head_to_head_of_players",
)
def players_head_to_head(request: HttpRequest, username: str, opponent: str) -> Any:
    """Count how a player fared against another, in teams or alone; both must show you their matches."""
    two = player_showing(request, username), player_showing(request, opponent)
    return counted(selectors.against_player(*two))


@router.get("/teams/{slug:slug}/matches/", response=Page[MatchOut], operation_id="list_matches_of_team")
def matches_of_team(
    request: HttpRequest, response: HttpResponse, slug: str, paging: Query[AgainstTeam]
) -> Any:
    """List the matches that a team played, the latest first."""
    team = team_seen(request, slug)
    if paging.against:
        rows = head_to_head.matches_against(team.pk, team_seen(request, paging.against).pk)
    else:
        rows = head_to_head.rows_of_team(team.pk)
    return page_of(request, response, rows, paging, by=["-played_at", "-id"], show=seen_by_caller(request))


@router.get(
    "/teams/{slug:slug}/head-to-head/{slug:opponent}/",
    response=HeadToHeadOut,
    operation_id="get_head_to_head_of_teams",
)
def teams_head_to_head(request: HttpRequest, slug: str, opponent: str) -> Any:
    """Count how a team fared against another."""
    return counted(selectors.against_team(team_seen(request, slug).pk, team_seen(request, opponent).pk))


def player_showing(request: HttpRequest, username: str) -> int:
    """Return the id of a player who shows his matches to the one who asks. Raises Http404."""
    user_id = players.id_showing(viewer_of(caller_of(request).user), username, Part.MATCH_HISTORY)
    if user_id is None:
        raise Http404(username)
    return user_id


def team_seen(request: HttpRequest, slug: str) -> Any:
    """Return a team that the one who asks may find. Raises Http404."""
    found = teams.team_seen_by(slug, viewer_of(caller_of(request).user))
    if found is None:
        raise Http404(slug)
    return found


def counted(met: selectors.Meetings) -> dict[str, Any]:
    """Return how the meetings of two ended, as it is answered."""
    tally = selectors.tally_of(met)
    return {
        "played": tally.played,
        "won": tally.won,
        "lost": tally.lost,
        "drawn": tally.drawn,
        "games_won": tally.games_won,
        "games_lost": tally.games_lost,
        "maps": selectors.maps_of(met),
    }


def of_player(request: HttpRequest) -> Callable[[Iterable[MatchParticipant]], list[dict[str, Any]]]:
    """Return the function that shows matches from the view of a player to the one who asks."""

    def show(rows: Iterable[MatchParticipant]) -> list[dict[str, Any]]:
        lines = match_rows.player_matches(rows)
        return [
            {
                "match": shown_match(card),
                "won": line.won,
                "kills": line.kills,
                "deaths": line.deaths,
                "assists": line.assists,
            }
            for line, card in zip(lines, seen(request, [line.match for line in lines]), strict=True)
        ]

    return show
