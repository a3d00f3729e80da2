"""Who leads, for pages."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from apps.user_profile import selectors
from apps.user_profile.models import UserProfileStats
from apps.user_profile.services import accounts

pytestmark = pytest.mark.django_db


def player(username: str, *, played: int, won: int) -> int:
    user = accounts.sign_up(username=username)
    sums = {"matches_played": played, "matches_won": won}
    UserProfileStats.objects.update_or_create(user=user, defaults=sums)
    return user.pk


def test_winners_most_wins_first_then_the_fewer_matches(
    django_assert_num_queries: Callable[[int], AbstractContextManager[object]],
) -> None:
    slow, quick = player("slow", played=9, won=4), player("quick", played=5, won=4)
    best = player("best", played=8, won=6)
    player("unlucky", played=3, won=0)
    with django_assert_num_queries(1):
        found = [(each.user_id, each.user.userprofile.display_name) for each in selectors.winners()]
    assert found == [(best, "best"), (quick, "quick"), (slow, "slow")]
    assert [each.user_id for each in selectors.winners(1)] == [best]


def test_player_count() -> None:
    accounts.sign_up(username="ada")
    assert selectors.player_count() == 1
