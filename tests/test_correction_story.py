"""A final is corrected: place, prize, experience and achievement move, and undoing it moves them back."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from apps.economy.services import prizes as economy
from apps.events import occurring_at
from apps.events.verify import verify
from apps.gamification import selectors as gamification
from apps.tournaments.formats.results import Stage
from apps.tournaments.models import TournamentParticipant
from apps.tournaments.services import corrections, prizes, tournaments
from apps.tournaments.tests.conftest import Field, cup, make_field, make_player, make_team  # noqa: F401
from apps.user_profile.models import UserAchievement, UserProfile

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
WINNER, LOSER = (1, 1000, 570, True), (2, 500, 20, False)


def standing(user_id: int) -> tuple[int | None, int, int, bool]:
    """Return a player's place, earnings, experience, and whether he has the achievement of a first win."""
    earned = UserProfile.objects.get(user_id=user_id).lifetime_earnings
    champion = UserAchievement.objects.held().filter(user_id=user_id, code="FIRST_TOURNAMENT_WIN").exists()
    place = TournamentParticipant.objects.get(user_id=user_id).entry.placement_from
    return place, earned, gamification.level(user_id).points, champion


def test_a_corrected_final_moves_all_that_hangs_on_it_and_undoing_it_moves_it_back(
    cup: Any,  # noqa: F811
    make_field: Callable[..., Field],  # noqa: F811
) -> None:
    prizes.announce(tournament_id=cup.pk, amounts={1: 1000, 2: 500})
    field = make_field("Ann", "Bea")
    [ann], [bea] = field.players["Ann"], field.players["Bea"]
    final = field.play("Ann", "Bea", (3, 1), stage=Stage.GRAND_FINAL)
    with occurring_at(LONG_AGO):
        tournaments.complete(tournament_id=cup.pk)
    after_the_hold = datetime.now(UTC) + 2 * economy.HOLD
    economy.pay_due(now=after_the_hold)
    assert (standing(ann), standing(bea)) == (WINNER, LOSER)
    correction = corrections.correct(match_id=final.pk, score_a=1, score_b=3, reason="Swapped.")
    economy.pay_due(now=after_the_hold)
    assert (standing(ann), standing(bea)) == (LOSER, WINNER)
    corrections.undo(correction_id=correction.pk)
    economy.pay_due(now=after_the_hold)
    assert (standing(ann), standing(bea)) == (WINNER, LOSER)
    assert economy.in_escrow(cup.pk) == 0
    assert not [finding for finding in verify() if finding.drift]
