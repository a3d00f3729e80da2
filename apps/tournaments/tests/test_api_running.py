"""A tournament that is run by API clients from its announcement to its end."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from apps.api.testing import assert_problem, client_of
from apps.events.testing import deliver_all
from apps.teams.services import roster
from apps.tournaments.models import Match, Tournament, TournamentEntry
from apps.user_profile.models import User
from apps.user_profile.services import passports, profiles
from apps.user_profile.testing import create_user

pytestmark = pytest.mark.django_db
V1 = "/api/v1/tournaments/"
CUP = f"{V1}cup/"
NAMES = ("ann", "bea", "cat", "dot")


def send(client: Client, path: str, data: Any = None, method: str = "post") -> Any:
    return getattr(client, method)(path, json.dumps(data or {}), content_type="application/json")


def done(client: Client, path: str, data: Any = None, method: str = "post") -> Any:
    answer = send(client, path, data, method)
    assert answer.status_code in (200, 201), answer.content
    return answer.json()


def player(name: str) -> User:
    user = create_user(name)
    passports.add(user_id=user.pk, game_id=1, ign=f"{name}_x")
    return user


@pytest.fixture
def olga() -> User:
    user = create_user("olga")
    user.user_permissions.add(Permission.objects.get(codename="add_tournament"))
    return user


@pytest.fixture
def desk(olga: User) -> Client:
    """Return the client of somebody who has announced a cup."""
    client = client_of(olga)
    done(client, V1, {"name": "Cup", "game": "call-of-duty", "starts_at": "2026-12-01T18:00:00+06:00"})
    return client


@pytest.fixture
def entries(desk: Client) -> dict[str, int]:
    """Return the entries of four who have entered by themselves."""
    return {name: done(client_of(player(name)), f"{CUP}entries/")["id"] for name in NAMES}


@pytest.fixture
def drawn(desk: Client, entries: dict[str, int]) -> Client:
    """Return the client of the desk once a double elimination is drawn."""
    done(desk, f"{CUP}phases/", {"format": "DOUBLE_ELIMINATION", "settings": {"best_of": 3}})
    done(desk, f"{CUP}start/")
    done(desk, f"{CUP}phases/1/seeds/", {"entries": list(entries.values())}, "put")
    assert done(desk, f"{CUP}phases/1/start/")["status"] == "LIVE"
    return desk


def waiting(client: Client) -> list[Any]:
    items: list[Any] = client.get(f"{CUP}schedule/?limit=100").json()["items"]
    upcoming = [match for match in items if match["state"] == "UPCOMING"]
    assert client.get(f"{CUP}schedule/?limit=100&state=UPCOMING").json()["items"] == upcoming
    return upcoming


def play_on(client: Client) -> None:
    """Let the earlier entry win all that is left."""
    while matches := waiting(client):
        for match in matches:
            first = match["a"]["entry"] < match["b"]["entry"]
            score = {"score_a": 2 * first, "score_b": 2 * (not first)}
            done(client, f"{CUP}matches/{match['id']}/result/", score)


def standings(client: Client) -> list[tuple[int, str]]:
    rows = client.get(CUP).json()["standings"]
    return [(row["place_from"], row["name"]) for row in rows]


def test_a_whole_double_elimination(drawn: Client) -> None:
    play_on(drawn)
    assert done(drawn, f"{CUP}completion/")["status"] == "COMPLETED"
    assert standings(drawn) == [(1, "ann"), (2, "bea"), (3, "cat"), (4, "dot")]
    played = drawn.get(f"{CUP}matches/").json()["items"]
    assert len(played) == 6
    assert {side["username"] for match in played for side in (match["a"], match["b"])} == set(NAMES)
    own = drawn.get("/api/v1/profiles/@ann/matches/").json()["items"]
    assert [line["won"] for line in own] == [True, True, True]
    deliver_all()
    assert User.objects.get(username="ann").stats.matches_won == 3


def test_a_result_is_corrected_and_the_correction_undone(drawn: Client) -> None:
    play_on(drawn)
    done(drawn, f"{CUP}completion/")
    final = Match.objects.get(stage="GRAND_FINAL", number=0)
    path = f"{CUP}matches/{final.pk}/corrections/"
    other = {"score_a": final.score_b, "score_b": final.score_a}
    seen = done(drawn, f"{path}preview/", other)
    assert seen["reopens"]
    assert final.pk in seen["matches"]
    assert Tournament.objects.get(slug="cup").status == "COMPLETED"
    made = done(drawn, path, {**other, "reason": "The sides were mixed up."})
    assert len(waiting(drawn)) == 1
    undone = done(drawn, f"{path}{made['id']}/undo/")
    assert undone["undoes"] == made["id"]
    done(drawn, f"{CUP}completion/")
    assert standings(drawn)[0] == (1, "ann")
    assert_problem(send(drawn, f"{path}{made['id']}/undo/"), 422, "invalid-values")
    assert_problem(send(drawn, f"{path}0/undo/"), 404, "not-found")


def test_forfeits_and_who_withdraws(drawn: Client, entries: dict[str, int]) -> None:
    match = waiting(drawn)[0]
    forfeited = done(drawn, f"{CUP}matches/{match['id']}/forfeit/", {"entry": match["b"]["entry"]})
    assert (forfeited["state"], forfeited["a"]["won"]) == ("WALKOVER", True)
    bea = client_of(User.objects.get(username="bea"))
    assert_problem(send(bea, f"{CUP}entries/{entries['ann']}/withdrawal/"), 403, "not-yours")
    assert done(bea, f"{CUP}entries/{entries['bea']}/withdrawal/")["left"] == "WITHDRAWN"
    assert_problem(send(bea, f"{CUP}entries/{entries['bea']}/withdrawal/"), 422, "invalid-values")
    assert_problem(send(bea, f"{CUP}entries/0/withdrawal/"), 404, "not-found")
    play_on(drawn)
    done(drawn, f"{CUP}completion/")
    assert standings(drawn)[0] == (1, "ann")


def test_only_who_runs_it_runs_it(drawn: Client) -> None:
    ann = client_of(User.objects.get(username="ann"))
    match = waiting(drawn)[0]["id"]
    for path, data, method in (
        ("start/", {}, "post"),
        ("completion/", {}, "post"),
        ("phases/", {"format": "SWISS"}, "post"),
        ("phases/1/seeds/", {"entries": []}, "put"),
        ("phases/1/start/", {}, "post"),
        (f"matches/{match}/result/", {"score_a": 2, "score_b": 0}, "post"),
        (f"matches/{match}/forfeit/", {}, "post"),
        (f"matches/{match}/corrections/", {"score_a": 2, "score_b": 0, "reason": "x"}, "post"),
        (f"matches/{match}/corrections/preview/", {"score_a": 2, "score_b": 0}, "post"),
        (f"matches/{match}/corrections/1/undo/", {}, "post"),
    ):
        assert_problem(send(ann, CUP + path, data, method), 403, "not-yours")
    assert_problem(send(ann, V1, {"name": "Mine", "game": "call-of-duty"}), 403, "not-yours")
    narrow = client_of(User.objects.get(username="olga"), ["read", "entries:write"])
    assert_problem(send(narrow, f"{CUP}start/"), 403, "insufficient-scope")
    assert_problem(send(Client(), f"{CUP}start/"), 401, "unauthorized")


def test_the_staff_runs_every_tournament(drawn: Client) -> None:
    helper = create_user("helper")
    helper.user_permissions.add(Permission.objects.get(codename="change_tournament"))
    match = waiting(drawn)[0]["id"]
    done(client_of(helper), f"{CUP}matches/{match}/result/", {"score_a": 2, "score_b": 0})


def test_what_cannot_be_is_refused_and_nothing_moves(drawn: Client, entries: dict[str, int]) -> None:
    match, other = (one["id"] for one in waiting(drawn)[:2])
    before = list(Match.objects.order_by("pk").values())
    for path, data, method in (
        (f"matches/{match}/result/", {"score_a": 1, "score_b": 0}, "post"),
        (f"matches/{match}/result/", {"score_a": -1, "score_b": 2}, "post"),
        (f"matches/{match}/result/", {"score_a": 10**30, "score_b": 2}, "post"),
        (f"matches/{match}/result/", {"score_a": "two", "score_b": 2}, "post"),
        (f"matches/{match}/forfeit/", {"entry": 10**30}, "post"),
        (f"matches/{other}/corrections/", {"score_a": 2, "score_b": 0, "reason": "x"}, "post"),
        ("phases/1/seeds/", {"entries": list(entries.values())}, "put"),
        ("phases/", {"format": "CHESS"}, "post"),
        ("phases/", {"format": "SWISS", "settings": {"rounds": -1}}, "post"),
        ("phases/", {"format": "SWISS", "draw_seed": 10**30}, "post"),
        ("entries/", {}, "post"),
        ("entries/", {"team": "no-such-team"}, "post"),
    ):
        assert_problem(send(drawn, CUP + path, data, method), 422, "invalid-values")
    for data in (
        {"name": "Late", "game": "no-such-game"},
        {"name": "Nul \0", "game": "call-of-duty"},
        {"name": "", "game": "call-of-duty"},
        {"name": "Early", "game": "call-of-duty", "starts_at": "0001-01-01T00:00:00+14:00"},
        {"name": "Naive", "game": "call-of-duty", "starts_at": "2026-01-01T00:00:00"},
        {
            "name": "Odd",
            "game": "call-of-duty",
            "starts_at": "2026-02-01T00:00Z",
            "ends_at": "2026-01-01T00:00Z",
        },
    ):
        assert_problem(send(drawn, V1, data), 422, "invalid-values")
    assert list(Match.objects.order_by("pk").values()) == before
    assert Tournament.objects.count() == 1
    for path in (f"matches/{10**30}/result/", "phases/9/start/"):
        assert_problem(send(drawn, CUP + path, {"score_a": 2, "score_b": 0}), 404, "not-found")


def test_a_captain_enters_his_team(desk: Client) -> None:
    users = [player(name) for name in NAMES]
    team = roster.create_team(name="Night Owls", game_id=1)
    for place, user in enumerate(users[:3]):
        roster.join(team_id=team.pk, user_id=user.pk, role="PLAYER" if place else "CAPTAIN")
    captain, member = client_of(users[0]), client_of(users[1])
    assert_problem(send(member, f"{CUP}entries/", {"team": team.slug}), 403, "not-yours")
    stranger = {"team": team.slug, "players": ["ann", "dot"]}
    assert_problem(send(captain, f"{CUP}entries/", stranger), 422, "invalid-values")
    entry = done(captain, f"{CUP}entries/", {"team": team.slug, "players": ["ANN", "bea"]})
    found = TournamentEntry.objects.get(pk=entry["id"])
    assert sorted(found.participants.values_list("user__username", flat=True)) == ["ann", "bea"]
    assert_problem(send(member, f"{CUP}entries/{found.pk}/withdrawal/"), 403, "not-yours")
    assert done(captain, f"{CUP}entries/{found.pk}/withdrawal/")["left"] == "WITHDRAWN"


def test_a_name_of_now_and_who_is_hidden(drawn: Client) -> None:
    ann = User.objects.get(username="ann")
    match = waiting(drawn)[0]
    done(drawn, f"{CUP}matches/{match['id']}/result/", {"score_a": 2, "score_b": 0})
    profiles.rename(user_id=ann.pk, display_name="Annika")
    for path in ("matches/", "schedule/"):
        sides = [match["a"] for match in Client().get(CUP + path).json()["items"]]
        shown = next(side for side in sides if side["username"] == "ann")
        assert shown["name"] == "Annika"
    User.objects.filter(pk=ann.pk).update(is_active=False)
    sides = [match["a"] for match in Client().get(f"{CUP}matches/").json()["items"]]
    assert {side["username"] for side in sides} == {None}
    assert {side["name"] for side in sides} == {"ann"}
