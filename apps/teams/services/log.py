"""The log of a team: each service writes what it did, in its own transaction."""

from typing import Any

from apps.teams.models import Done, TeamAction


def write(
    team_id: int,
    kind: Done,
    *,
    by_id: int | None,
    user_id: int | None = None,
    reason: str = "",
    **detail: Any,
) -> None:
    """Write down who did what to whom and why."""
    action = TeamAction(
        team_id=team_id, kind=kind, by_id=by_id, user_id=user_id, reason=reason.strip(), detail=detail
    )
    action.clean_fields(exclude={"team", "by", "user"})
    action.save()
