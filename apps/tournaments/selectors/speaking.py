"""Who speaks for an entrant: the player himself, or those who register his team."""

from apps.teams import selectors as teams
from apps.teams.permissions import Can, may
from apps.tournaments.models import TournamentEntry


def registers(user_id: int, team_id: int) -> bool:
    """Tell whether somebody enters a team into tournaments, and speaks for it there."""
    roster = teams.get_team_roster(team_id)
    return any(seat["user_id"] == user_id and may(seat["role"], Can.REGISTER) for seat in roster)


def speaks_for(user_id: int, entry: TournamentEntry) -> bool:
    """Tell whether somebody speaks for an entrant."""
    return entry.user_id == user_id if entry.team_id is None else registers(user_id, entry.team_id)
