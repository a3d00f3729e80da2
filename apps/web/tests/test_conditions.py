"""Places, conditions and times of a tournament, by the form of who runs it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.tournaments.models import Tournament
from apps.tournaments.services import registration, tournaments
from apps.user_profile.services import passports
from apps.user_profile.testing import create_user
from apps.web.tests.pages import at_most

pytestmark = pytest.mark.django_db
PATH = "/tournaments/cup/desk/conditions/"
QUERIES_MAX = 5  # session, user, tournament; unread; the game
VALORANT = 2
SAME = {"entrants": "ANY", "report_minutes": "30"}


@pytest.fixture
def desk() -> Client:
    """Return the browser of somebody who runs a cup."""
    olga = create_user("olga")
    tournaments.create(name="Cup", game_id=VALORANT, organiser_id=olga.pk)
    client = Client()
    client.force_login(olga)
    return client


def cup() -> Tournament:
    return Tournament.objects.get(slug="cup")


def send(desk: Client, **given: Any) -> str:
    return desk.post(PATH, {**SAME, **given}, follow=True).content.decode()


def minute(hours: int) -> str:
    return (timezone.now() + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M")


def test_it_is_for_who_runs_the_tournament(desk: Client) -> None:
    ann = Client()
    assert ann.get(PATH).status_code == 302
    ann.force_login(create_user("ann"))
    assert ann.get(PATH).status_code == 404
    assert ann.post(PATH, SAME).status_code == 404
    assert f'href="{PATH}"' in desk.get("/tournaments/cup/desk/").content.decode()
    desk.get(PATH)
    with at_most(QUERIES_MAX, PATH):
        assert "Nobody has registered yet." in desk.get(PATH).content.decode()


def test_all_of_it_is_set_and_shown_again(desk: Client) -> None:
    game = cup().game
    given = {
        "capacity": "8", "approval": "on", "squad_min": "2", "squad_max": "5", "regions": game.regions[:2],
        "rank_min": game.ranks[0], "rank_max": game.ranks[-1], "closes_at": minute(1),
        "check_in_opens_at": minute(2), "check_in_closes_at": minute(3), "city": "Pécs",
    }  # fmt: skip
    page = send(desk, **given)
    assert "Changed." in page
    row = cup()
    assert (row.capacity, row.approval, row.squad_max, row.city) == (8, True, 5, "Pécs")
    assert (row.regions, row.rank_max) == (game.regions[:2], game.ranks[-1])
    assert row.check_in_closes_at - row.check_in_opens_at == timedelta(hours=1)
    html = desk.get(PATH).content.decode()
    assert f'value="{given["check_in_closes_at"]}"' in html
    assert len(re.findall(r"<input[^>]* checked", html)) == 3
    send(desk, city="Pécs")
    assert (cup().capacity, cup().regions, cup().check_in_opens_at, cup().city) == (None, [], None, "Pécs")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"capacity": "0"}, "greater than or equal to 1"),
        ({"capacity": "x"}, "Enter a whole number"),
        ({"squad_min": "5", "squad_max": "2"}, "at most as many players as it may have"),
        ({"regions": ["Atlantis"]}, "Atlantis"),
        ({"rank_min": "Wood"}, "Wood"),
        ({"check_in_opens_at": minute(1)}, "Check-in needs a time to open"),
        ({"check_in_opens_at": minute(-3), "check_in_closes_at": minute(-2)}, "would be out at once"),
        ({"closes_at": "soon"}, "Enter a valid date/time"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(desk: Client, given: dict[str, Any], said: str) -> None:
    before = Tournament.objects.values().get()
    assert said in send(desk, **given)
    assert Tournament.objects.values().get() == before


def test_who_is_registered_stays_and_who_waits_gets_a_place(desk: Client) -> None:
    send(desk, capacity="1")
    for name in ("ann", "bea"):
        user = create_user(name)
        passports.add(user_id=user.pk, game_id=VALORANT, ign=f"{name}#EUW1")
        registration.register_player(tournament_id=cup().pk, user_id=user.pk)
    assert "1 are registered, 1 wait." in desk.get(PATH).content.decode()
    send(desk, capacity="2")
    send(desk, capacity="1")
    assert list(cup().entries.values_list("status", flat=True)) == ["CONFIRMED", "CONFIRMED"]
    assert cup().actions.filter(kind="CONFIGURED").count() == 3


def test_once_it_has_begun_nothing_changes(desk: Client) -> None:
    tournaments.start(tournament_id=cup().pk)
    html = desk.get(PATH).content.decode()
    assert "has begun" in html
    assert '<fieldset class="form form--pairs" disabled>' in html
    assert "cannot become or be treated as upcoming" in send(desk, capacity="3")
    assert cup().capacity is None
