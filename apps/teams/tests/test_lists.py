"""Lists of teams for pages."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from apps.teams import selectors
from apps.teams.services import roster
from apps.user_profile.services import accounts

pytestmark = pytest.mark.django_db


def test_teams_are_listed_by_name_in_any_case_with_the_seats_taken() -> None:
    beta, gamma, alpha = (roster.create_team(name=name) for name in ("beta", "Gamma", "Alpha"))
    for name in ("ada", "bo"):
        roster.join(team_id=beta.pk, user_id=accounts.sign_up(username=name).pk)
    roster.leave(team_id=beta.pk, user_id=beta.memberships.first().user_id)
    assert [(team, team.player_count) for team in selectors.teams_list()] == [
        (alpha, 0),
        (beta, 1),
        (gamma, 0),
    ]


def test_a_page_of_the_list_reads_its_own_teams_only(
    django_assert_num_queries: Callable[[int], AbstractContextManager[object]],
) -> None:
    for number in range(5):
        roster.create_team(name=f"Team {number}")
    with django_assert_num_queries(1):
        assert [team.name for team in selectors.teams_list()[1:3]] == ["Team 1", "Team 2"]


def test_team_count() -> None:
    assert selectors.team_count() == 0
    roster.create_team(name="One")
    assert selectors.team_count() == 1
