"""Corrections in phases: later matches, tables, places, phases, and players follow; undoing leads back."""

import random
from contextlib import suppress
from datetime import timedelta

import pytest

from apps.events.context import occurring_at
from apps.events.testing import emitted
from apps.events.verify import verify
from apps.tournaments.formats.elimination import FINAL
from apps.tournaments.formats.results import Stage
from apps.tournaments.models import (
    Dispute,
    Match,
    MatchStatus,
    PhaseStatus,
    Status,
    TournamentEntry,
    moment,
)
from apps.tournaments.services import (
    corrections,
    disputes,
    phases,
    progress,
    reports,
    results,
    states,
    tournaments,
)

from .test_phases import field, open_matches, play_out, started

pytestmark = pytest.mark.django_db
__all__ = ["field"]


def picture_of(cup):
    """Return all that is stored of a tournament's matches and entries, but times."""
    columns = ("pk", "entry_a", "entry_b", "status", "outcome", "winner", "score_a", "score_b")
    lines = ("match", "user", "entry", "kills")
    return (
        list(cup.matches.order_by("pk").values_list(*columns)),
        sorted(
            cup.matches.exclude(participants=None).values_list(*(f"participants__{name}" for name in lines))
        ),
        list(cup.entries.order_by("pk").values_list("pk", "placement_from", "placement_to")),
    )


def drifting():
    return [finding.name for finding in verify() if finding.drift]


@pytest.fixture
def bracket(cup, field):
    """Return a double elimination of four that the better ones won, and that is not completed yet."""
    field(4)
    [phase] = started(cup, {"format": "DOUBLE_ELIMINATION"})
    play_out(phase)
    return phase


def first_match(phase):
    return Match.objects.get(phase=phase, stage=Stage.UPPER, round=1, number=0)


def test_later_matches_are_void_as_far_as_they_have_other_sides(cup, bracket):
    match = first_match(bracket)
    others = Match.objects.get(phase=bracket, stage=Stage.UPPER, round=1, number=1)
    with emitted() as events:
        corrections.correct(match_id=match.pk, score_a=0, score_b=1, reason="swapped")
    match.refresh_from_db()
    assert match.winner == match.entry_b
    upper_final = Match.objects.get(phase=bracket, stage=Stage.UPPER, round=2)
    assert (upper_final.status, upper_final.entry_a, upper_final.entry_b) == (
        MatchStatus.READY, match.entry_b, others.winner,
    )  # fmt: skip
    others.refresh_from_db()
    assert others.status == MatchStatus.COMPLETED
    bracket.refresh_from_db()
    assert bracket.status == PhaseStatus.LIVE
    retracted = [event for event in events if event.event_type == "tournament_match_retracted"]
    assert len({event.payload["match_id"] for event in retracted}) == 5
    assert drifting() == []
    play_out(bracket)
    assert bracket.status == PhaseStatus.COMPLETED
    assert drifting() == []


def test_undoing_brings_everything_back(cup, bracket):
    tournaments.complete(tournament_id=cup.pk)
    before = picture_of(cup)
    made = corrections.correct(match_id=first_match(bracket).pk, score_a=0, score_b=1, reason="swapped")
    cup.refresh_from_db()
    assert cup.status == Status.LIVE, "matches are to be played again"
    assert not TournamentEntry.objects.filter(placement_from__isnull=False).exists()
    corrections.undo(correction_id=made.pk)
    tournaments.complete(tournament_id=cup.pk)
    assert picture_of(cup) == before
    assert drifting() == []


def test_that_it_is_over_is_said_once(cup, bracket):
    with emitted() as events:
        tournaments.complete(tournament_id=cup.pk)
        corrections.correct(match_id=first_match(bracket).pk, score_a=0, score_b=1, reason="swapped")
        play_out(bracket)
        tournaments.complete(tournament_id=cup.pk)
    kinds = [event.event_type for event in events]
    assert kinds.count("tournament_completed") == 4
    assert kinds.count("tournament_placement") == 8
    assert kinds.count("tournament_placement_retracted") == 4


def test_the_second_final_comes_and_goes(cup, bracket):
    final = Match.objects.get(phase=bracket, stage=FINAL.stage, number=0)
    made = corrections.correct(match_id=final.pk, score_a=0, score_b=1, reason="swapped")
    second = Match.objects.get(phase=bracket, stage=FINAL.stage, number=1)
    assert second.status == MatchStatus.READY
    results.play(match_id=second.pk, score_a=0, score_b=1)
    corrections.undo(correction_id=made.pk)
    second.refresh_from_db()
    assert (second.status, second.entry_a, second.participants.count()) == (MatchStatus.CANCELLED, None, 0)
    bracket.refresh_from_db()
    assert bracket.status == PhaseStatus.COMPLETED
    assert drifting() == []


def test_an_award_instead_of_a_result(cup, bracket):
    match = first_match(bracket)
    with pytest.raises(results.NotInThisMatch):
        corrections.award(match_id=match.pk, entry_id=0, reason="cheating")
    made = corrections.award(match_id=match.pk, entry_id=match.entry_b_id, reason="cheating")
    match.refresh_from_db()
    assert (match.outcome, match.winner, match.participants.count()) == ("FORFEIT", match.entry_b, 0)
    assert drifting() == []
    corrections.undo(correction_id=made.pk)
    match.refresh_from_db()
    assert (match.outcome, match.winner, match.participants.count()) == ("PLAYED", match.entry_a, 2)
    assert drifting() == []


