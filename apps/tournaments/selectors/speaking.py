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
    """Return the entry that somebody reports for in a match: he plays for it, or speaks for it.

    Two queries at most: one that says who plays, another where a team may have somebody else speak for it.
    """
    if user_id is None:
        return None
    entries = [entry for entry in (match.entry_a, match.entry_b) if entry is not None]
    own = TournamentParticipant.objects.filter(entry__in=entries, user_id=user_id).first()
    return own.entry_id if own is not None else speaks_in(user_id, match)


def speaks_in(user_id: int, match: Match) -> int | None:
    """Return the entry for which somebody speaks in a match without playing. One query, where teams play."""
    entries = [entry for entry in (match.entry_a, match.entry_b) if entry is not None]
    of_teams = [entry.team_id for entry in entries if entry.team_id]
    speaks = teams.registering(user_id, of_teams) if of_teams else set()
    return next((entry.pk for entry in entries if entry.team_id in speaks or entry.user_id == user_id), None)
