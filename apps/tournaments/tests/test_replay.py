"""Playing a small season: through the services, in order, once; stopped and started again."""

import json
import os
import signal
from collections import Counter
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from apps.events.models import EventLog
from apps.events.testing import emitted
from apps.events.verify import verify
from apps.teams.selectors import get_team_roster
from apps.teams.services import roster
from apps.tournaments import selectors
from apps.tournaments.models import (
    Match,
    MatchParticipant,
    SourceName,
    Status,
    Tournament,
    TournamentEntry,
    TournamentParticipant,
)
from apps.tournaments.replay import season as replaying
from apps.tournaments.replay.people import usernames
from apps.tournaments.services import matches, registration, tournaments
from apps.user_profile.selectors import profile_by_username, stats_of
from apps.user_profile.services import accounts

from . import folders
from .folders import series, write

pytestmark = pytest.mark.django_db

TABLES = (Tournament, TournamentEntry, TournamentParticipant, Match, MatchParticipant, SourceName, EventLog)


def replay(folder, **options):
    """Play a folder; return the summary and what was reported."""
    out, errors = StringIO(), StringIO()
    call_command("replay_season", str(folder), json=True, stdout=out, stderr=errors, **options)
    return json.loads(out.getvalue()), errors.getvalue()


def counts():
    return [model.objects.count() for model in TABLES]


def user(player):
    """Return the account of a published player."""
    return SourceName.objects.get(kind="PLAYER", name=player).user_id


@pytest.fixture
def cup(tmp_path):
    """Return a folder with a cup of four teams, two a side, with columns nobody asked for."""
    return make_cup(tmp_path, size=2)


def make_cup(folder, size):
    write(folder / "2019-05-01-cup.csv", folders.cup(size), score="1", hits="7", weather="fine")
    (folder / "events.csv").write_text("file,event,title\n2019-05-01-cup.csv,Insect Cup,Black Ops 4\n")
    return folder


def test_a_season_of_five_a_side_is_played_to_its_end(tmp_path):
    summary, errors = replay(make_cup(tmp_path, size=5))
    assert errors == ""
    assert summary | {"seconds": 0} == {
        "series_already_there": 0,
        "players_signed_up": 20,
        "transfers": 0,
        "tournaments_started": 1,
        "series_played": 8,
        "series_level": 0,
        "series_of_unknown_form": 0,
        "tournaments_completed": 1,
        "skipped_rows": 0,
        "malformed": [],
        "oddities": [],
        "seconds": 0,
    }
    tournament = selectors.tournament_by_slug("insect-cup")
    assert (tournament.title, tournament.status, tournament.game_id) == ("Black Ops 4", Status.COMPLETED, 1)
    assert [(row.place_from, row.name) for row in selectors.standings(tournament.pk)] == [
        (1, "Ants"),
        (2, "Cats"),
        (3, "Bees"),
        (4, "Dogs"),
    ]
    stats = stats_of(user("Ants 0"))
    assert (stats.matches_played, stats.matches_won, stats.tournaments_played) == (6, 5, 1)
    assert (stats.kills, stats.deaths, stats.assists) == (160, 80, 16)
    profile = profile_by_username("ants-0")
    assert profile.display_name == "Ants 0"
    participant = TournamentParticipant.objects.get(user=profile.user)
    assert participant.game_ign == "Ants 0"
    assert {row["display_name"] for row in get_team_roster(participant.entry.team_id)} == {
        f"Ants {n}" for n in range(5)
    }
    assert all(finding.drift == 0 for finding in verify())


def test_every_event_is_said_once_per_player_and_dated_by_the_season(cup):
    replay(cup)
    told = Counter(EventLog.objects.values_list("event_type", flat=True))
    assert told["tournament_registered"] == told["game_passport_added"] == told["user_joined_team"] == 8
    assert told["tournament_match_completed"] == 8 * 4
    assert told["match_won"] == 8 * 2
    assert told["tournament_placement"] == told["tournament_completed"] == 8
    assert set(EventLog.objects.values_list("occurred_at__year", flat=True)) == {2019}