def test_the_preview_is_what_happens(cup, bracket):
    tournaments.complete(tournament_id=cup.pk)
    before = picture_of(cup)
    match = first_match(bracket)
    seen = corrections.preview(match_id=match.pk, score_a=0, score_b=1)
    assert picture_of(cup) == before
    assert drifting() == []
    assert seen.reopens
    assert {one.before.pk for one in seen.matches if one.void} == set(
        cup.matches.filter(played_at__isnull=False)
        .exclude(round=1, stage=Stage.UPPER)
        .values_list("pk", flat=True)
    )
    assert [(one.before, one.after) for one in seen.places] == [(1, None), (2, None), (3, None), (4, None)]
    assert len(seen.players) == 4
    corrections.correct(match_id=match.pk, score_a=0, score_b=1, reason="swapped")
    assert {one.after.pk: one.after.status for one in seen.matches} == dict(
        cup.matches.filter(pk__in=[one.after.pk for one in seen.matches]).values_list("pk", "status")
    )


def test_who_is_through_by_a_correction_takes_the_other_s_seat(cup, field):
    entries = field(6)
    groups, final = started(
        cup,
        {"format": "ROUND_ROBIN", "settings": {"groups": 2}, "advancing": 1},
        {"format": "SINGLE_ELIMINATION"},
    )
    play_out(groups)
    phases.start(phase_id=final.pk)
    play_out(final)
    # Group A has 1, 4, 5: with his win over 1, and 1's over 5, the fourth is through.
    match = Match.objects.get(phase=groups, group="A", entry_a__in=entries[:4], entry_b__in=entries[:4])
    wins = int(match.entry_a_id != entries[0].pk)
    made = corrections.correct(match_id=match.pk, score_a=wins, score_b=1 - wins, reason="swapped")
    seats = final.entries.order_by("seed").values_list("entry_id", flat=True)
    assert list(seats) == [entries[3].pk, entries[1].pk]
    [decider] = open_matches(final)
    assert (decider.entry_a, decider.entry_b) == (entries[3], entries[1])
    corrections.undo(correction_id=made.pk)
    assert list(seats.all()) == [entries[0].pk, entries[1].pk]
    assert drifting() == []


STEPS = (
    "play",
    "play",
    "report",
    "report",
    "report",
    "wait",
    "dispute",
    "correct",
    "undo",
    "leave",
    "forfeit",
)


def say(rng: random.Random, match: Match) -> None:
    """Let one side of a match report something."""
    entry_id, won = rng.choice((match.entry_a_id, match.entry_b_id)), rng.random() < 0.5
    with suppress(reports.InDispute):
        reports.report(
            match_id=match.pk,
            entry_id=entry_id,
            by_id=TournamentEntry.objects.get(pk=entry_id).user_id,
            score_a=int(won),
            score_b=int(not won),
        )


@pytest.mark.parametrize("format_", ["SINGLE_ELIMINATION", "DOUBLE_ELIMINATION", "ROUND_ROBIN", "SWISS"])
def test_whatever_happens_the_rows_are_what_the_format_says(cup, field, format_):
    rng = random.Random(format_)
    entries = field(7)
    [phase] = started(cup, {"format": format_})
    made = []
    for _ in range(25):
        ready = list(open_matches(phase))
        decided = list(Match.objects.filter(phase=phase, played_at__isnull=False, outcome="PLAYED"))
        step = rng.choice(STEPS)
        if step == "play" and ready:
            won = rng.random() < 0.5
            results.play(match_id=rng.choice(ready).pk, score_a=int(won), score_b=int(not won))
        elif step == "forfeit" and ready:
            match = rng.choice(ready)
            results.forfeit(
                match_id=match.pk, entry_id=rng.choice((match.entry_a_id, match.entry_b_id, None))
            )
        elif step == "report" and ready:
            say(rng, rng.choice(ready))
        elif step == "dispute" and (found := Dispute.objects.exclude(status="DECIDED").first()):
            with suppress(results.MatchNotReady, corrections.NothingToCorrect):  # void meanwhile, or the same
                disputes.decide(dispute_id=found.pk, by_id=entries[0].user_id, decision="?", score=(1, 0))
        elif step == "wait":
            with occurring_at(moment() + timedelta(days=1)):
                reports.confirm_due(1)
        elif step == "correct" and decided:
            match = rng.choice(decided)
            made.append(
                corrections.correct(
                    match_id=match.pk, score_a=match.score_b, score_b=match.score_a, reason="?"
                )
            )
        elif step == "undo" and made:
            with suppress(corrections.NothingToCorrect):  # void meanwhile, or corrected back
                corrections.undo(correction_id=made.pop().pk)
        elif step == "leave" and rng.random() < 0.2 and (there := [e for e in entries if not e.left]):
            entry = rng.choice(there)
            results.leave(entry_id=entry.pk)
            entry.left = "WITHDRAWN"
        phase.refresh_from_db()
        rows = states.stored(phase)
        wanted = states.wanted(phase, rows)
        changes = progress.compare(rows, wanted)
        assert (changes.created, changes.updated) == ([], {}), step
        assert states.tables_of([phase])[phase.pk] == wanted.tables, step
        for waiting in Match.objects.filter(phase=phase, reports__isnull=False).exclude(status="COMPLETED"):
            sides = {waiting.entry_a_id, waiting.entry_b_id}
            assert set(waiting.reports.values_list("entry_id", flat=True)) <= sides, step
    assert drifting() == []
