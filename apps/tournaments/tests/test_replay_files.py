"""Reading a folder: what is used, what is left out and why."""

import gzip
from dataclasses import asdict
from datetime import UTC, date, datetime

import pytest

from apps.tournaments.formats.results import Stage
from apps.tournaments.replay.folder import NoSeason, read_season
from apps.tournaments.replay.report import Report
from apps.tournaments.replay.schedule import Closing, Opening, Playing, Renaming, schedule
from apps.tournaments.replay.series_ids import Where, where

from . import folders
from .folders import series, write


@pytest.fixture
def report():
    return Report()


@pytest.fixture
def read(tmp_path, report):
    """Return a function that writes rows as one event and reads it."""

    def read_rows(rows, **options):
        write(tmp_path / "event.csv", rows, **options)
        [event] = read_season(tmp_path, report)
        return event

    return read_rows


@pytest.mark.parametrize(
    ("series_id", "expected"),
    [
        ("pool-A-3", Where(Stage.POOL, "A", 0, 3)),
        ("champs-pool-H-12", Where(Stage.POOL, "H", 0, 12)),
        ("champs-pool-C-tie-1", Where(Stage.TIE_BREAK, "C", 0, 1)),
        ("pro1-a3-tie-1", Where(Stage.TIE_BREAK, "A", 3, 1)),
        ("pro1-a3-11", Where(Stage.LEAGUE, "A", 3, 11)),
        ("champs-bracket-winners-2-1", Where(Stage.UPPER, "", 2, 1)),
        ("rel-losers-1-0", Where(Stage.LOWER, "", 1, 0)),
        ("champ-grand-finals-1", Where(Stage.GRAND_FINAL, "", 0, 1)),
        ("Grand-Final", Where(Stage.GRAND_FINAL)),
        ("winners-2-1", Where(Stage.UPPER, "", 2, 1)),
        ("showmatch", Where(Stage.OTHER)),
        ("winners-2", Where(Stage.OTHER)),
        ("winners-2-99999999999", Where(Stage.OTHER)),
        ("", Where(Stage.OTHER)),
    ],
)
def test_a_series_id_says_where_the_series_belongs(series_id, expected):
    assert where(series_id) == expected


def test_a_series_is_its_maps(read, report):
    event = read(series("pool-A-1", "Ants", "Bees", "ab-a"), mode="Hardpoint", map="Gibraltar", score="250")
    [one] = event.series
    assert (one.teams, one.scores, one.names) == (("Ants", "Bees"), (2, 1), ("Ants", "Bees"))
    assert [result.winner for result in one.maps] == ["Ants", "Bees", None, "Ants"]
    assert (one.maps[0].mode, one.maps[0].map_name, one.maps[0].scores["Bees"]) == (
        "Hardpoint",
        "Gibraltar",
        250,
    )
    assert asdict(one.players[0]) == {
        "player": "Ants 0",
        "team": "Ants",
        "kills": 40,
        "deaths": 20,
        "assists": 4,
    }
    assert one.ended_at == datetime(2019, 5, 1, 12, 40, tzinfo=UTC)
    assert (report.malformed, report.oddities) == ([], [])


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("kills", "ten", "kills 'ten' is not a whole number"),
        ("deaths", "-1", "deaths '-1' is not a whole number"),
        ("assists", "1.5", "assists '1.5' is not a whole number"),
        ("kills", "", "kills '' is not a whole number"),
        ("kills", "٣", "kills '٣' is not a whole number"),
        ("kills", "1000001", "kills '1000001' is not a whole number from 0 to 1,000,000"),
        ("end time", "yesterday", "end time 'yesterday' is not a time"),
        ("end time", "2019-02-30 12:00:00 UTC", "is not a time"),
        ("end time", "", "end time '' is not a time"),
        ("end time", "0001-01-01 00:00:00 UTC", "is not a time"),
        ("team", " ", "team is empty"),
        ("player", "", "player is empty"),
        ("player", "x" * 65, "has more than 64 characters"),
        ("player", "\u200b", "player '\\u200b' cannot be a name"),
        ("match id", "", "match id is empty"),
        ("series id", "", "series id is empty"),
        ("win?", "X", "win? 'X' is neither W nor L"),
        ("win?", "", "win? '' is neither W nor L"),
        ("win?", "L", "win? contradicts the other rows of Ants"),
        ("player", "Ants 1", "Ants 1 is in map pool-A-1/0 already, in line 3"),
        ("player", "Bees 1", "is in map pool-A-1/0 already, in line 4"),
        ("team", "Wasps", "Wasps is a third team in map pool-A-1/0"),
    ],
)
def test_a_malformed_row_is_left_out_by_file_and_line(read, report, column, value, reason):
    rows = series("pool-A-1", "Ants", "Bees", "aba")
    rows[2][column] = value
    event = read(rows)
    [remark] = report.malformed
    assert remark.file == "event.csv"
    assert remark.line == {"Bees 1": 7}.get(value, 4)
    assert reason in remark.message
    [one] = event.series
    assert one.scores == (2, 1)
    assert sum(totals.kills for totals in one.players) == 10 * (len(rows) - 1)


