"""Experience: what events are worth, levels that are announced once, and what corrections make of both."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from apps.events.testing import emitted
from apps.events.verify import verify
from apps.gamification.levels import begins_at, level_of
from apps.gamification.models import GameXP, PlayerLevel, XPEntry
from apps.teams.services import roster
from apps.tournaments.formats.results import Stage
from apps.tournaments.services import corrections, tournaments
from apps.tournaments.tests.conftest import Field, cup, make_field, make_player, make_team  # noqa: F401
from apps.user_profile.models import UserActivity
from apps.user_profile.testing import create_user


@pytest.mark.parametrize(
    ("level", "points"), [(1, 0), (2, 150), (5, 1200), (10, 4950), (25, 31200), (50, 124950)]
)
def test_the_curve(level: int, points: int) -> None:
    assert begins_at(level) == points
    assert level_of(points) == level
    assert level_of(points - 1) == max(level - 1, 1)


@given(st.integers(0, 10**12))
def test_every_number_of_points_is_in_its_level(points: int) -> None:
    level = level_of(points)
    assert begins_at(level) <= points < begins_at(level + 1)


def state(user_id: int) -> tuple[int, int, int]:
    """Return points, level, and points in the game."""
    own = PlayerLevel.objects.get(user_id=user_id)
    in_game = GameXP.objects.filter(user_id=user_id).values_list("xp_total", flat=True).first() or 0
    return own.xp_total, own.level, in_game


@pytest.mark.django_db
def test_founding_a_team_is_worth_something_outside_of_any_game() -> None:
    ada = create_user().pk
    roster.create_team(name="Ada's", creator_id=ada)
    roster.create_team(name="Nobody's")
    assert state(ada) == (75, 1, 0)
    assert XPEntry.objects.count() == 1


@pytest.mark.django_db
def test_a_correction_moves_points_and_level_and_undoing_it_moves_them_back(
    make_field: Callable[..., Field],  # noqa: F811
) -> None:
    field = make_field("Ann", "Bea")
    [ann], [bea] = field.players["Ann"], field.players["Bea"]
    final = field.play("Ann", "Bea", stage=Stage.GRAND_FINAL)
    with emitted(reactions=True) as events:
        tournaments.complete(tournament_id=field.tournament.pk)
    assert (state(ann), state(bea)) == ((570, 3, 570), (20, 1, 20))
    assert [event.payload for event in events if event.event_type == "level_up"] == [
        {"user_id": ann, "level": 2},
        {"user_id": ann, "level": 3},
    ]
    wrong = corrections.correct(match_id=final.pk, score_a=0, score_b=3, reason="Swapped.")
    assert (state(ann), state(bea)) == ((20, 1, 20), (570, 3, 570))
    with emitted() as events:
        corrections.undo(correction_id=wrong.pk)
    assert (state(ann), state(bea)) == ((570, 3, 570), (20, 1, 20))
    # He reached it before: it is no news.
    assert "level_up" not in [event.event_type for event in events]
    told = UserActivity.objects.filter(user_id=ann, event_type="LEVEL_UP", is_public=True)
    assert [activity.event_data for activity in told.order_by("id")] == [{"level": 2}, {"level": 3}]
    assert not [finding for finding in verify() if finding.drift]


@pytest.mark.django_db
def test_reasons_cannot_be_rewritten() -> None:
    roster.create_team(name="Ada's", creator_id=create_user().pk)
    entries: Any = XPEntry.objects.all()
    for change in (lambda: entries.update(points=7), lambda: entries._raw_delete("default")):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()
