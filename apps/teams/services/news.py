"""What players are told of teams. A refusal is told to nobody, on neither side."""

from django.urls import reverse
from django.utils.translation import gettext_lazy, gettext_noop

from apps.events import Event
from apps.notifications.kinds import Category, declare
from apps.notifications.services import notifications
from apps.teams.models import Invitation, JoinRequest, Role, Team, TeamMembership
from apps.teams.permissions import PERMISSIONS, Can

INVITED = declare("team_invitation", Category.TEAM, gettext_lazy("A team invites you"), by_email=True)
ACCEPTED = declare("team_invite_accepted", Category.TEAM, gettext_lazy("Somebody accepts your invitation"))
ASKED = declare(
    "team_join_request",
    Category.TEAM,
    gettext_lazy("Somebody asks to join your team"),
    by_email=True,
)
LET_IN = declare("team_joined", Category.TEAM, gettext_lazy("A team lets you in"), by_email=True)
ROSTER = declare("team_roster", Category.TEAM, gettext_lazy("Somebody joins or leaves your team"))
ROLE = declare("team_role", Category.TEAM, gettext_lazy("You have another role in a team"))
REMOVED = declare("team_removed", Category.TEAM, gettext_lazy("You are no longer in a team"), by_email=True)


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


def end_invitation(event: Event, user_id: int, team_id: int, invitation_id: int, outcome: str) -> None:
    """Take the line of an invitation back that waits no longer; tell who invited that it was accepted."""
    notifications.retract(kind=INVITED, recipient_ids=[user_id], about=f"invitation:{invitation_id}")
    if outcome == Invitation.Status.ACCEPTED:
        team = Team.objects.get(pk=team_id)
        notifications.notify(
            event,
            Invitation.objects.filter(pk=invitation_id).values_list("by_id", flat=True),
            kind=ACCEPTED,
            text=gettext_noop("{actor} accepted your invitation to {team}."),
            values={"team": team.name},
            url=reverse("web:team", args=[team.slug]),
            actor_id=user_id,
        )


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


def tell_joined(event: Event, user_id: int, team_id: int) -> None:
    """Tell a team who joined it."""
    _tell_team(event, user_id, team_id, gettext_noop("{actor} joined {team}."))


def tell_left(event: Event, user_id: int, team_id: int) -> None:
    """Tell a team who left it, and a player whom somebody else took out."""
    _tell_team(event, user_id, team_id, gettext_noop("{actor} is no longer in {team}."))
    team = Team.objects.filter(pk=team_id).first()
    if team is not None and event.actor_id != user_id:
        notifications.notify(
            event,
            [user_id],
            kind=REMOVED,
            text=gettext_noop("You are no longer in {team}."),
            values={"team": team.name},
            url=reverse("web:team", args=[team.slug]),
        )


def tell_role(event: Event, user_id: int, team_id: int, role: str) -> None:
    """Tell a player that he does something else in a team now."""
    team = Team.objects.filter(pk=team_id).first()
    if team is None:
        return
    notifications.notify(
        event,
        [user_id],
        kind=ROLE,
        text=gettext_noop("In {team} you are now: {role}."),
        values={"team": team.name, "role": str(Role(role).label)},
        url=reverse("web:team", args=[team.slug]),
    )


def _tell_team(event: Event, user_id: int, team_id: int, text: str) -> None:
    team = Team.objects.filter(pk=team_id).first()
    if team is None:
        return
    seats = TeamMembership.objects.active().filter(team=team).exclude(user_id=user_id)
    notifications.notify(
        event,
        seats.values_list("user_id", flat=True),
        kind=ROSTER,
        text=text,
        values={"team": team.name},
        url=reverse("web:team", args=[team.slug]),
        actor_id=user_id,
    )
