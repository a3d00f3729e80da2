"""What players are told of teams. A refusal is told to nobody, on neither side."""

from django.urls import reverse
from django.utils.translation import gettext_noop

from apps.events import Event
from apps.notifications.services import notifications
from apps.teams.models import JoinRequest, Team, TeamMembership
from apps.teams.permissions import PERMISSIONS, Can

INVITED, ASKED, LET_IN = "team_invitation", "team_join_request", "team_joined"


def tell_invited(event: Event, user_id: int, team_id: int, invitation_id: int, inviter_id: int) -> None:
    """Tell a player that a team wants him."""
    notifications.notify(
        event,
        [user_id],
        kind=INVITED,
        text=gettext_noop("{actor} invites you to {team}."),
        values={"team": Team.objects.get(pk=team_id).name},
        url=reverse("web:invitations"),
        actor_id=inviter_id,
        about=f"invitation:{invitation_id}",
    )


def end_invitation(user_id: int, invitation_id: int) -> None:
    """Take the line of an invitation back that waits no longer."""
    notifications.retract(kind=INVITED, recipient_ids=[user_id], about=f"invitation:{invitation_id}")


def tell_asked(event: Event, user_id: int, team_id: int, request_id: int) -> None:
    """Tell those who may seat players that somebody asks."""
    team = Team.objects.get(pk=team_id)
    roles = [role for role, can in PERMISSIONS.items() if Can.EDIT_ROSTER in can]
    seats = TeamMembership.objects.active().filter(team=team, role__in=roles)
    notifications.notify(
        event,
        seats.values_list("user_id", flat=True),
        kind=ASKED,
        text=gettext_noop("{actor} asks to join {team}."),
        values={"team": team.name},
        url=reverse("web:team-manage", args=[team.slug]),
        actor_id=user_id,
        about=f"request:{request_id}",
    )


def end_request(event: Event, user_id: int, team_id: int, request_id: int, outcome: str) -> None:
    """Take the line of a request back, and tell the player if he was let in."""
    notifications.retract(kind=ASKED, about=f"request:{request_id}")
    if outcome == JoinRequest.Status.ACCEPTED:
        team = Team.objects.get(pk=team_id)
        notifications.notify(
            event,
            [user_id],
            kind=LET_IN,
            text=gettext_noop("You are in {team} now."),
            values={"team": team.name},
            url=reverse("web:team", args=[team.slug]),
        )
