"""Running a team, for programs: found and edit it, give roles and take seats away."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import Status

from apps.api.callers import Token, caller_of
from apps.api.problems import NOT_YOURS, Problem
from apps.api.schemas import Slug, Strict
from apps.api.scopes import Scope
from apps.games import selectors as games
from apps.teams import selectors
from apps.teams.api.reading import TeamOut, team_out
from apps.teams.api.routes import router
from apps.teams.models import Role, Team, Visibility
from apps.teams.services import management
from apps.user_profile import selectors as players
from apps.user_profile.selectors.privacy import viewer_of

WRITE = Token(Scope.TEAMS_WRITE)
TEAM = "/teams/{slug:slug}"


class TeamIn(Strict):
    """A new team, in one game; its tag has 2 to 5 letters or digits."""

    name: str
    tag: str
    game: Slug
    description: str = ""
    region: str = ""


class TeamChange(Strict):
    """What a team says of itself; what is left out stays."""

    name: str | None = None
    tag: str | None = None
    description: str | None = None
    region: str | None = None
    visibility: Visibility | None = None
    takes_requests: bool | None = None


class RoleIn(Strict):
    """What somebody is to be in the team; captaincy is handed over at `captaincy/`."""

    role: Role


class MemberIn(Strict):
    """A member, by his username."""

    username: str


class MemberOut(Strict):
    """A member of a team and what he is there; `role` is null when the seat is free."""

    username: str
    role: str | None


@router.post("/teams/", response={201: TeamOut}, auth=WRITE, operation_id="found_team")
def found_team(request: HttpRequest, response: HttpResponse, data: TeamIn) -> Any:
    """Found a team, whose captain you are."""
    game = games.game_by_slug(data.game)
    if game is None:
        raise ValidationError({"game": "There is no such game. Choose one of /api/v1/games/."})
    given = data.model_dump(exclude={"game"})
    made = management.found(by_id=own_id(request), game_id=game.pk, **given)
    response.headers["Location"] = f"{request.path}{made.slug}/"
    return Status(201, team_out(made))


@router.patch(f"{TEAM}/", response=TeamOut, auth=WRITE, operation_id="edit_team")
def edit_team(request: HttpRequest, slug: str, data: TeamChange) -> Any:
    """Change what a team says of itself; the captain and managers do."""
    team = team_of(request, slug)
    changes = data.model_dump(exclude_none=True)
    return team_out(asked(management.edit, team_id=team.pk, by_id=own_id(request), changes=changes))


@router.patch(f"{TEAM}/members/@{{username}}/", response=MemberOut, auth=WRITE, operation_id="change_role")
def change_role(request: HttpRequest, slug: str, username: str, data: RoleIn) -> Any:
    """Give a member another role."""
    who = {"team_id": team_of(request, slug).pk, "user_id": member_id(username)}
    asked(management.change_role, by_id=own_id(request), role=data.role, **who)
    return {"username": username, "role": data.role}


@router.delete(f"{TEAM}/members/@{{username}}/", response=MemberOut, auth=WRITE, operation_id="free_seat")
def free_seat(request: HttpRequest, slug: str, username: str) -> Any:
    """Leave a team, with your own username; with another, take that member's seat away."""
    team, user_id, me = team_of(request, slug), member_id(username), own_id(request)
    if user_id == me:
        asked(management.leave, team_id=team.pk, user_id=me)
    else:
        asked(management.remove, team_id=team.pk, user_id=user_id, by_id=me)
    return {"username": username, "role": None}


@router.post(f"{TEAM}/captaincy/", response=MemberOut, auth=WRITE, operation_id="hand_over_captaincy")
def hand_over(request: HttpRequest, slug: str, data: MemberIn) -> Any:
    """Make another member captain; you play on."""
    who = {"team_id": team_of(request, slug).pk, "user_id": member_id(data.username)}
    asked(management.hand_over, by_id=own_id(request), **who)
    return {"username": data.username, "role": Role.CAPTAIN}


def own_id(request: HttpRequest) -> int:
    """Return who asks."""
    return int(caller_of(request).user.pk)


def team_of(request: HttpRequest, slug: str) -> Team:
    """Return a team that the one who asks may find. Raises Http404."""
    found = selectors.team_seen_by(slug, viewer_of(caller_of(request).user))
    if found is None:
        raise Http404(slug)
    return found


def member_id(username: str) -> int:
    """Return a player. Raises Http404."""
    profile = players.profile_by_username(username)
    if profile is None:
        raise Http404(username)
    return int(profile.user_id)


def asked(do: Any, **arguments: Any) -> Any:
    """Do what was asked, and say so where the role does not allow it. Raises Problem."""
    try:
        return do(**arguments)
    except management.NotAllowed as error:
        raise Problem(NOT_YOURS, str(error)) from error
