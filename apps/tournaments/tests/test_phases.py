"""Phases in the database: planned, seeded, drawn, played, fed by each other, completed."""

import pytest
from django.core.exceptions import ValidationError

from apps.events.testing import emitted
from apps.events.verify import verify
from apps.tournaments.formats.results import Outcome, Stage
from apps.tournaments.formats.settings import BadSettings, Format
from apps.tournaments.models import (
    Match,
    MatchStatus,
    PhaseStatus,
    Seeding,
    Status,
    TournamentEntry,
    TournamentParticipant,
    WrongStatus,
)
from apps.tournaments.services import corrections, matches, phases, registration, results, tournaments
from apps.tournaments.signals import tournament_match_ready

from .conftest import CALL_OF_DUTY

pytestmark = pytest.mark.django_db


@pytest.fixture
def field(cup, make_player):
    """Return a function that enters so many players, alone, and gives their entries in order."""

    def enter(count, ranks=()):
        entries = []
        for number in range(count):
            user_id = make_player(f"p{number}", rank=ranks[number] if ranks else "")
            entries.append(registration.register_player(tournament_id=cup.pk, user_id=user_id))
        return entries

    return enter


def started(cup, *planned):
    """Start a tournament with these phases and draw the first."""
    made = [phases.add(tournament_id=cup.pk, **options) for options in planned]
    tournaments.start(tournament_id=cup.pk)
    phases.start(phase_id=made[0].pk)
    return made


def open_matches(phase):
    return Match.objects.filter(phase=phase, status=MatchStatus.READY).order_by(
        "round", "stage", "number", "pk"
    )


def play_out(phase, *, better=True):
    """Play a phase to its end; the better seed of the tournament wins."""
    while ready := list(open_matches(phase)):
        for match in ready:
            match.refresh_from_db()
            if match.status == MatchStatus.READY:
                first = (match.entry_a_id < match.entry_b_id) == better
                results.play(match_id=match.pk, score_a=int(first), score_b=int(not first))
    phase.refresh_from_db()


def test_a_bracket_is_played_to_its_places(cup, field):
    entries = field(6)
    [phase] = started(cup, {"format": "DOUBLE_ELIMINATION"})
    assert Match.objects.filter(phase=phase).count() == 10
    waiting = Match.objects.filter(phase=phase, status=MatchStatus.PENDING, stage=Stage.LOWER)
    assert {(one.source_a[:8], one.entry_a) for one in waiting} <= {("L UPPER/", None), ("W LOWER/", None)}
    play_out(phase)
    assert phase.status == PhaseStatus.COMPLETED
    with emitted() as events:
        tournaments.complete(tournament_id=cup.pk)
    told = [event.payload["placement"] for event in events if event.event_type == "tournament_placement"]
    assert told == [1, 2, 3, 4, 5, 5]
    placed = TournamentEntry.objects.order_by("pk").values_list("placement_from", "placement_to")
    assert list(placed) == [(1, 1), (2, 2), (3, 3), (4, 4), (5, 6), (5, 6)]
    assert entries[0].pk == TournamentEntry.objects.get(placement_from=1).pk
    assert [finding.name for finding in verify() if finding.drift] == []


def test_a_result_is_told_to_everybody_who_played(cup, field):
    first, second = field(2)
    [phase] = started(cup, {"format": "SINGLE_ELIMINATION", "settings": {"best_of": 3}})
    match = open_matches(phase).get()
    with emitted() as events:
        results.play(
            match_id=match.pk,
            score_a=2,
            score_b=1,
            players=[results.Numbers(first.user_id, kills=30, deaths=2), results.Numbers(second.user_id)],
            games=[
                matches.Game(map=name, score_a=a, score_b=1) for name, a in (("X", 2), ("Y", 0), ("Z", 2))
            ],
        )
    assert [(event.event_type, event.payload["user_id"]) for event in events] == [
        ("tournament_match_completed", first.user_id),
        ("tournament_match_completed", second.user_id),
        ("match_won", first.user_id),
    ]
    assert events[0].payload["kills"] == 30
    match.refresh_from_db()
    assert (match.name_a, match.name_b, match.winner_id, match.outcome) == ("p0", "p1", first.pk, "PLAYED")
    assert list(match.maps.values_list("map", "winner_id")) == [
        ("X", first.pk),
        ("Y", second.pk),
        ("Z", first.pk),
    ]