def test_a_second_run_adds_nothing(cup):
    replay(cup)
    before = counts()
    with emitted() as events:
        summary, _ = replay(cup)
    assert events == []
    assert counts() == before
    assert summary["series_already_there"] == 8
    assert "series_played" not in summary


def test_a_limit_stops_and_a_later_run_goes_on(cup):
    assert replay(cup, limit=3)[0]["series_played"] == 3
    assert Tournament.objects.get().status == Status.LIVE
    assert replay(cup, limit=0)[0]["series_already_there"] == 3
    assert replay(cup, limit=5)[0]["tournaments_completed"] == 1
    before = counts()
    replay(cup)
    assert counts() == before
    assert all(finding.drift == 0 for finding in verify())


@pytest.mark.parametrize(
    ("module", "function", "at"),
    [
        (accounts, "sign_up", 5),
        (roster, "join", 8),
        (registration, "register_team", 3),
        (tournaments, "start", 1),
        (matches, "announce", 6),
        (tournaments, "place_entries", 1),
    ],
)
def test_a_replay_that_dies_anywhere_is_continued(cup, monkeypatch, module, function, at):
    whole = getattr(module, function)
    calls = 0

    def dying(*args, **options):
        nonlocal calls
        calls += 1
        done = whole(*args, **options)
        if calls == at:
            raise MemoryError
        return done

    monkeypatch.setattr(module, function, dying)
    with pytest.raises(MemoryError):
        replay(cup)
    replay(cup)
    assert Match.objects.count() == 8
    assert TournamentParticipant.objects.count() == SourceName.objects.filter(kind="PLAYER").count() == 8
    told = Counter(EventLog.objects.values_list("event_type", flat=True))
    assert (told["tournament_match_completed"], told["match_won"]) == (32, 16)
    assert told["user_joined_team"] == told["tournament_completed"] == 8
    assert all(finding.drift == 0 for finding in verify())


def test_malformed_rows_are_counted_and_the_rest_is_played(cup):
    path = cup / "2019-05-01-cup.csv"
    lines = path.read_text().splitlines(keepends=True)
    lines[1] = lines[1].replace(",10,", ",ten,")
    path.write_text("".join(lines))
    summary, errors = replay(cup)
    assert summary["skipped_rows"] == 1
    assert summary["malformed"][0]["line"] == 2
    assert "2019-05-01-cup.csv:2: kills 'ten'" in errors
    assert stats_of(user("Ants 0")).kills == 150
    assert summary["tournaments_completed"] == 1


def test_strict_refuses_a_malformed_row_before_anything_is_played(cup):
    path = cup / "2019-05-01-cup.csv"
    path.write_text(path.read_text() + "one,two\n")
    before = counts()
    with pytest.raises(CommandError, match="1 malformed rows; nothing was played") as refusal:
        replay(cup, strict=True)
    assert refusal.value.returncode == 1
    assert counts() == before
    path.write_text(path.read_text().replace("one,two\n", ""))
    assert replay(cup, strict=True)[0]["series_played"] == 8


@pytest.mark.parametrize("content", [None, ""])
def test_no_season_is_one_clear_line(tmp_path, content):
    folder = tmp_path / "season"
    if content is not None:
        folder.mkdir()
    with pytest.raises(CommandError, match=str(folder)):
        replay(folder)


@pytest.mark.parametrize("wrong", [{"speed": "0"}, {"speed": "fast"}, {"limit": "-1"}, {"limit": "1.5"}])
def test_wrong_arguments_are_refused(cup, wrong):
    [(name, value)] = wrong.items()
    with pytest.raises(CommandError, match=name):
        call_command("replay_season", str(cup), f"--{name}={value}")


def test_speed_waits_as_long_as_the_season_did(cup, monkeypatch):
    naps = []
    monkeypatch.setattr(replaying.time, "sleep", naps.append)
    replay(cup, speed=3600.0)
    assert naps == pytest.approx([1.0, 1.0, 5 / 6, 7 / 6, 5 / 6, 8 / 6, 5 / 6], abs=0.2)


