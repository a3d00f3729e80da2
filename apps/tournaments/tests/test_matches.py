"""Matches: recorded once, one event per player, and refusals that move nothing."""

from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from apps.events.testing import emitted
from apps.teams.services import roster
from apps.tournaments.formats.results import Stage
from apps.tournaments.models import Match, MatchMap, MatchParticipant, TournamentEntry, WrongStatus
from apps.tournaments.services import matches, tournaments

from .conftest import NOON

pytestmark = pytest.mark.django_db


def record_of(field, **changes):
    """Return the arguments of a good record between the first two teams of a field."""
    (a, team_a), (b, team_b) = list(field.teams.items())[:2]
    arguments = {
        "tournament_id": field.tournament.pk,
        "a": matches.Side(team_a, 3),
        "b": matches.Side(team_b, 2),
        "played_at": NOON,
        "players": [
            matches.Line(field.players[a][0], team_a, 20, 15, 5),
            matches.Line(field.players[b][0], team_b, 15, 20, 4),
        ],
        "external_id": "series-1",
    }
    return arguments | changes


def refused(error, **arguments):
    """Assert that a record is refused, moves nothing and says nothing."""
    counts = [model.objects.count() for model in (Match, MatchMap, MatchParticipant)]
    with emitted() as events, pytest.raises(error):
        matches.record(**arguments)
    assert events == []
    assert [model.objects.count() for model in (Match, MatchMap, MatchParticipant)] == counts


def test_a_match_is_recorded_with_everybody_in_it(make_field):
    field = make_field("Splyce", "Unilad")
    arguments = record_of(field, slot=matches.Slot(Stage.LOWER, "", 2, 1), best_of=5)
    games = [
        matches.Game("Hardpoint", "Gibraltar", 250, 180, field.teams["Splyce"], NOON, "map-1"),
        matches.Game("Control", "Ardennes", 2, 2, None, NOON, "map-2"),
    ]
    with emitted() as events:
        match = matches.record(**arguments, games=games)
    [winner], [loser] = field.players["Splyce"], field.players["Unilad"]
    told = {"match_id": match.pk, "tournament_id": field.tournament.pk}
    numbers = {"kills": 20, "deaths": 15, "assists": 5}
    assert events == [
        ("tournament_match_completed", {"user_id": winner, "won": True, **told, **numbers}),
        (
            "tournament_match_completed",
            {"user_id": loser, "won": False, **told, "kills": 15, "deaths": 20, "assists": 4},
        ),
        ("match_won", {"user_id": winner, **told}),
    ]
    match.refresh_from_db()
    assert (match.winner.team_id, match.score_a, match.score_b) == (field.teams["Splyce"], 3, 2)
    assert (match.status, match.outcome, match.phase) == ("COMPLETED", "PLAYED", None)
    assert (match.stage, match.round, match.number, match.best_of) == ("LOWER", 2, 1, 5)
    assert (match.name_a, match.name_b) == ("Splyce", "Unilad")
    assert list(match.maps.values_list("number", "mode", "winner__team_id")) == [
        (1, "Hardpoint", field.teams["Splyce"]),
        (2, "Control", None),
    ]
    lines = match.participants.order_by("user_id")
    assert list(lines.values_list("user_id", "entry__team_id", "kills", "deaths", "assists")) == [
        (winner, field.teams["Splyce"], 20, 15, 5),
        (loser, field.teams["Unilad"], 15, 20, 4),
    ]


def test_the_same_external_id_again_changes_nothing(make_field):
    field = make_field("Splyce", "Unilad")
    arguments = record_of(field)
    first = matches.record(**arguments)
    with emitted() as events:
        again = matches.record(**arguments | {"a": replace(arguments["a"], score=0)})
        tournaments.complete(tournament_id=field.tournament.pk)
        late = matches.record(**arguments)
    assert again.pk == late.pk == first.pk
    assert Match.objects.get().score_a == 3
    assert {event.event_type for event in events} == {"tournament_completed"}


def test_a_level_match_has_no_winner_and_nobody_won(make_field):
    field = make_field("Splyce", "Unilad")
    with emitted() as events:
        match = matches.record(**record_of(field, b=matches.Side(field.teams["Unilad"], 3)))
    assert match.winner_id is None
    assert [(event.event_type, event.payload["won"]) for event in events] == [
        ("tournament_match_completed", False),
        ("tournament_match_completed", False),
    ]


def test_a_match_keeps_the_name_it_was_played_under(make_field):
    field = make_field("Splyce", "Unilad")
    before = matches.record(**record_of(field))
    roster.rename(team_id=field.teams["Splyce"], name="Splyce Gaming")
    after = matches.record(**record_of(field, external_id="series-2"))
    given = record_of(field, external_id="series-3", a=matches.Side(field.teams["Splyce"], 3, "The Splyce"))
    assert [Match.objects.get(pk=match.pk).name_a for match in (before, after, matches.record(**given))] == [
        "Splyce",
        "Splyce Gaming",
        "The Splyce",
    ]


def test_a_match_needs_a_live_tournament(make_field):
    field = make_field("Splyce", "Unilad")
    tournaments.complete(tournament_id=field.tournament.pk)
    refused(WrongStatus, **record_of(field))


def test_both_teams_and_all_players_are_in_the_tournament(make_field, make_team, make_player):
    field = make_field("Splyce", "Unilad")
    other, _ = make_team("Rogue", 1)
    good = record_of(field)
    refused(matches.TeamNotEntered, **good | {"b": matches.Side(other, 1), "players": []})
    stranger = matches.Line(make_player("Stranger"), field.teams["Splyce"])
    refused(matches.PlayerNotRegistered, **good | {"players": [*good["players"], stranger]})


def test_a_record_that_contradicts_itself_is_refused(make_field):
    field = make_field("Splyce", "Unilad")
    good = record_of(field)
    line = good["players"][0]
    for wrong in (
        {"b": good["a"]},
        {"a": replace(good["a"], score=-1)},
        {"a": replace(good["a"], score=10**10)},
        {"players": [line, line]},
        {"players": [replace(line, team_id=0)]},
        {"players": [replace(line, kills=-1)]},
    ):
        refused(matches.ImpossibleResult, **good | wrong)


def test_the_database_refuses_what_no_service_would_write(make_field, make_team):
    field = make_field("Splyce", "Unilad")
    other = TournamentEntry.objects.create(
        tournament=field.tournament, team_id=make_team("Rogue", 1)[0], name="Rogue"
    )
    match = matches.record(**record_of(field))
    for wrong in (
        {"winner": other},
        {"entry_b_id": match.entry_a_id, "winner_id": None},
        {"entry_b_id": None, "winner_id": None},
        {"stage": "FINAL"},
        {"status": "READY"},
        {"outcome": ""},
        {"outcome": "BYE"},
        {"played_at": None},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Match.objects.filter(pk=match.pk).update(**wrong)


def test_statistics_follow(make_field):
    from apps.user_profile.selectors import stats_of

    field = make_field("Splyce", "Unilad")
    matches.record(**record_of(field))
    matches.record(**record_of(field))
    winner, loser = (stats_of(field.players[name][0]) for name in ("Splyce", "Unilad"))
    assert (winner.matches_played, winner.matches_won, winner.kills) == (1, 1, 20)
    assert (loser.matches_played, loser.matches_won, loser.deaths) == (1, 0, 20)
    assert winner.tournaments_played == 1