@pytest.mark.parametrize(
    "line",
    [b"a,b,c", b'"unfinished', b"\xff\xfe", b",".join([b"x"] * 10), b'a,"b"c,d', b"\0" * 9],
)
def test_a_line_that_is_no_row_is_left_out(tmp_path, report, line):
    path = write(tmp_path / "event.csv", series("pool-A-1", "Ants", "Bees", "aa"))
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:4], line + b"\r\n", b"\r\n", *lines[4:]]))
    [event] = read_season(tmp_path, report)
    assert [(remark.file, remark.line) for remark in report.malformed] == [("event.csv", 5)]
    assert len(event.series[0].players) == 8


def test_a_map_that_both_won_counts_for_neither(read, report):
    rows = series("pool-A-1", "Ants", "Bees", "aab")
    for row in rows[:8]:
        row["win?"] = "W"
    event = read(rows)
    assert event.series[0].scores == (1, 1)
    assert "both teams won map" in report.malformed[0].message


def test_a_series_without_an_opponent_is_left_out(read, report):
    alone = [row for row in series("pool-A-2", "Cats", "Dogs", "aa") if row["team"] == "Cats"]
    event = read([*series("pool-A-1", "Ants", "Bees", "aa"), *alone])
    assert [one.series_id for one in event.series] == ["pool-A-1"]
    [remark] = report.malformed
    assert (remark.line, remark.message) == (18, "series pool-A-2 is left out: Cats has no opponent in it")


def test_maps_of_other_teams_under_the_same_series_id_are_left_out(read, report):
    strangers = series("pool-A-1", "Cats", "Dogs", "aaa", after_h=5)
    for row in strangers:
        row["match id"] += "-again"
    event = read([*series("pool-A-1", "Ants", "Bees", "aaaa"), *strangers])
    assert event.series[0].scores == (4, 0)
    assert len(report.malformed) == len(strangers)


def test_a_missing_column_leaves_the_file_out(tmp_path, report):
    write(tmp_path / "good.csv", series("pool-A-1", "Ants", "Bees", "aa"))
    write(tmp_path / "poor.csv", series("pool-A-1", "Cats", "Dogs", "aa"), columns=folders.COLUMNS[:-2])
    events = read_season(tmp_path, report)
    assert [event.external_id for event in events] == ["good"]
    [remark] = report.malformed
    assert str(remark) == "poor.csv:1: the file is left out: no column deaths, assists"


def test_columns_come_in_any_order_and_number(tmp_path, report):
    columns = ["Hits ", *reversed([name.upper() for name in folders.COLUMNS]), "more"]
    rows = [{name.upper(): value for name, value in row.items()} for row in folders.cup(size=5)]
    write(tmp_path / "event.csv", rows, columns=columns)
    [event] = read_season(tmp_path, report)
    assert len(event.series) == 8
    assert {len(players) for players in event.lineups().values()} == {5}
    assert report.malformed == []


