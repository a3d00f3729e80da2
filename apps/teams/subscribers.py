"""What teams do, after the commit, about what happened: tell those whom it concerns."""

from typing import Any

from apps.events import Event, subscriber
from apps.teams.services import news
from apps.teams.signals import (
    team_invite_closed,
    team_invite_sent,
    team_join_request_closed,
    team_join_requested,
    team_role_changed,
    user_joined_team,
    user_left_team,
)


@subscriber(team_invite_sent, team_invite_closed, since="now", replay="refuse")
def tell_of_invitations(event: Event, user_id: int, team_id: int, invitation_id: int, **args: Any) -> None:
    """Tell a player who is invited; take it back when there is nothing to answer any more."""
    if event.type == team_invite_sent.name:
        news.tell_invited(event, user_id, team_id, invitation_id, args["inviter_id"])
    else:
        news.end_invitation(event, user_id, team_id, invitation_id, args["outcome"])


@subscriber(team_join_requested, team_join_request_closed, since="now", replay="refuse")
def tell_of_requests(event: Event, user_id: int, team_id: int, request_id: int, **args: Any) -> None:
    """Tell those who may let a player in that he asks, and the player that he was let in."""
    if event.type == team_join_requested.name:
        news.tell_asked(event, user_id, team_id, request_id)
    else:
        news.end_request(event, user_id, team_id, request_id, args["outcome"])


@subscriber(user_joined_team, user_left_team, team_role_changed, since="now", replay="refuse")
def tell_of_rosters(event: Event, user_id: int, team_id: int, **args: Any) -> None:
    """Tell teams who comes and goes, and players what became of their seat."""
    match event.type:
        case user_joined_team.name:
            news.tell_joined(event, user_id, team_id)
        case user_left_team.name:
            news.tell_left(event, user_id, team_id)
        case _:
            news.tell_role(event, user_id, team_id, args["new_role"])