def test_groups_feed_a_bracket(cup, field):
    entries = [entry.pk for entry in field(8)]
    groups, bracket = started(
        cup,
        {"format": "ROUND_ROBIN", "settings": {"groups": 2}, "advancing": 2, "name": "Groups"},
        {"format": "SINGLE_ELIMINATION", "seeding": "SNAKE", "settings": {"third_place": True}},
    )
    with pytest.raises(phases.PhaseBeforeIsOpen):
        phases.start(phase_id=bracket.pk)
    with pytest.raises(tournaments.PhasesOpen):
        tournaments.complete(tournament_id=cup.pk)
    play_out(groups)
    phases.start(phase_id=bracket.pk)
    seeds = bracket.entries.order_by("seed").values_list("entry_id", flat=True)
    # A has 1 4 5 8, B has 2 3 6 7: both winners first, the runners-up turned round.
    assert list(seeds) == [entries[place] for place in (0, 1, 2, 3)]
    play_out(bracket)
    tournaments.complete(tournament_id=cup.pk)
    placed = TournamentEntry.objects.order_by("pk").values_list("placement_from", "placement_to")
    assert list(placed) == [(1, 1), (2, 2), (3, 3), (4, 4), (5, 6), (5, 6), (7, 8), (7, 8)]


def test_a_swiss_takes_late_entrants(cup, field, make_player):
    field(4)
    [phase] = started(cup, {"format": "SWISS", "settings": {"rounds": 3}})
    with pytest.raises(phases.NotTheEntrants):
        phases.enter_late(phase_id=phase.pk, entry_id=phase.entries.first().entry_id)
    late = TournamentEntry.objects.create(tournament=cup, user_id=make_player("late"), name="late")
    for match in open_matches(phase):
        results.play(match_id=match.pk, score_a=1, score_b=0)
    phases.enter_late(phase_id=phase.pk, entry_id=late.pk)
    assert Match.objects.filter(phase=phase, round=2).count() == 3
    play_out(phase)
    assert phase.status == PhaseStatus.COMPLETED


def test_seeding(cup, field):
    ranks = ["Iron", "Gold", "Radiant"]
    type(cup.game).objects.filter(pk=cup.game_id).update(ranks=ranks)
    entries = [entry.pk for entry in field(5, ranks=[ranks[0], ranks[-1], "", ranks[1], "nonsense"])]
    by_rank = phases.add(tournament_id=cup.pk, format="SWISS", seeding=Seeding.RANK)
    assert phases.in_order(by_rank, phases.entrants_of(by_rank)) == [entries[i] for i in (1, 3, 0, 2, 4)]
    drawn = phases.add(tournament_id=cup.pk, format="SWISS", seeding=Seeding.RANDOM)
    assert drawn.draw_seed
    again = phases.add(
        tournament_id=cup.pk, format="SWISS", seeding=Seeding.RANDOM, draw_seed=drawn.draw_seed
    )
    orders = [
        phases.in_order(phase, TournamentEntry.objects.filter(tournament=cup)) for phase in (drawn, again)
    ]
    assert orders[0] == orders[1]
    assert sorted(orders[0]) == entries
    by_hand = list(reversed(entries))
    phases.seed(phase_id=by_rank.pk, entry_ids=by_hand)
    tournaments.start(tournament_id=cup.pk)
    phases.start(phase_id=by_rank.pk)
    assert list(by_rank.entries.order_by("seed").values_list("entry_id", flat=True)) == by_hand
    for wrong in ([], entries[:-1], [*entries[:-1], entries[0]], [*entries, 0]):
        with pytest.raises((phases.NotTheEntrants, phases.PhaseBegun)):
            phases.seed(phase_id=by_rank.pk, entry_ids=wrong)


