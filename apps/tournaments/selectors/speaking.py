"""Who speaks for an entrant: the player himself, or those who register his team."""

from typing import Any

from django.db.models import BigIntegerField, Case, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

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


def own_side(rows: QuerySet[Match], user_id: int | None) -> QuerySet[Any]:
    """Return matches each with the `own_entry_id` that `side_of` would find; nothing is read yet."""
    entry_id = BigIntegerField()
    if user_id is None:
        return rows.annotate(own_entry_id=Value(None, output_field=entry_id))
    plays = TournamentParticipant.objects.filter(
        Q(entry=OuterRef("entry_a")) | Q(entry=OuterRef("entry_b")), user_id=user_id
    )
    led = teams.registering_of(user_id)
    speaks = Case(
        *(
            When(Q(**{f"{side}__user": user_id}) | Q(**{f"{side}__team__in": led}), then=F(f"{side}_id"))
            for side in ("entry_a", "entry_b")
        ),
        output_field=entry_id,
    )
    own = Subquery(plays.values("entry_id")[:1])
    return rows.annotate(own_entry_id=Coalesce(own, speaks, output_field=entry_id))
