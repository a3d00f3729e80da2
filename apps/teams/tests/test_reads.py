"""Reads of teams: right, and one query each; and the figures that are counted from seats."""

from typing import Any

import pytest

from apps.events.testing import deliver_all
from apps.events.verify import compare, figures
from apps.teams import selectors
from apps.teams.services import roster
from apps.teams.testing import create_team
from apps.user_profile.models import UserActivity, UserProfileStats
from apps.user_profile.testing import create_user

pytestmark = pytest.mark.django_db

FIGURES = [
    "user_profile.stats.teams_joined",
    "user_profile.stats.teams_left",
    "user_profile.activity.team_joined",
    "user_profile.activity.team_left",
]


def test_a_team_by_its_slug(django_assert_num_queries: Any) -> None:
    team = create_team("OpTic Gaming", game_id=1)
    with django_assert_num_queries(1):
        found = selectors.team_by_slug("optic-gaming")
        assert found == team
        assert found.game is not None
        assert found.game.slug == "call-of-duty"
    assert selectors.team_by_slug("nobody") is None


def test_all_teams_with_their_players(django_assert_num_queries: Any) -> None:
    full, empty = create_team("B"), create_team("A")
    users = [create_user() for _ in range(3)]
    for user in users:
        roster.join(team_id=full.pk, user_id=user.pk)
    roster.leave(team_id=full.pk, user_id=users[0].pk)
    with django_assert_num_queries(1):
        found = [(team, team.player_count, team.game) for team in selectors.teams_list()]
    assert found == [(empty, 0, None), (full, 2, None)]


def test_the_seats_of_a_player(django_assert_num_queries: Any) -> None:
    user, past, first, second = create_user(), create_team("P"), create_team("F"), create_team("S")
    for team in (past, first, second):
        roster.join(team_id=team.pk, user_id=user.pk)
    roster.leave(team_id=past.pk, user_id=user.pk)
    with django_assert_num_queries(1):
        found = [(seat.team.name, seat.team.game) for seat in selectors.memberships_of(user.pk)]
    assert found == [("S", None), ("F", None), ("P", None)]


@pytest.mark.django_db(transaction=True)
def test_the_figures_agree_with_the_seats_until_somebody_meddles() -> None:
    users, teams = [create_user() for _ in range(3)], [create_team() for _ in range(2)]
    for team in teams:
        for user in users:
            roster.join(team_id=team.pk, user_id=user.pk)
    roster.leave(team_id=teams[0].pk, user_id=users[0].pk)
    roster.join(team_id=teams[0].pk, user_id=users[0].pk, role="COACH")
    deliver_all()
    for name in FIGURES:
        finding = compare(figures[name])
        assert (finding.drift, finding.rows_checked > 0) == (0, True), finding
    UserProfileStats.objects.filter(user=users[0]).update(teams_joined=9, teams_left=9)
    UserActivity.objects.filter(user=users[0]).delete()
    assert [compare(figures[name]).drift for name in FIGURES] == [1, 1, 1, 1]
