"""The pages before anything has happened, and addresses of what is not there."""

import pytest
from django.test import Client

from apps.teams.services import roster
from apps.user_profile.services import accounts
from apps.web.tests.pages import text_of

pytestmark = pytest.mark.django_db
COMMAND = "./dev manage replay_season data/cwl-2018"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (
            "/",
            (COMMAND, "No tournaments yet", "No results yet", "Nobody has won yet", "Nobody is in form yet"),
        ),
        ("/teams/", ("No teams yet",)),
        ("/tournaments/", (COMMAND, "No tournaments yet")),
    ],
)
def test_nothing_yet(client: Client, path: str, said: tuple[str, ...]) -> None:
    page = text_of(client, path)
    for words in said:
        assert words in page


def test_a_new_player(client: Client) -> None:
    accounts.sign_up(username="fresh")
    page = text_of(client, "/@fresh/")
    for words in ("No matches yet", "Find a tournament", "No team yet", "Joined DeltaCrown"):
        assert words in page


def test_a_new_team(client: Client) -> None:
    roster.create_team(name="Only Us")
    page = text_of(client, "/teams/only-us/")
    for words in ("Nobody on the roster", "No matches yet", "No tournaments yet"):
        assert words in page


@pytest.mark.parametrize(
    "path",
    [
        "/@nobody/",
        "/@a%00b/",
        "/@%F0%9F%91%91/",
        f"/@{'x' * 300}/",
        "/teams/nope/",
        "/tournaments/nope/",
        "/crests/0123456789abcdef/ABCDEF.svg",
    ],
)
def test_nobody_there(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/avatars/0123456789abcdef.svg", "/crests/0123456789abcdef/OG.svg"])
def test_generated_pictures_are_kept_for_ever(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert "immutable" in answer.headers["Cache-Control"]
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert answer.content == client.get(path).content
