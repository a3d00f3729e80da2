"""Who may do what in a team: one table, and the roles that each role may give."""

from enum import StrEnum

from apps.teams.models import Role


class Can(StrEnum):
    """Something that not every member may do."""

    EDIT_TEAM = "edit_team"
    INVITE = "invite"
    EDIT_ROSTER = "edit_roster"
    REGISTER = "register"
    HAND_OVER = "hand_over"


PERMISSIONS: dict[str, frozenset[Can]] = {
    Role.CAPTAIN: frozenset(Can),
    Role.MANAGER: frozenset({Can.EDIT_TEAM, Can.INVITE, Can.EDIT_ROSTER, Can.REGISTER}),
    Role.COACH: frozenset({Can.INVITE}),
    Role.PLAYER: frozenset(),
    Role.SUB: frozenset(),
    Role.ANALYST: frozenset(),
}

SQUAD = frozenset({Role.PLAYER, Role.SUB})
STAFF = frozenset({Role.COACH, Role.ANALYST})
# The roles that somebody may give, and whose holders he may remove. Captaincy is handed over, never given.
GRANTS: dict[str, frozenset[Role]] = {
    Role.CAPTAIN: SQUAD | STAFF | {Role.MANAGER},
    Role.MANAGER: SQUAD | STAFF,
    Role.COACH: SQUAD,
    Role.PLAYER: frozenset(),
    Role.SUB: frozenset(),
    Role.ANALYST: frozenset(),
}


def may(role: str | None, what: Can) -> bool:
    """Tell whether somebody of this role may do something; who is not in the team has none."""
    return role is not None and what in PERMISSIONS[role]
