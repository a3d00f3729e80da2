"""The log of a tournament: each service writes what an organiser did, in its own transaction."""

from typing import Any

from apps.tournaments.models import Done, TournamentAction


def write(
    tournament_id: int,
    kind: Done,
    *,
    by_id: int | None,
    entry_id: int | None = None,
    match_id: int | None = None,
    reason: str = "",
    **detail: Any,
) -> None:
    """Write down who did what and why; what no person did, an import or the clock, is not written.

    Raises ValidationError, by field.
    """
    if by_id is None:
        return
    action = TournamentAction(
        tournament_id=tournament_id,
        kind=kind,
        by_id=by_id,
        entry_id=entry_id,
        match_id=match_id,
        reason=reason.strip(),
        detail=detail,
    )
    action.clean_fields(exclude={"tournament", "by", "entry", "match"})
    action.save()
