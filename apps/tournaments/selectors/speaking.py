"""Who speaks for an entrant: the player himself, or those who register his team."""

from apps.teams import selectors as teams
from apps.teams.permissions import Can, may
from apps.tournaments.models import Match, TournamentEntry, TournamentParticipant


def registers(user_id: int, team_id: int) -> bool:
    """Tell whether somebody enters a team into tournaments, and speaks for it there."""
    roster = teams.get_team_roster(team_id)
    return any(seat["user_id"] == user_id and may(seat["role"], Can.REGISTER) for seat in roster)


def speaks_for(user_id: int, entry: TournamentEntry) -> bool:
    """Tell whether somebody speaks for an entrant."""
    return entry.user_id == user_id if entry.team_id is None else registers(user_id, entry.team_id)


def side_of(user_id: int | None, match: Match) -> int | None:
    """Return the entry that somebody reports for in a match: he plays for it, or speaks for it."""
    if user_id is None:
        return None
    sides = [match.entry_a_id, match.entry_b_id]
    own = TournamentParticipant.objects.filter(entry__in=[pk for pk in sides if pk], user_id=user_id).first()
    if own is not None:
        return own.entry_id
    entries = [match.entry_a, match.entry_b]
    return next((entry.pk for entry in entries if entry is not None and speaks_for(user_id, entry)), None)
