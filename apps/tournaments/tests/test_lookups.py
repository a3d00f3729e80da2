"""Looking tournaments up for pages of other things."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime

import pytest

from apps.tournaments import selectors
from apps.tournaments.services import matches, registration, tournaments

pytestmark = pytest.mark.django_db
PLAYED_AT = datetime(2026, 3, 6, tzinfo=UTC)


def test_names_by_match(
    make_team: Callable[..., tuple[int, list[int]]],
    django_assert_num_queries: Callable[[int], AbstractContextManager[object]],
) -> None:
    tournament = tournaments.create(name="Open", game_id=1)
    teams = dict(make_team(name) for name in ("Alpha", "Beta"))
    for team_id, player_ids in teams.items():
        registration.register_team(tournament_id=tournament.pk, team_id=team_id, player_ids=player_ids)
    tournaments.start(tournament_id=tournament.pk)
    a, b = (matches.Side(team_id, score) for team_id, score in zip(teams, (3, 1), strict=True))
    match = matches.record(tournament_id=tournament.pk, a=a, b=b, played_at=PLAYED_AT)
    with django_assert_num_queries(1):
        found = selectors.names_of(tournaments=[], matches=[match.pk, match.pk + 1])
        assert found.matches == {match.pk: ("Open", "open")}