def test_transfers_follow_the_line_ups(tmp_path):
    mover = {"Bees": ["Ants 0", "Bees 1", "Bees 2", "Bees 3"]}
    write(tmp_path / "a.csv", series("pool-A-1", "Ants", "Bees", "aa"))
    write(tmp_path / "b.csv", series("pool-A-1", "Bees", "Cats", "aa", after_h=5, players=mover))
    summary, _ = replay(tmp_path)
    assert summary["transfers"] == 1
    teams = {row.name: row.team_id for row in SourceName.objects.filter(kind="TEAM")}
    seated = {name: {row["display_name"] for row in get_team_roster(pk)} for name, pk in teams.items()}
    assert "Ants 0" in seated["Bees"] - seated["Ants"]
    assert len(seated["Bees"]) == 5
    moves = EventLog.objects.filter(user_id=user("Ants 0"), event_type__endswith="_team").order_by("id")
    assert [(move.event_type, move.payload["team_id"]) for move in moves] == [
        ("user_joined_team", teams["Ants"]),
        ("user_left_team", teams["Ants"]),
        ("user_joined_team", teams["Bees"]),
    ]


def test_a_substitute_and_a_change_of_sides_within_an_event(tmp_path):
    first = series("pool-A-1", "Ants", "Bees", "aa")
    substitute = {"Ants": ["Newcomer", "Bees 0", "Ants 2", "Ants 3"], "Bees": ["Bees 1", "Bees 2", "Bees 3"]}
    second = series("pool-A-2", "Ants", "Bees", "aa", after_h=1, players=substitute)
    write(tmp_path / "a.csv", [*first, *second])
    replay(tmp_path)
    assert TournamentParticipant.objects.count() == 9
    assert EventLog.objects.filter(event_type="tournament_registered").count() == 9
    assert TournamentParticipant.objects.get(user=user("Bees 0")).entry.name == "Ants"
    lines = MatchParticipant.objects.filter(user=user("Bees 0")).order_by("match__played_at")
    assert [line.entry.team.name for line in lines] == ["Bees", "Ants"]
    assert all(finding.drift == 0 for finding in verify())


def test_a_renamed_team_is_one_entry_shown_under_both_names(tmp_path):
    crew = ["Ann", "Bob", "Cid", "Dee"]
    rows = series("winners-1-0", "Ants", "Bees", "aa", players={"Ants": crew})
    rows += series("winners-2-0", "New Ants", "Cats", "aa", after_h=1, players={"New Ants": crew})
    write(tmp_path / "a.csv", rows)
    write(tmp_path / "b.csv", series("pool-A-0", "Ants", "Dogs", "bb", after_h=9, players={"Ants": crew}))
    summary, _ = replay(tmp_path)
    assert summary["teams_renamed"] == 1
    entry = TournamentEntry.objects.get(tournament__external_id="a", name="Ants")
    assert (entry.team.name, entry.placement_from) == ("New Ants", 1)
    assert TournamentEntry.objects.filter(tournament__external_id="a").count() == 3
    told = EventLog.objects.get(event_type="team_renamed")
    assert (told.payload["old_name"], told.payload["new_name"]) == ("Ants", "New Ants")
    names = [(card.a.name, card.a.played_as) for card in selectors.matches_of_team(entry.team_id)]
    assert names == [("New Ants", "Ants"), ("New Ants", "New Ants"), ("New Ants", "Ants")]
    before = counts()
    replay(tmp_path)
    assert counts() == before


def test_a_team_is_not_renamed_to_what_another_team_is_called(tmp_path):
    crew = ["Ann", "Bob", "Cid", "Dee"]
    write(tmp_path / "a.csv", series("pool-A-0", "New Ants", "Dogs", "bb"))
    rows = series("winners-1-0", "Ants", "Bees", "aa", after_h=2, players={"Ants": crew})
    later = series("winners-2-0", "New Ants", "Cats", "aa", after_h=3, players={"New Ants": crew})
    write(tmp_path / "b.csv", [*rows, *later])
    replay(tmp_path)
    team_id = SourceName.objects.get(name="Ants").team_id
    assert team_id != SourceName.objects.get(name="New Ants").team_id
    assert {(card.a.name, card.a.played_as) for card in selectors.matches_of_team(team_id)} == {
        ("Ants", "Ants"),
        ("Ants", "New Ants"),
    }


