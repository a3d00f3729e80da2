"""Published prizes: which tables say something, and what cannot be used."""

import pytest

from apps.tournaments.replay.prizes import published_prizes
from apps.tournaments.replay.report import Report

HEAD = "event,place_from,place_to,{amount},source\n"


@pytest.fixture
def read(tmp_path):
    """Return a function that writes tables of prizes and reads the folder."""

    def read_tables(**tables):
        report = Report()
        for name, text in tables.items():
            (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        return published_prizes(tmp_path, report), [(each.file, each.line) for each in report.malformed]

    return read_tables


def table(*rows, amount="prize_usd_each"):
    return HEAD.format(amount=amount) + "".join(f"{row}\n" for row in rows)


def test_every_place_of_a_range_gets_the_prize(read):
    assert read(prizes=table("cup,1,1,600,x", "cup,5,6,0.55,x", "other,1,1,7,x")) == (
        {"cup": {1: 60_000, 5: 55, 6: 55}, "other": {1: 700}},
        [],
    )


def test_tables_that_agree_and_rows_without_an_amount(read):
    results = table("cup,1,1,600,x", "cup,2,2,,x", amount="prize_usd")
    assert read(prizes=table("cup,1,1,600,x"), results=results) == ({"cup": {1: 60_000}}, [])


def test_other_tables_say_nothing(read):
    assert read(events="file,event\ncup.csv,Cup\n", empty="") == ({}, [])


def test_only_tables_of_prizes_are_reported_as_unreadable(tmp_path):
    (tmp_path / "notes.csv").write_bytes(b"event,note\n\xff,x\n")
    (tmp_path / "prizes.csv").write_bytes(table("cup,1,1,600,x").encode() + b"\xff,1,1,5,x\n")
    report = Report()
    published_prizes(tmp_path, report)
    assert [each.file for each in report.malformed] == ["prizes.csv"]


@pytest.mark.parametrize(
    "row",
    [
        "cup,1,1,lots,x",
        "cup,1,1,-5,x",
        "cup,1,1,0,x",
        "cup,1,1,0.001,x",
        "cup,1,1,NaN,x",
        "cup,1,1,1e30,x",
        "cup,0,1,5,x",
        "cup,3,1,5,x",
        "cup,1,99999,5,x",
        "cup,first,1,5,x",
        "cup,1",
    ],
)
def test_what_cannot_be_used_is_reported(read, row):
    assert read(prizes=table("cup,2,2,5,x", row)) in (
        ({"cup": {2: 500}}, [("prizes.csv", 3)]),
        ({"cup": {2: 500}}, []) if row == "cup,1" else None,
    )


def test_tables_that_contradict_each_other(read):
    found, malformed = read(a=table("cup,1,1,600,x"), b=table("cup,1,1,601,x"))
    assert (found, malformed) == ({"cup": {1: 60_000}}, [("b.csv", 2)])