def test_other_files_are_left_alone(tmp_path, report):
    write(tmp_path / "event.csv", folders.cup())
    (tmp_path / "official_results.csv").write_text("event,team,place\nevent,Ants,1\n")
    (tmp_path / "notes.csv").write_bytes(b"\xff\xff\n\0")
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "folder.csv").mkdir()
    with gzip.open(tmp_path / "kills.csv.gz", "wt") as file:
        file.write("match id,victim,attacker\n1,a,b\n")
    (tmp_path / "broken.csv.gz").write_bytes(b"not gzip")
    [event] = read_season(tmp_path, report)
    assert event.file == "event.csv"
    assert report.malformed == []


def test_an_event_may_be_gzipped(tmp_path, report):
    path = write(tmp_path / "event.csv", folders.cup())
    (tmp_path / "event.csv.gz").write_bytes(gzip.compress(path.read_bytes()))
    read_season(tmp_path, report)
    assert [remark.message for remark in report.oddities] == ["left alone: event.csv is the same event"]
    path.unlink()
    [event] = read_season(tmp_path, Report())
    assert (event.external_id, len(event.series)) == ("event", 8)


def test_a_file_that_breaks_off_keeps_what_was_read(tmp_path, report):
    path = write(tmp_path / "event.csv", folders.cup())
    whole = gzip.compress(path.read_bytes(), mtime=0)
    path.unlink()
    (tmp_path / "event.csv.gz").write_bytes(whole[:-9])
    [event] = read_season(tmp_path, report)
    assert event.series
    assert "the file cannot be read any further" in report.malformed[0].message


def test_texts_lose_what_cannot_be_stored(tmp_path, report):
    write(tmp_path / "event.csv", folders.cup(), mode="Hard\0point", map="\u200bGibraltar")
    (tmp_path / "events.csv").write_text("file,event,city\nevent.csv,The\0 Cup,Par\x07is\n")
    [event] = read_season(tmp_path, report)
    assert (event.label.name, event.label.city) == ("The Cup", "Paris")
    assert (event.series[0].maps[0].mode, event.series[0].maps[0].map_name) == ("Hardpoint", "Gibraltar")


def test_the_index_names_events(tmp_path, report):
    write(tmp_path / "2019-05-01-cup.csv", folders.cup())
    write(tmp_path / "2019-06-01-other-cup.csv", folders.cup())
    (tmp_path / "events.csv").write_text(
        "file,event,title,start_date,end_date,city,more\n"
        '2019-05-01-cup.csv,The Cup,Black Ops 4,2019-04-30,2019-05-02,"Paris, FR",x\n'
        "2019-05-01-cup.csv,Again,,,,,\n"
        "gone.csv,Gone,,,,,\n"
        ",Nameless,,,,,\n"
        "2019-06-01-other-cup.csv,Other,,30.4.2019,,,\n"
    )
    cup, other = read_season(tmp_path, report)
    assert (cup.label.name, cup.label.title, cup.label.city) == ("The Cup", "Black Ops 4", "Paris, FR")
    assert cup.starts_at == datetime(2019, 4, 30, tzinfo=UTC)
    assert cup.label.ends_on == date(2019, 5, 2)
    assert (other.label.name, other.starts_at) == ("", other.series[0].first_map_at)
    assert [(remark.line, remark.message) for remark in report.malformed] == [
        (3, "2019-05-01-cup.csv is listed twice"),
        (5, "file is empty"),
        (6, "start_date '30.4.2019' is not a day like 2018-01-14"),
    ]
    assert [str(remark) for remark in report.oddities] == [
        "events.csv:1: gone.csv is listed, but it is not here"
    ]


def test_a_listed_file_is_an_event_whatever_its_columns(tmp_path, report):
    write(tmp_path / "event.csv", folders.cup())
    (tmp_path / "listed.csv").write_text("a,b\n1,2\n")
    (tmp_path / "events.csv").write_text("file,event\nlisted.csv,Listed\n")
    read_season(tmp_path, report)
    assert report.malformed[0].message.startswith("the file is left out: no column match id")