@pytest.mark.parametrize(
    ("format_", "settings"),
    [
        ("SWISS", {"rounds": 0}),
        ("SWISS", {"rounds": "3"}),
        ("SWISS", {"tie_breaks": ["wins"]}),
        ("SWISS", {"tie_breaks": "buchholz"}),
        ("SWISS", {"win": 1, "draw": 2}),
        ("ROUND_ROBIN", {"groups": -1}),
        ("ROUND_ROBIN", {"cycles": 3}),
        ("ROUND_ROBIN", {"left": "IGNORE"}),
        ("DOUBLE_ELIMINATION", {"final": "DOUBLE"}),
        ("SINGLE_ELIMINATION", {"final": "RESET"}),
        ("SINGLE_ELIMINATION", {"third_place": 1}),
        ("SINGLE_ELIMINATION", {"best_of": True}),
        ("SINGLE_ELIMINATION", {"best_of_rounds": {"UPPER/1": 0}}),
        ("SINGLE_ELIMINATION", {"best_of_rounds": [1]}),
        ("SINGLE_ELIMINATION", {"\x00" * 100: 1}),
    ],
)
def test_settings_that_nobody_can_play(cup, format_, settings):
    with pytest.raises(BadSettings):
        phases.add(tournament_id=cup.pk, format=format_, settings=settings)
    assert not cup.phases.exists()


@pytest.mark.parametrize(
    "options", [{"format": "LADDER"}, {"seeding": "LOUD"}, {"name": "x" * 61}, {"advancing": -1}]
)
def test_phases_that_nobody_can_plan(cup, options):
    with pytest.raises(ValidationError):
        phases.add(**{"tournament_id": cup.pk, "format": "SWISS"} | options)
    assert not cup.phases.exists()


def test_settings_are_stored_whole(cup):
    phase = phases.add(tournament_id=cup.pk, format="ROUND_ROBIN", settings={"groups": 2})
    phase.refresh_from_db()
    assert phase.settings["groups"] == 2
    assert phase.settings["tie_breaks"] == ["head_to_head", "head_to_head_games", "difference", "games_won"]
    assert set(Format.values) == {"SINGLE_ELIMINATION", "DOUBLE_ELIMINATION", "ROUND_ROBIN", "SWISS"}


def refused(error, call, **arguments):
    """Assert that a call is refused, moves nothing and says nothing."""
    before = list(Match.objects.order_by("pk").values())
    with emitted() as events, pytest.raises(error):
        call(**arguments)
    assert events == []
    assert list(Match.objects.order_by("pk").values()) == before


def test_results_that_cannot_be(cup, field):
    field(4)
    [phase] = started(cup, {"format": "SINGLE_ELIMINATION", "settings": {"best_of": 3}})
    match = open_matches(phase).first()
    for score in ((1, 1), (0, 0), (1, 0), (3, 0), (2, 2), (-1, 2), (2, -1), (2, 10**9)):
        refused(matches.ImpossibleResult, results.play, match_id=match.pk, score_a=score[0], score_b=score[1])
    final = Match.objects.get(phase=phase, round=2)
    refused(results.MatchNotReady, results.play, match_id=final.pk, score_a=2, score_b=0)
    refused(results.MatchNotReady, results.forfeit, match_id=final.pk)
    stranger = results.Numbers(user_id=10**9)
    refused(
        matches.PlayerNotRegistered, results.play, match_id=match.pk, score_a=2, score_b=0, players=[stranger]
    )
    twice = [results.Numbers(match.entry_a.user_id)] * 2
    refused(matches.ImpossibleResult, results.play, match_id=match.pk, score_a=2, score_b=0, players=twice)
    refused(results.NotInThisMatch, results.forfeit, match_id=match.pk, entry_id=0)
    results.play(match_id=match.pk, score_a=2, score_b=0)
    refused(results.MatchNotReady, results.play, match_id=match.pk, score_a=2, score_b=0)
    refused(phases.PhaseBegun, phases.start, phase_id=phase.pk)
    refused(phases.NoLateEntry, phases.enter_late, phase_id=phase.pk, entry_id=0)


