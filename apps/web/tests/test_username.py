"""The page on which a player changes his username, and the links to what he was called."""

import pytest
from django.test import Client

from apps.user_profile.models import User
from apps.user_profile.services import usernames
from apps.user_profile.testing import create_user
from apps.web.tests.pages import at_most, html_of, text_of

pytestmark = pytest.mark.django_db
PATH = "/settings/username/"
QUERIES_MAX = 6


@pytest.fixture
def user(client: Client) -> User:
    made = create_user("Ada")
    client.force_login(made)
    return made


def test_it_is_for_the_signed_in(client: Client) -> None:
    assert client.get(PATH).status_code == 302


def test_a_new_name_and_what_stays_of_the_old_one(client: Client, user: User) -> None:
    assert "You sign in as Ada" in text_of(client, PATH)
    answer = client.post(PATH, {"username": "Grace"}, follow=True)
    page = answer.content.decode()
    assert "You have a new username." in page
    assert "@Ada" in page
    assert "You can choose another one from" in page
    for old in ("/@Ada/", "/@ada/"):
        moved = client.get(old)
        assert (moved.status_code, moved.headers["Location"]) == (302, "/@Grace/")
    assert '<link rel="canonical" href="http://testserver/@Grace/"' in html_of(client, "/@Grace/")
    with at_most(QUERIES_MAX, PATH):
        client.get(PATH)


def test_an_old_name_does_not_give_away_a_hidden_player(client: Client, user: User) -> None:
    usernames.rename(user_id=user.pk, username="Grace")
    User.objects.filter(pk=user.pk).update(is_active=False)
    client.logout()
    assert client.get("/@Ada/").status_code == 404


def test_nobody_signs_up_with_a_name_that_somebody_had(client: Client, user: User) -> None:
    usernames.rename(user_id=user.pk, username="Grace")
    client.logout()
    form = {"username": "ADA", "password1": "correct-horse-battery", "password2": "correct-horse-battery"}
    answer = client.post("/accounts/signup/", form)
    assert "This username is taken." in answer.content.decode()
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "This field is required."),
        ("x" * 31, "at most 30 characters"),
        ("\u0410\u0434\u0430", "A username has 2 to 30 characters"),
        ("ada\u200b", "A username has 2 to 30 characters"),
        ("\u202eada", "A username has 2 to 30 characters"),
        ("a\0b", "Null characters are not allowed."),
        ("admin", "This username is reserved."),
        ("bela", "This username is taken."),
    ],
)
def test_what_cannot_be_is_said_beside_the_field(client: Client, user: User, name: str, said: str) -> None:
    create_user("bela")
    answer = client.post(PATH, {"username": name})
    html = answer.content.decode()
    assert answer.status_code == 200
    assert said in html
    assert 'aria-invalid="true"' in html
    assert User.objects.get(pk=user.pk).username == "Ada"
