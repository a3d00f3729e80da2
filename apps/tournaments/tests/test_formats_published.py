"""Places and tables against what was published: 28 of 28 places, 8 of 8 rows of the league table."""

import pytest

from apps.tournaments.formats.placements import places
from apps.tournaments.formats.results import Stage
from apps.tournaments.formats.tables import group_tables
from apps.tournaments.tests import season

PUBLISHED = season.published_places()
EVENTS = sorted({event for event, _ in PUBLISHED})


@pytest.mark.differential
@pytest.mark.parametrize("event", EVENTS)
def test_every_published_place_follows_from_the_series(event):
    found = places(season.results(f"{event}.csv"))
    expected = {team: place for (name, team), place in PUBLISHED.items() if name == event}
    assert {team: (found[team].first, found[team].last) for team in expected} == expected


@pytest.mark.differential
def test_the_published_league_table_follows_from_the_series():
    table = season.rows("official_league_table.csv")
    [event], [division] = {row["event"] for row in table}, {row["division"] for row in table}
    found = group_tables(season.results(f"{event}.csv"))[Stage.LEAGUE, division]
    columns = ["position", "series_won", "series_lost", "games_won", "games_lost"]
    assert [(row.team, row.rank, row.won, row.lost, row.games_won, row.games_lost) for row in found] == [
        (row["team"], *(int(row[column]) for column in columns)) for row in table
    ]


@pytest.mark.differential
@pytest.mark.parametrize("row", season.rows("events.csv"), ids=lambda row: row["event"])
def test_every_entrant_of_every_event_gets_a_place_that_exists(row):
    found = places(season.results(row["file"]))
    entrants = int(row["teams"]) - row["file"].startswith("2018-08-19")  # 33 names of 32 teams
    assert len(found) == entrants
    assert all(1 <= place.first <= place.last <= entrants for place in found.values())
    assert min(place.first for place in found.values()) == 1


@pytest.mark.parametrize(
    ("team", "place"),
    [
        ("Team Kaliber", (9, 12)),  # lost in lower round 4, which still eliminates four: one match is lost
        ("Enigma6", (9, 12)),  # won in lower round 3, was due in round 4, and is not seen again
        ("eUnited", (13, 16)),  # three of round 3's four matches are known
        ("Vast", (16, 23)),  # played in a pool only; the lower rounds it may have been in are lost
    ],
)
def test_an_event_with_lost_matches_keeps_the_places_of_its_rounds(team, place):
    found = places(season.results("2018-04-01-birmingham.csv"))
    assert (found[team].first, found[team].last) == place