def test_a_match_outside_of_phases_is_recorded_not_played(make_field):
    match = make_field("Ann", "Bea").play("Ann", "Bea")
    refused(results.MatchNotReady, results.play, match_id=match.pk, score_a=1, score_b=0)


def test_nothing_is_drawn_before_the_tournament_starts(cup, field):
    field(2)
    phase = phases.add(tournament_id=cup.pk, format="SWISS")
    refused(WrongStatus, phases.start, phase_id=phase.pk)


def test_forfeits_move_on_and_count_for_nobody(cup, field):
    field(4)
    [phase] = started(cup, {"format": "SINGLE_ELIMINATION"})
    first, second = open_matches(phase)
    with emitted() as events:
        results.forfeit(match_id=first.pk, entry_id=first.entry_a_id)
        results.forfeit(match_id=second.pk)
    assert events == []
    final = Match.objects.get(phase=phase, round=2)
    assert (final.outcome, final.winner, final.played_at) == (Outcome.BYE, first.entry_b, None)
    phase.refresh_from_db()
    assert phase.status == PhaseStatus.COMPLETED
    tournaments.complete(tournament_id=cup.pk)
    assert TournamentEntry.objects.get(placement_from=1) == first.entry_b


def test_who_leaves_forfeits_in_every_phase(cup, field):
    entries = field(4)
    [phase] = started(cup, {"format": "ROUND_ROBIN"})
    match = open_matches(phase).first()
    with emitted() as events:
        results.begin(match_id=match.pk)
        results.begin(match_id=match.pk)
    players = TournamentParticipant.objects.filter(entry__in=[match.entry_a_id, match.entry_b_id])
    assert [(each.event_type, each.payload["user_id"]) for each in events] == [
        ("tournament_match_started", user_id) for user_id in sorted(players.values_list("user_id", flat=True))
    ]
    results.leave(entry_id=entries[0].pk, why="DISQUALIFIED")
    lost = Match.objects.filter(phase=phase, outcome=Outcome.DISQUALIFIED)
    assert lost.count() == 3
    assert entries[0].pk not in set(lost.values_list("winner_id", flat=True))
    refused(results.HasLeft, results.leave, entry_id=entries[0].pk)
    play_out(phase)
    tournaments.complete(tournament_id=cup.pk)
    refused(WrongStatus, results.leave, entry_id=entries[1].pk)
    assert cup.game_id == CALL_OF_DUTY
    cup.refresh_from_db()
    assert cup.status == Status.COMPLETED


def test_of_a_round_that_is_drawn_anew_new_pairs_hear(cup, field):
    entries = {entry.pk: entry.user_id for entry in field(8)}
    [phase] = started(cup, {"format": "SWISS"})
    for match in open_matches(phase):
        results.play(match_id=match.pk, score_a=1, score_b=0)
    before = {match.pk: {match.entry_a_id, match.entry_b_id} for match in open_matches(phase)}
    first = Match.objects.filter(phase=phase, round=1).order_by("number")[0]
    with emitted() as events:
        corrections.correct(match_id=first.pk, score_a=0, score_b=1, reason="Mixed up.")
    after = {match.pk: {match.entry_a_id, match.entry_b_id} for match in open_matches(phase)}
    assert after.keys() == before.keys()
    new = {pk: pair for pk, pair in after.items() if pair != before[pk]}
    assert len(new) > 0
    assert all(pair not in before.values() for pair in new.values())
    said = [payload for name, payload in events if name == tournament_match_ready.name]
    told = {(one["user_id"], one["match_id"]) for one in said}
    assert told == {(entries[entry_id], pk) for pk, pair in new.items() for entry_id in pair}
