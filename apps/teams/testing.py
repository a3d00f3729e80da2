"""For tests of any app: teams."""

from itertools import count

from apps.teams.models import Team
from apps.teams.services import roster

_numbers = count(1)


def create_team(name: str = "", *, tag: str = "", game_id: int | None = None) -> Team:
    """Found a team; what it is called does not matter where it is not said."""
    return roster.create_team(name=name or f"Team {next(_numbers)}", tag=tag, game_id=game_id)
