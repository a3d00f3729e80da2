"""Teams, who is in them, who is asked to be, and what was done there by whom."""

from apps.teams.models.asking import Invitation, JoinRequest, WrongAnswer
from apps.teams.models.log import Done, TeamAction
from apps.teams.models.seats import Role, SeatEnded, TeamMembership
from apps.teams.models.team import DESCRIPTION_CHARS_MAX, TAG_CHARS_MAX, Team, Visibility, moment

__all__ = [
    "DESCRIPTION_CHARS_MAX",
    "TAG_CHARS_MAX",
    "Done",
    "Invitation",
    "JoinRequest",
    "Role",
    "SeatEnded",
    "Team",
    "TeamAction",
    "TeamMembership",
    "Visibility",
    "WrongAnswer",
    "moment",
]
