"""Signing up, in and out on our own pages."""

import re

import pytest
from django.test import Client

from apps.user_profile.models import User
from apps.user_profile.services import accounts
from apps.web.tests.snatching import snatch

pytestmark = pytest.mark.django_db
PASSWORD = "correct-horse-battery"


@pytest.fixture
def user() -> User:
    return accounts.sign_up(username="Ada", password=PASSWORD, display_name="Ada Lovelace")


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"])
def test_forms_have_one_heading_and_labelled_fields(client: Client, path: str) -> None:
    html = client.get(path).content.decode()
    assert html.count("<h1") == 1
    assert html.count("<label") == len(re.findall(r'class="field[ "]', html)) > 0


def test_signing_up_makes_a_player_who_has_a_page(client: Client) -> None:
    form = {"username": "Grace", "password1": PASSWORD, "password2": PASSWORD}
    answer = client.post("/accounts/signup/", form)
    assert answer.status_code == 302
    page = client.get("/@Grace/")
    assert page.status_code == 200
    assert b"DC-" in page.content


def test_a_name_that_somebody_takes_at_the_same_moment_is_an_error_of_the_form(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    snatch(monkeypatch, "GRACE")
    form = {"username": "Grace", "email": "g@example.org", "password1": PASSWORD, "password2": PASSWORD}
    answer = client.post("/accounts/signup/", form)
    page = answer.content.decode()
    assert (answer.status_code, "already exists" in page) == (200, True)
    assert 'value="g@example.org"' in page
    assert [user.username for user in User.objects.all()] == ["GRACE"]
    assert "_auth_user_id" not in client.session


def test_errors_stand_beside_the_form(client: Client, user: User) -> None:
    html = client.post("/accounts/login/", {"login": "Ada", "password": "wrong"}).content.decode()
    assert 'role="alert"' in html


def test_the_header_knows_who_is_signed_in(client: Client, user: User) -> None:
    assert "/accounts/login/" in client.get("/").content.decode()
    client.post("/accounts/login/", {"login": "ada", "password": PASSWORD})
    html = client.get("/").content.decode()
    assert "Ada Lovelace" in html
    assert 'action="/accounts/logout/"' in html


def test_signing_out(client: Client, user: User) -> None:
    client.force_login(user)
    assert "<h1>" in client.get("/accounts/logout/").content.decode()
    assert client.post("/accounts/logout/").status_code == 302
    assert "/accounts/login/" in client.get("/").content.decode()


def test_account_pages_wear_our_clothes(client: Client, user: User) -> None:
    client.force_login(user)
    for path in ("/accounts/email/", "/accounts/password/change/"):
        html = client.get(path).content.decode()
        assert 'class="site-header"' in html
        assert "settings__card" in html
