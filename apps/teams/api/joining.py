"""Invitations and requests to join, for programs, on both sides."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest
from ninja import Schema, Status

from apps.teams import selectors
from apps.teams.api.routes import router
from apps.teams.api.running import TEAM, WRITE, MemberIn, asked, own_id, team_of
from apps.teams.models import Invitation, JoinRequest, Role
from apps.teams.permissions import Can, may
from apps.teams.services import invitations, management, requests
from apps.user_profile import selectors as players


class InvitationIn(MemberIn):
    """Whom a team wants, and as what."""

    role: Role = Role.PLAYER


class RequestIn(Schema):
    """Words for those who let players in."""

    message: str = ""


class AskingOut(Schema):
    """An invitation or a request that waits until `due_at`, or what became of it."""

    id: int
    team: str
    username: str
    role: str | None
    message: str
    status: str
    due_at: datetime


@router.get(
    f"{TEAM}/invitations/", response=list[AskingOut], auth=WRITE, operation_id="list_invitations_of_team"
)
def invitations_of(request: HttpRequest, slug: str) -> Any:
    """List whom a team has invited and waits for; for those who may invite. A refusal is told to nobody."""
    rows = shown(selectors.invitations_of(allowed(request, slug, Can.INVITE)))
    return [{**row, "status": Invitation.Status.PENDING} for row in rows]


@router.post(f"{TEAM}/invitations/", response={201: AskingOut}, auth=WRITE, operation_id="invite_player")
def invite(request: HttpRequest, slug: str, data: InvitationIn) -> Any:
    """Invite a player; an unknown one reads like one who cannot be invited."""
    team, profile = team_of(request, slug), players.profile_by_username(data.username)
    if profile is None:
        raise invitations.CannotInvite
    who = {"team_id": team.pk, "by_id": own_id(request), "user_id": profile.user_id}
    return Status(201, shown([asked(invitations.invite, role=data.role, **who)])[0])


@router.post(
    f"{TEAM}/invitations/{{int:pk}}/cancellation/",
    response=AskingOut,
    auth=WRITE,
    operation_id="cancel_invitation",
)
def cancel(request: HttpRequest, slug: str, pk: int) -> Any:
    """Take an invitation back."""
    allowed(request, slug, Can.INVITE)
    return shown([answered(invitations.cancel, invitation_id=pk, by_id=own_id(request))])[0]


@router.get("/me/invitations/", response=list[AskingOut], auth=WRITE, operation_id="list_my_invitations")
def my_invitations(request: HttpRequest) -> Any:
    """List the invitations that wait for your answer."""
    return shown(selectors.inbox(own_id(request)))


@router.post(
    "/me/invitations/{int:pk}/acceptance/", response=AskingOut, auth=WRITE, operation_id="accept_invitation"
)
def accept(request: HttpRequest, pk: int) -> Any:
    """Take the seat that was offered."""
    answered(invitations.accept, invitation_id=pk, user_id=own_id(request))
    return shown([Invitation.objects.get(pk=pk)])[0]


@router.post(
    "/me/invitations/{int:pk}/refusal/", response=AskingOut, auth=WRITE, operation_id="decline_invitation"
)
def decline(request: HttpRequest, pk: int) -> Any:
    """Decline; the team does not learn of it."""
    return shown([answered(invitations.decline, invitation_id=pk, user_id=own_id(request))])[0]


@router.get(f"{TEAM}/requests/", response=list[AskingOut], auth=WRITE, operation_id="list_requests_to_team")
def requests_to(request: HttpRequest, slug: str) -> Any:
    """List who asks to be let in; for those who may let players in."""
    return shown(selectors.requests_to(allowed(request, slug, Can.EDIT_ROSTER)))


@router.post(f"{TEAM}/requests/", response={201: AskingOut}, auth=WRITE, operation_id="ask_to_join")
def ask(request: HttpRequest, slug: str, data: RequestIn) -> Any:
    """Ask to be let in."""
    team = team_of(request, slug)
    made = requests.ask(team_id=team.pk, user_id=own_id(request), message=data.message)
    return Status(201, shown([made])[0])


@router.post(
    f"{TEAM}/requests/{{int:pk}}/acceptance/", response=AskingOut, auth=WRITE, operation_id="accept_request"
)
def let_in(request: HttpRequest, slug: str, pk: int) -> Any:
    """Let a player in."""
    allowed(request, slug, Can.EDIT_ROSTER)
    answered(requests.accept, request_id=pk, by_id=own_id(request))
    return shown([JoinRequest.objects.get(pk=pk)])[0]


@router.post(
    f"{TEAM}/requests/{{int:pk}}/refusal/", response=AskingOut, auth=WRITE, operation_id="decline_request"
)
def turn_down(request: HttpRequest, slug: str, pk: int) -> Any:
    """Decline a request."""
    allowed(request, slug, Can.EDIT_ROSTER)
    return shown([answered(requests.decline, request_id=pk, by_id=own_id(request))])[0]


@router.post(
    "/me/team-requests/{int:pk}/withdrawal/", response=AskingOut, auth=WRITE, operation_id="withdraw_request"
)
def take_back(request: HttpRequest, pk: int) -> Any:
    """Take your request back."""
    return shown([answered(requests.withdraw, request_id=pk, user_id=own_id(request))])[0]


def allowed(request: HttpRequest, slug: str, what: Can) -> int:
    """Return a team in which the one who asks may do something. Raises Http404, Problem."""
    team, me = team_of(request, slug), own_id(request)
    roster = selectors.get_team_roster(team.pk)
    role = next((seat["role"] for seat in roster if seat["user_id"] == me), None)
    if not may(role, what):
        asked(refuse)
    return team.pk


def refuse() -> None:
    """Raise NotAllowed."""
    raise management.NotAllowed("Your role in this team does not allow this.")


def answered(do: Any, **arguments: Any) -> Any:
    """Do what was asked; what is not there, or is another's, is not found. Raises Http404, Problem."""
    try:
        return asked(do, **arguments)
    except ObjectDoesNotExist as error:
        raise Http404 from error


def shown(rows: Any) -> list[dict[str, Any]]:
    """Return invitations and requests as they are answered."""
    return [
        {
            "id": row.pk,
            "team": row.team.slug,
            "username": row.user.username,
            "role": getattr(row, "role", None),
            "message": getattr(row, "message", ""),
            "status": row.status,
            "due_at": row.due_at,
        }
        for row in rows
    ]
