"""Streams over a real connection: the first state, each later one, and what happens when things go away."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import signing
from django.db import connection

from apps.events import stream as events
from apps.events.testing import deliver_all
from apps.games.models import Game
from apps.live import tokens
from apps.live.hub import subjects_of
from apps.live.testing import Server, live_server
from apps.tournaments.models import Tournament
from apps.tournaments.signals import tournament_registered
from apps.user_profile.services import accounts, follows
from apps.web.tests.season import Season

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def season() -> Season:
    played = Season().play()
    deliver_all()
    return played


@pytest.fixture
def server(transactional_db: None) -> Iterator[Server]:
    with live_server(LIVE_ORIGINS="http://site.example") as one:
        yield one


def running() -> Tournament:
    return Tournament.objects.filter(status="LIVE").order_by("id")[0]


def change(tournament: Tournament) -> None:
    """Change what the page shows, and say something about the tournament, as a service would."""
    player = accounts.sign_up(username=f"late{time.monotonic_ns()}")
    Tournament.objects.filter(pk=tournament.pk).update(name=f"Cup of {player.username}")
    tournament_registered.send(
        None, user_id=player.pk, tournament_id=tournament.pk, game_id=tournament.game_id
    )
    deliver_all()


def test_a_stream(season: Season, server: Server) -> None:
    tournament = running()
    token = tokens.issue("tournament", str(tournament.pk), None)
    stream = server.stream(token)
    first = stream.next()
    assert first.event == "snapshot"
    change(tournament)
    second = stream.next()
    assert (second.event, second.id > first.id) == ("state", True)
    assert second.data != first.data
    # Who comes later gets the same.
    assert server.stream(token).next().data == second.data
    # The database goes away and comes back.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )
    change(tournament)
    assert stream.next().data != second.data


def test_what_is_gone_ends_the_stream(server: Server) -> None:
    game = Game.objects.get(slug="valorant")
    tournament = Tournament.objects.create(name="Never", slug="never", game=game, status="LIVE")
    stream = server.stream(tokens.issue("tournament", str(tournament.pk), None))
    assert stream.next().event == "snapshot"
    pk = tournament.pk
    tournament.delete()
    player = accounts.sign_up(username="late")
    tournament_registered.send(None, user_id=player.pk, tournament_id=pk, game_id=game.pk)
    deliver_all()
    assert stream.next().event == "gone"
    with pytest.raises(EOFError):
        stream.next()


def test_requests(server: Server, monkeypatch: Any) -> None:
    past = time.time() - tokens.MAX_AGE_S - 5
    with monkeypatch.context() as patch:
        patch.setattr("django.core.signing.time.time", lambda: past)
        old = tokens.issue("tournament", "1", None)
    for token in (
        "nonsense",
        "%00",
        "a" * 5000,
        signing.dumps(["tournament", "1", None], salt="another"),
        signing.dumps(["nobody", "1", None], salt=tokens.SALT),
        signing.dumps({"tournament": 1}, salt=tokens.SALT),
        old,
    ):
        assert server.get(f"/live/{token}/").status == 401, token
    nobody = "/live/" + tokens.issue("tournament", "999999", None) + "/"
    ours = server.get(nobody, Origin="http://site.example")
    assert ours.status == 404
    assert ours.headers["access-control-allow-origin"] == "http://site.example"
    assert "access-control-allow-origin" not in server.get(nobody, Origin="http://evil.example").headers
    assert server.get("/elsewhere/").status == 404


def test_whom_an_event_is_about() -> None:
    one, two = (accounts.sign_up(username=name) for name in ("one", "two"))
    follows.follow(follower_id=one.pk, followed_id=two.pk)
    deliver_all()
    [entry] = [each for each in events.tail(after=0, upto=100) if each.type == "user_followed"]
    assert {f"user:{one.pk}", f"user:{two.pk}"} <= subjects_of(entry)
