"""Corrections: a decided result is changed, and everything that was told follows."""

import pytest
from django.core.exceptions import ValidationError

from apps.events.testing import emitted
from apps.events.verify import verify
from apps.tournaments.formats.results import Stage
from apps.tournaments.models import Correction, Match
from apps.tournaments.services import corrections, matches, tournaments
from apps.user_profile.models import UserActivity, UserProfileStats

pytestmark = pytest.mark.django_db


def stats_of(user_id):
    own = UserProfileStats.objects.get(user_id=user_id)
    return own.matches_played, own.matches_won, own.kills


def won_matches(user_id):
    own = UserActivity.objects.standing().filter(user_id=user_id, event_type="MATCH_WON")
    return [activity.event_data["match_id"] for activity in own.order_by("id")]


def drifting():
    return [finding.name for finding in verify() if finding.drift]


@pytest.fixture
def final(make_field):
    """Return a field of two and the final that the first of them won."""
    field = make_field("Ann", "Bea")
    return field, field.play("Ann", "Bea", (3, 1), stage=Stage.GRAND_FINAL)


def test_another_score_with_the_same_winner(final, make_player):
    field, match = final
    organiser = make_player("Olga")
    with emitted() as events:
        made = corrections.correct(match_id=match.pk, score_a=3, score_b=2, reason=" typo ", by_id=organiser)
    kinds = [event.event_type for event in events]
    assert kinds == ["tournament_match_retracted"] * 2 + ["tournament_match_completed"] * 2 + ["match_won"]
    assert (made.reason, made.by_id, made.undoes) == ("typo", organiser, None)
    assert [(one["score_a"], one["score_b"]) for one in (made.before, made.after)] == [(3, 1), (3, 2)]
    assert stats_of(field.players["Ann"][0]) == (1, 1, 2)


def test_another_winner(final):
    field, match = final
    [ann], [bea] = field.players["Ann"], field.players["Bea"]
    assert (won_matches(ann), won_matches(bea)) == ([match.pk], [])
    with emitted() as events:
        corrections.correct(match_id=match.pk, score_a=0, score_b=3, reason="swapped")
    numbers = {"match_id": match.pk, "kills": 2, "deaths": 1, "assists": 3}
    assert events[:2] == [
        ("tournament_match_retracted", {"user_id": ann, "won": True, **numbers}),
        ("tournament_match_retracted", {"user_id": bea, "won": False, **numbers}),
    ]
    match.refresh_from_db()
    assert match.winner == match.entry_b
    assert (stats_of(ann), stats_of(bea)) == ((1, 0, 2), (1, 1, 2))
    assert (won_matches(ann), won_matches(bea)) == ([], [match.pk])
    assert drifting() == []


def test_the_places_of_a_completed_tournament_follow(final):
    field, match = final
    tournaments.complete(tournament_id=field.tournament.pk)
    told = {"tournament_id": field.tournament.pk}
    [ann], [bea] = field.players["Ann"], field.players["Bea"]
    with emitted() as events:
        corrections.correct(match_id=match.pk, score_a=0, score_b=3, reason="swapped")
    assert events[-4:] == [
        ("tournament_placement_retracted", {"user_id": ann, "placement": 1, **told}),
        ("tournament_placement_retracted", {"user_id": bea, "placement": 2, **told}),
        ("tournament_placement", {"user_id": ann, "placement": 2, **told}),
        ("tournament_placement", {"user_id": bea, "placement": 1, **told}),
    ]
    placed = UserActivity.objects.standing().filter(event_type="TOURNAMENT_PLACEMENT").order_by("id")
    assert [(one.user_id, one.event_data["placement"]) for one in placed] == [(ann, 2), (bea, 1)]
    with emitted() as events:
        corrections.correct(match_id=match.pk, score_a=1, score_b=3, reason="a map forgotten")
    assert {event.event_type for event in events if "placement" in event.event_type} == set()


def test_undoing_is_a_correction_and_can_be_undone(final):
    _, match = final
    wrong = corrections.correct(match_id=match.pk, score_a=0, score_b=3, reason="swapped")
    undone = corrections.undo(correction_id=wrong.pk)
    match.refresh_from_db()
    assert (match.score_a, match.score_b, match.winner) == (3, 1, match.entry_a)
    assert (undone.undoes, undone.reason) == (wrong, corrections.UNDOING)
    with pytest.raises(corrections.AlreadyUndone):
        corrections.undo(correction_id=wrong.pk)
    corrections.undo(correction_id=undone.pk)
    match.refresh_from_db()
    assert match.winner == match.entry_b
    assert Correction.objects.count() == 3
    assert drifting() == []


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({}, corrections.NothingToCorrect),
        ({"score_a": -1}, matches.ImpossibleResult),
        ({"score_a": 10**9}, matches.ImpossibleResult),
        ({"score_a": 0, "reason": "  "}, ValidationError),
        ({"score_a": 0, "reason": "x" * 501}, ValidationError),
        ({"score_a": 0, "reason": "a\x00b"}, ValidationError),
    ],
)
def test_what_is_no_correction_moves_nothing(final, changes, error):
    _, match = final
    with emitted() as events, pytest.raises(error):
        corrections.correct(**{"match_id": match.pk, "score_a": 3, "score_b": 1, "reason": "why"} | changes)
    assert events == []
    assert not Correction.objects.exists()
    assert Match.objects.get().score_a == 3