def test_strange_names_get_usernames_and_taken_ones_a_number(tmp_path):
    accounts.sign_up(username="scump")
    crew = ["Scump", "ŻÓŁĆ", "admin", "李", "<b>!", "x" * 64]
    write(tmp_path / "a.csv", series("pool-A-1", "Ants", "Bees", "aa", players={"Ants": crew}))
    replay(tmp_path)
    names = SourceName.objects.filter(kind="PLAYER", name__in=crew)
    assert dict(names.values_list("name", "user__username")) == {
        "Scump": "Scump-2",
        "ŻÓŁĆ": "ZOC",
        "admin": "admin-2",
        "李": "player-1",
        "<b>!": "player-b",
        "x" * 64: "x" * 25,
    }
    assert next(usernames("Zer0")) == "Zer0"


def test_a_level_series_and_one_of_unknown_form_are_matches_without_a_place(tmp_path):
    show = series("show-match", "Ants", "Bees", "aa", after_h=1)
    write(tmp_path / "a.csv", [*series("pool-A-1", "Ants", "Bees", "ab"), *show])
    summary, errors = replay(tmp_path)
    assert (summary["series_level"], summary["series_of_unknown_form"]) == (1, 1)
    assert "ended level, 1:1" in errors
    assert "of no known form" in errors
    assert list(Match.objects.order_by("played_at").values_list("winner__team__name", "stage")) == [
        (None, "POOL"),
        ("Ants", "OTHER"),
    ]
    assert stats_of(user("Ants 0")).matches_won == 1


def test_a_series_that_comes_too_late_is_reported(cup):
    replay(cup)
    with (cup / "2019-05-01-cup.csv").open("a") as file:
        columns = (cup / "2019-05-01-cup.csv").read_text().splitlines()[0].split(",")
        for row in series("show-1", "Ants", "Bees", "aa", after_h=99):
            file.write(",".join(row.get(column, "1") for column in columns) + "\n")
    summary, errors = replay(cup)
    assert "comes too late" in errors
    assert Match.objects.count() == 8
    assert "series_played" not in summary


def test_the_summary_for_people(cup):
    out = StringIO()
    call_command("replay_season", str(cup), stdout=out, stderr=StringIO())
    text = out.getvalue()
    assert "Insect Cup begins with 4 teams" in text
    assert "series played                 8" in text.replace(",", "")


def test_two_replays_at_once_are_refused(cup, monkeypatch):
    monkeypatch.setattr(replaying, "LOCK_WAIT_S", 0)
    monkeypatch.setattr(replaying, "query", lambda sql: False)
    with pytest.raises(CommandError, match="A replay is running"):
        replay(cup)


def test_a_lost_database_is_one_clear_line(cup, monkeypatch):
    def lost(**_):
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(matches, "record", lost)
    with pytest.raises(CommandError, match=r"the database is gone .* started again, it goes on"):
        replay(cup)


def test_what_happens_together_has_one_correlation_id(cup):
    replay(cup, limit=1)
    told = EventLog.objects.values_list("event_type", "correlation_id")
    opening = {request for event, request in told if event in ("profile_created", "user_joined_team")}
    played = {request for event, request in told if event in ("tournament_match_completed", "match_won")}
    assert len(opening) == len(played) == 1
    assert opening != played


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_and_a_later_run_goes_on(cup, monkeypatch, number):
    def interrupted(**_):
        os.kill(os.getpid(), number)

    before = signal.getsignal(number)
    with monkeypatch.context() as patched:
        patched.setattr(registration, "register_team", interrupted)
        with pytest.raises(CommandError, match="stopped") as refusal:
            replay(cup)
    assert refusal.value.returncode == 130
    assert signal.getsignal(number) is before
    assert not Tournament.objects.exists()
    assert replay(cup)[0]["series_played"] == 8
