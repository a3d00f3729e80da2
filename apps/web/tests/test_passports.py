"""The pages of one's own passports, and the cards on the profile."""

import pytest
from django.test import Client

from apps.user_profile.models import GameProfile, User
from apps.user_profile.services import passports
from apps.user_profile.testing import create_user
from apps.web.tests.pages import at_most, html_of, text_of

pytestmark = pytest.mark.django_db

PAGE = "/settings/passports/"
QUERIES_MAX = 7  # session, user, card, unread; passports, games, aliases
GOOD = {"ign": "Ada#EUW", "current_rank": "Radiant", "visibility": "public"}


@pytest.fixture
def ada(client: Client) -> User:
    user = create_user("ada")
    client.force_login(user)
    return user


def test_added_changed_arranged_and_deleted(client: Client, ada: User) -> None:
    assert "No passport yet" in text_of(client, PAGE)
    assert "name#TAG" in text_of(client, f"{PAGE}valorant/")
    assert client.post(f"{PAGE}valorant/", GOOD).headers["Location"] == PAGE
    assert "VALORANT Ada#EUW Rank Radiant" in text_of(client, PAGE)
    client.post(f"{PAGE}valorant/", {**GOOD, "ign": "Ada Two#EUW", "is_lft": "on"})
    assert "VALORANT Looking for a team Ada Two#EUW Rank Radiant" in text_of(client, "/@ada/")
    assert "Names before Ada#EUW" in text_of(client, f"{PAGE}valorant/")
    passports.add(user_id=ada.pk, game_id=1, ign="Ada")
    for act in ("down", "pin", "up"):
        assert client.post(f"{PAGE}call-of-duty/place/", {"act": act}).headers["Location"] == PAGE
    html = html_of(client, PAGE)
    assert html.index("Ada</p>") < html.index("Ada Two#EUW</p>")
    with at_most(QUERIES_MAX, PAGE):
        client.get(PAGE)
    with at_most(QUERIES_MAX, f"{PAGE}valorant/"):
        client.get(f"{PAGE}valorant/")
    assert "only after 90 days" in text_of(client, f"{PAGE}valorant/deletion/")
    assert GameProfile.objects.count() == 2
    answer = client.post(f"{PAGE}valorant/deletion/", follow=True)
    assert "passport is deleted" in answer.content.decode()
    answer = client.post(f"{PAGE}valorant/", GOOD)
    assert "You can add a new one from" in answer.content.decode()
    assert list(GameProfile.objects.values_list("ign", flat=True)) == ["Ada"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"ign": ""}, "This field is required"),
        ({"ign": "no tag"}, "VALORANT needs a Riot ID"),
        ({"ign": "bеlа#euw"}, "Another player has this identity already"),  # noqa: RUF001
        ({"ign": "Bela\u200b#EUW"}, "Remove the invisible character U+200B"),
        ({"ign": "\u202eBela#EUW"}, "Remove the invisible character U+202E"),
        ({"ign": "a\0b#EUW"}, "Null characters are not allowed"),
        ({"ign": "x" * 100_000}, "at most 64 characters"),
        ({"current_rank": "Emperor"}, "Select a valid choice"),
        ({"visibility": "friends"}, "Select a valid choice"),
    ],
    ids=range(9),
)
def test_what_is_refused_says_why(client: Client, ada: User, given: dict[str, str], words: str) -> None:
    passports.add(user_id=create_user().pk, game_id=2, ign="Bela#EUW")
    answer = client.post(f"{PAGE}valorant/", {**GOOD, **given})
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert not GameProfile.objects.filter(user=ada).exists()


def test_ten_megabytes_are_too_much(client: Client, ada: User) -> None:
    assert client.post(f"{PAGE}valorant/", {**GOOD, "ign": "x" * 10_000_000}).status_code in (400, 413)


def test_what_is_not_there(client: Client, ada: User) -> None:
    for path in (f"{PAGE}chess/", f"{PAGE}valorant/deletion/"):
        assert client.get(path).status_code == 404
    assert client.post(f"{PAGE}valorant/place/", {"act": "sideways"}).status_code == 404
    answer = client.post(f"{PAGE}valorant/place/", {"act": "up"}, follow=True)
    assert "Add one first" in answer.content.decode()
    client.logout()
    assert client.get(PAGE).headers["Location"].startswith("/accounts/login/")


def test_a_private_one_is_nowhere(client: Client, ada: User) -> None:
    passports.add(user_id=ada.pk, game_id=2, ign="Hidden#EUW", visibility="private")
    assert "Hidden#EUW" in text_of(client, "/@ada/")
    client.logout()
    assert "VALORANT" not in text_of(client, "/@ada/")
    assert client.get("/api/v1/profiles/@ada/").json()["game_passports"] == []


def test_its_player_reads_that_the_game_confirmed_it(client: Client, ada: User) -> None:
    passport = passports.add(user_id=ada.pk, game_id=2, ign="Ada#EUW")
    assert "Confirmed by the game" not in text_of(client, PAGE)
    passport.confirm(provider_id="puuid-of-ada", ign="Ada#EUW")
    assert "Confirmed by the game" in text_of(client, PAGE)
    assert "The game has confirmed this name" in text_of(client, f"{PAGE}valorant/")
    assert "onfirmed" not in text_of(client, "/@ada/")
    assert "puuid" not in html_of(client, PAGE) + html_of(client, f"{PAGE}valorant/")
    client.post(f"{PAGE}valorant/", {**GOOD, "provider_id": "mine"})
    assert GameProfile.objects.get().provider_id == "puuid-of-ada"
