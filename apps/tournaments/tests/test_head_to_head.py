"""Head to head: counted as by hand, from either side, and by indexes."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.tournaments import selectors
from apps.tournaments.selectors import MapTally, Tally
from apps.tournaments.selectors.head_to_head import lines_against, matches_against, rows_of_team
from apps.tournaments.services.matches import Game

pytestmark = pytest.mark.django_db


@pytest.fixture
def field(make_field):
    """Return a cup in which two met three times, once level, and others played, too."""
    field = make_field("Ann", "Bea", "Cat", size=2)
    ann, bea = field.teams["Ann"], field.teams["Bea"]
    games = [Game(map="Hardpoint Gibraltar", winner_id=ann)] * 2 + [Game(map="London", winner_id=bea)]
    field.play("Ann", "Bea", (2, 1), games=games)
    field.play("Bea", "Ann", (3, 0), games=[Game(map="London", winner_id=bea)])
    field.play("Ann", "Bea", (1, 1), games=[Game(map="London"), Game(winner_id=ann)])
    field.play("Ann", "Cat", (3, 0), games=[Game(map="London", winner_id=ann)])
    field.play("Cat", "Bea")
    return field


def both(field, one, other):
    """Yield how two teams, and two players of them, met."""
    yield selectors.against_team(field.teams[one], field.teams[other])
    yield selectors.against_player(field.players[one][0], field.players[other][1])


def test_it_is_counted_from_either_side(field):
    for met in both(field, "Ann", "Bea"):
        assert selectors.tally_of(met) == Tally(played=3, won=1, lost=1, games_won=3, games_lost=5)
        assert selectors.maps_of(met) == [
            MapTally("London", played=3, won=0, lost=2),
            MapTally("Hardpoint Gibraltar", played=2, won=2, lost=0),
        ]
    for met in both(field, "Bea", "Ann"):
        tally = selectors.tally_of(met)
        assert (tally.won, tally.lost, tally.drawn, tally.games_won, tally.games_lost) == (1, 1, 1, 5, 3)
        assert selectors.maps_of(met)[0] == MapTally("London", played=3, won=2, lost=0)


def test_who_never_met_has_nothing(field):
    mates = field.players["Ann"]
    for met in (selectors.against_player(*mates), selectors.against_team(field.teams["Ann"], 0)):
        assert selectors.tally_of(met) == Tally()
        assert selectors.maps_of(met) == []


def test_each_is_one_query(field):
    for met in both(field, "Ann", "Bea"):
        for read in (selectors.tally_of, selectors.maps_of):
            with CaptureQueriesContext(connection) as queries:
                assert read(met)
            assert len(queries) == 1


def test_indexes_answer(field):
    """A query about a pair, or a team, can be answered by the indexes of the sides, and of the players."""
    ann, bea = field.teams["Ann"], field.teams["Bea"]
    pair = lines_against(field.players["Ann"][0], field.players["Bea"][0])
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX match_latest")  # which could be read whole instead; until the test ends
        for way in ("seqscan", "indexscan", "indexonlyscan"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
    for query, index in (
        (matches_against(ann, bea), "match_of_entry_"),
        (rows_of_team(ann), "match_of_entry_"),
        (pair, "tournaments_matchparticipant_user"),
    ):
        plan = query.order_by().explain()
        assert f"Bitmap Index Scan on {index}" in plan, plan
        assert "Seq Scan on tournaments_match" not in plan, plan
