"""Looking tournaments up for pages of other things."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime

import pytest

from apps.teams.services import roster
from apps.tournaments import selectors
from apps.tournaments.services import matches, registration, tournaments

pytestmark = pytest.mark.django_db
PLAYED_AT = datetime(2026, 3, 6, tzinfo=UTC)


def test_names_by_match(
    django_assert_num_queries: Callable[[int], AbstractContextManager[object]],
) -> None:
    tournament = tournaments.create(name="Open", game_id=1)
    sides = [roster.create_team(name=name).pk for name in ("Alpha", "Beta")]
    for team_id in sides:
        registration.register_team(tournament_id=tournament.pk, team_id=team_id, player_ids=[])
    tournaments.start(tournament_id=tournament.pk)
    a, b = (matches.Side(team_id, score) for team_id, score in zip(sides, (3, 1), strict=True))
    match = matches.record(tournament_id=tournament.pk, a=a, b=b, played_at=PLAYED_AT)
    with django_assert_num_queries(1):
        found = selectors.names_of(tournaments=[], matches=[match.pk, match.pk + 1])
        assert found.matches == {match.pk: ("Open", "open")}