@pytest.mark.parametrize(
    "content", [None, {}, {"official.csv": "a,b\n1,2\n"}, {"event.csv": ",".join(folders.COLUMNS)}]
)
def test_a_folder_without_a_season_is_named(tmp_path, report, content):
    folder = tmp_path / "season"
    if content is not None:
        folder.mkdir()
        for name, text in content.items():
            (folder / name).write_text(text)
    with pytest.raises(NoSeason, match="season"):
        read_season(folder, report)


def test_level_series_and_unknown_forms_are_played_and_reported(read, report):
    event = read(
        [*series("show-1", "Ants", "Bees", "ab"), *series("pool-A-1", "Ants", "Bees", "a", after_h=1)]
    )
    assert event.series[0].where.stage == Stage.OTHER
    assert event.series[0].scores == (1, 1)
    assert [remark.line for remark in report.oddities] == [2, 2]
    assert [event.best_of(one) for one in event.series] == [1, 1]


def test_a_rename_is_recognised_by_the_players(read, report):
    crew = ["Ann", "Bob", "Cid", "Dee"]
    before = series("pool-A-1", "Ants", "Bees", "aa", players={"Ants": crew})
    during = series("winners-1-0", "Ants", "Bees", "b", after_h=1, players={"Ants": crew})
    after = series("winners-1-0", "New Ants", "Bees", "aa", after_h=2, players={"New Ants": crew})
    for row in after:
        row["match id"] += "-later"
    event = read([*before, *during, *after])
    assert [one.teams for one in event.series] == [("Ants", "Bees")] * 2
    assert [one.names[0] for one in event.series] == ["Ants", "New Ants"]
    assert event.series[1].scores == (2, 1)
    [rename] = event.renames
    assert (rename.team, rename.old, rename.new) == ("Ants", "Ants", "New Ants")
    assert set(event.lineups()) == {"Ants", "Bees"}
    assert report.oddities[0].message == "Ants plays on as New Ants: renamed"


def test_two_spellings_that_take_turns_are_one_team_without_a_rename(read):
    crew = ["Ann", "Bob", "Cid", "Dee"]
    rows = []
    for number, name in enumerate(["Ants", "The Ants", "Ants"]):
        rows += series(f"pool-A-{number}", name, "Bees", "aa", after_h=number, players={name: crew})
    event = read(rows)
    assert {one.teams for one in event.series} == {("Ants", "Bees")}
    assert event.renames == []


def test_a_new_team_with_few_of_the_old_players_is_another_team(read):
    first = series("pool-A-1", "Ants", "Bees", "aa", players={"Ants": ["Ann", "Bob", "Cid", "Dee"]})
    second = series("pool-A-2", "Cats", "Bees", "aa", after_h=1, players={"Cats": ["Ann", "Bob", "Xa", "Ya"]})
    event = read([*first, *second])
    assert set(event.lineups()) == {"Ants", "Bees", "Cats"}
    assert event.lineups()["Cats"] == ["Xa", "Ya"]


def test_pool_letters_that_only_number_the_series_are_replaced(read, report):
    event = read(
        [
            *series("pool-A-0", "Ants", "Bees", "a", after_h=0),
            *series("pool-A-1", "Cats", "Dogs", "a", after_h=1),
            *series("pool-B-0", "Bees", "Emus", "a", after_h=2),
            *series("pool-B-1", "Dogs", "Fish", "a", after_h=3),
        ]
    )
    assert [one.where.group for one in event.series] == ["A", "B", "A", "B"]
    assert "several pool letters" in report.oddities[0].message


def test_everything_happens_in_one_order_of_time(tmp_path, report):
    write(
        tmp_path / "a.csv",
        [*series("s-1", "Ants", "Bees", "a"), *series("s-3", "Ants", "Bees", "a", after_h=2)],
    )
    write(tmp_path / "b.csv", series("s-2", "Cats", "Dogs", "a", after_h=1))
    items = schedule(read_season(tmp_path, report))
    assert [(type(item), item.event.external_id) for item in items] == [
        (Opening, "a"),
        (Playing, "a"),
        (Opening, "b"),
        (Playing, "b"),
        (Closing, "b"),
        (Playing, "a"),
        (Closing, "a"),
    ]
    assert not any(isinstance(item, Renaming) for item in items)
    assert [item.at for item in items] == sorted(item.at for item in items)
