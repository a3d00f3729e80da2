"""Selectors: what pages are given, in a number of queries that does not grow."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.teams.services import roster
from apps.tournaments import selectors
from apps.tournaments.formats.results import Stage
from apps.tournaments.services import registration, tournaments

from .conftest import CALL_OF_DUTY

pytestmark = pytest.mark.django_db


@pytest.fixture
def played(make_field):
    """Return a completed cup: a pool of three, a small bracket with a reset, and a show match."""
    field = make_field("Ann", "Bea", "Cat")
    field.play("Ann", "Bea", stage=Stage.POOL, group="A")
    field.play("Ann", "Cat", (3, 0), stage=Stage.POOL, group="A", number=1)
    field.play("Bea", "Cat", (3, 2), stage=Stage.POOL, group="A", number=2)
    field.play("Ann", "Bea", stage=Stage.UPPER, round=1, best_of=5)
    field.play("Bea", "Cat", stage=Stage.LOWER, round=1)
    field.play("Bea", "Ann", stage=Stage.GRAND_FINAL)
    field.play("Ann", "Bea", (3, 2), stage=Stage.GRAND_FINAL, number=1)
    field.play("Cat", "Bea", (2, 2))
    tournaments.complete(tournament_id=field.tournament.pk)
    return field


def test_the_bracket_by_rounds(played):
    found = selectors.bracket(played.tournament.pk)
    assert [(one.title, len(one.matches)) for one in found.upper] == [("Upper final", 1)]
    assert [(one.title, len(one.matches)) for one in found.lower] == [("Lower final", 1)]
    assert [one.title for one in found.final] == ["Grand final", "Grand final, reset"]
    card = found.upper[0].matches[0]
    assert (card.a.name, card.a.score, card.a.won, card.b.won, card.best_of) == ("Ann", 3, True, False, 5)
    assert card.label == "Upper bracket, round 1"


def test_the_tables(played):
    [table] = selectors.group_tables(played.tournament.pk)
    assert (table.name, table.stage) == ("Group A", "POOL")
    assert [(row.rank, row.name, row.won, row.lost, row.games_won, row.games_lost) for row in table.rows] == [
        (1, "Ann", 2, 0, 6, 1),
        (2, "Bea", 1, 1, 4, 5),
        (3, "Cat", 0, 2, 2, 6),
    ]
    assert (table.rows[0].points, table.rows[0].difference, table.rows[0].drawn) == (2, 5, 0)


def test_the_standings_show_the_name_of_now_and_of_then(played):
    roster.rename(team_id=played.teams["Bea"], name="Beatrice")
    rows = selectors.standings(played.tournament.pk)
    assert [(row.place_from, row.place_to, row.name, row.played_as) for row in rows] == [
        (1, 1, "Ann", "Ann"),
        (2, 2, "Beatrice", "Bea"),
        (3, 3, "Cat", "Cat"),
    ]
    [champion] = selectors.champions([played.tournament.pk]).values()
    assert (champion.id, champion.slug) == (played.teams["Ann"], "ann")


def test_a_player_alone_stands_under_his_name(cup, make_player):
    registration.register_player(tournament_id=cup.pk, user_id=make_player("Scump"))
    [row] = selectors.standings(cup.pk)
    assert (row.name, row.player.username, row.team_id, row.place_from) == ("Scump", "Scump", None, None)


def test_matches_of_a_player_and_of_a_team(played):
    [user_id] = played.players["Bea"]
    newest, *others = selectors.matches_of(user_id)
    assert (newest.won, newest.kills, newest.deaths, newest.assists) == (None, 2, 1, 3)
    assert (newest.match.label, newest.entry_id, len(others)) == ("Match", newest.match.b.entry_id, 6)
    assert [one.won for one in others] == [False, True, True, False, True, False]
    assert [card.id for card in selectors.matches_of_team(played.teams["Bea"], 2)] == [
        newest.match.id,
        others[0].match.id,
    ]
    assert selectors.latest_results(1)[0].id == newest.match.id
    assert len(selectors.series_of(played.tournament.pk)) == 8


def test_records_and_counts(played):
    found = selectors.records([played.teams["Bea"], 0])
    assert found[played.teams["Bea"]] == selectors.Record(played=7, won=3, lost=3, drawn=1)
    assert found[0] == selectors.Record()
    assert selectors.entrant_counts([played.tournament.pk]) == {played.tournament.pk: 3}
    tournaments.create(name="Next", game_id=CALL_OF_DUTY)
    assert selectors.totals() == selectors.Totals(tournaments=2, upcoming=1, live=0, completed=1, matches=8)
    assert selectors.season_progress() == 0.5


def test_the_tournaments_of_a_team(played):
    [entry] = selectors.entries_of_team(played.teams["Cat"])
    assert (entry.tournament_name, entry.place_from, entry.played_as) == ("Summer Cup", 3, "Cat")


def test_the_list_begins_with_what_is_played(played):
    names = ["Later", "Now"]
    made = {name: tournaments.create(name=name, game_id=CALL_OF_DUTY) for name in names}
    tournaments.start(tournament_id=made["Now"].pk)
    assert [one.name for one in selectors.tournaments_list()] == ["Now", "Later", "Summer Cup"]
    assert selectors.tournament_by_slug("later") == made["Later"]
    assert selectors.tournament_by_slug("nowhere") is None
    names = selectors.names_of(tournaments=[made["Now"].pk, 0], matches=[])
    assert names.tournaments == {made["Now"].pk: ("Now", "now")}


def test_nothing_is_there_before_anything_is_played(cup):
    assert not selectors.bracket(cup.pk)
    assert selectors.group_tables(cup.pk) == []
    assert selectors.standings(cup.pk) == []
    assert selectors.champions([cup.pk]) == {}
    assert selectors.season_progress() == 0


def test_the_number_of_queries_does_not_grow(played):
    tournament, team, [player] = played.tournament.pk, played.teams["Bea"], played.players["Bea"]
    calls = {
        1: [
            lambda: selectors.bracket(tournament),
            lambda: selectors.standings(tournament),
            lambda: selectors.series_of(tournament),
            lambda: selectors.champions([tournament]),
            lambda: selectors.entrant_counts([tournament]),
            lambda: selectors.names_of(tournaments=[tournament], matches=[1]),
            lambda: selectors.matches_of(player),
            lambda: selectors.matches_of_team(team),
            lambda: selectors.entries_of_team(team),
            lambda: selectors.latest_results(),
            lambda: [one.game.name for one in selectors.tournaments_list()],
            lambda: selectors.tournament_by_slug("summer-cup").game.name,
        ],
        3: [lambda: selectors.group_tables(tournament)],
        2: [
            lambda: selectors.records(played.teams.values()),
            lambda: selectors.totals(),
        ],
    }
    for number, several in calls.items():
        for call in several:
            with CaptureQueriesContext(connection) as queries:
                assert call()
            assert len(queries) == number, queries.captured_queries
