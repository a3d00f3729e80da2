"""Teams, for programs."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Schema

from apps.api.callers import caller_of
from apps.api.pages import Page, Paging, page_of
from apps.teams import selectors
from apps.teams.api.routes import router
from apps.teams.models import Team, TeamMembership, Visibility
from apps.user_profile import selectors as players
from apps.user_profile.selectors.privacy import Part, seen_by, viewer_of


class TeamOut(Schema):
    """A team; `game` is null where it plays several."""

    slug: str
    name: str
    tag: str
    game: str | None


class SeatOut(Schema):
    """A player on a roster; of one who is hidden from you nothing but the name."""

    display_name: str
    role: str
    username: str | None
    avatar_url: str | None


class TeamWithRoster(TeamOut):
    """A team and who is in it now, captain first."""

    roster: list[SeatOut]


class TeamOfPlayer(Schema):
    """A seat that a player has or had; `left_at` is null while he has it."""

    team: TeamOut
    role: str
    joined_at: datetime
    left_at: datetime | None


@router.get("/teams/", response=Page[TeamOut], operation_id="list_teams")
def teams(request: HttpRequest, response: HttpResponse, paging: Query[Paging]) -> Any:
    """List the teams, the newest first."""
    rows = Team.objects.filter(visibility=Visibility.PUBLIC).select_related("game")
    return page_of(
        request, response, rows, paging, by=["-id"], show=lambda found: [team_out(one) for one in found]
    )


@router.get("/teams/{slug:slug}/", response=TeamWithRoster, operation_id="get_team")
def team(request: HttpRequest, slug: str) -> Any:
    """Show a team and its roster."""
    viewer = viewer_of(caller_of(request).user)
    found = selectors.team_seen_by(slug, viewer)
    if found is None:
        raise Http404(slug)
    roster = selectors.get_team_roster(found.pk)
    seen = seen_by(viewer, [seat["user_id"] for seat in roster])
    seats = [_seat(request, seat, shown=seen[seat["user_id"]].shows(Part.CARD)) for seat in roster]
    return {**team_out(found), "roster": seats}


@router.get("/profiles/@{username}/teams/", response=Page[TeamOfPlayer], operation_id="list_teams_of_player")
def teams_of_player(
    request: HttpRequest, response: HttpResponse, username: str, paging: Query[Paging]
) -> Any:
    """List the teams that a player is or was in, the latest seat first."""
    user_id = players.id_showing(viewer_of(caller_of(request).user), username, Part.TEAMS)
    if user_id is None:
        raise Http404(username)
    rows = TeamMembership.objects.filter(user_id=user_id).select_related("team__game")

    def show(seats: list[TeamMembership]) -> list[dict[str, Any]]:
        return [
            {"team": team_out(one.team), "role": one.role, "joined_at": one.joined_at, "left_at": one.left_at}
            for one in seats
        ]

    return page_of(request, response, rows, paging, by=["-joined_at", "-id"], show=show)


def team_out(team: Team) -> dict[str, Any]:
    game = team.game.slug if team.game else None
    return {"slug": team.slug, "name": team.name, "tag": team.tag, "game": game}


def _seat(request: HttpRequest, seat: selectors.RosterEntry, *, shown: bool) -> dict[str, Any]:
    url = seat["avatar_url"]
    return {
        "display_name": seat["display_name"],
        "role": seat["role"],
        "username": seat["username"] if shown else None,
        "avatar_url": request.build_absolute_uri(url) if url and shown else None,
    }
