"""What teams announce."""

from apps.events import domain_event


@domain_event(version=1, key="team_id")
def team_created(team_id: int, user_id: int | None = None) -> None:
    """A team came to be; `user_id` is who created it, where that is known.

    Announced by Team when the row is created.
    """


@domain_event(version=1, key="team_id")
def team_renamed(team_id: int, old_name: str, new_name: str) -> None:
    """A team changed its name.

    Announced by Team when the row is saved with another name.
    """


@domain_event(version=1)
def user_joined_team(user_id: int, team_id: int, role: str) -> None:
    """A player took a seat on a roster.

    Announced by TeamMembership when the row is created.
    """


@domain_event(version=1)
def user_left_team(user_id: int, team_id: int) -> None:
    """A player's seat on a roster is free again.

    Announced by TeamMembership when its end is saved, or when the row of an active member is deleted.
    """


@domain_event(version=1)
def team_role_changed(user_id: int, team_id: int, old_role: str, new_role: str) -> None:
    """A player does something else in the same team now.

    Announced by TeamMembership when the row is saved with another role.
    """


@domain_event(version=1)
def team_invite_sent(user_id: int, team_id: int, invitation_id: int, inviter_id: int) -> None:
    """A team invited a player, whose privacy lets it.

    Announced by the invitation services.
    """


@domain_event(version=1)
def team_invite_closed(user_id: int, team_id: int, invitation_id: int, outcome: str) -> None:
    """A player's invitation waits no longer: ACCEPTED, DECLINED, CANCELLED or EXPIRED.

    A refusal is the player's own business: the team is not told. Announced by the invitation services.
    """


@domain_event(version=1)
def team_join_requested(user_id: int, team_id: int, request_id: int) -> None:
    """A player asked to be let into a team.

    Announced by the services of requests.
    """


@domain_event(version=1)
def team_join_request_closed(user_id: int, team_id: int, request_id: int, outcome: str) -> None:
    """A player's request waits no longer: ACCEPTED, DECLINED, WITHDRAWN or EXPIRED.

    Announced by the services of requests.
    """
