"""The page of one's tokens."""

import re
from typing import Any

import pytest
from django.test import Client

from apps.api.models import ApiToken
from apps.api.services import tokens
from apps.user_profile.testing import create_user
from apps.web.tests.test_pages import VIEWER_QUERIES

pytestmark = pytest.mark.django_db

PAGE = "/settings/tokens/"


@pytest.fixture
def signed_in(client: Client) -> Client:
    client.force_login(create_user("Ada"))
    return client


def test_only_for_those_who_are_signed_in(client: Client) -> None:
    for path in (PAGE, f"{PAGE}1/revocation/"):
        assert client.get(path).headers["Location"].startswith("/accounts/login/")


def test_the_secret_is_shown_once_and_works(signed_in: Client) -> None:
    answer = signed_in.post(PAGE, {"name": "my overlay", "read": "on"})
    html = answer.content.decode()
    [secret] = re.findall(r"<code>(dct_\w{46})</code>", html)
    assert "no-store" in answer.headers["Cache-Control"]
    assert Client(headers={"Authorization": f"Bearer {secret}"}).get("/api/v1/me/passports/").json() == []
    again = signed_in.get(PAGE).content.decode()
    assert secret not in again
    assert "my overlay" in again
    assert f"{secret[:8]}…" in again
    assert "last used" in again


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"name": "", "read": "on"}, "This field is required"),
        ({"name": "x"}, "Choose at least one thing"),
        ({"name": "x" * 61, "read": "on"}, "at most 60 characters"),
        ({"name": "a\0b", "read": "on"}, "Null characters are not allowed"),
    ],
)
def test_what_cannot_be_made_is_said(signed_in: Client, data: Any, words: str) -> None:
    answer = signed_in.post(PAGE, data)
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert not ApiToken.objects.exists()


def test_too_many_are_refused_on_the_page(signed_in: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "TOKENS_MAX", 0)
    assert "Revoke one first" in signed_in.post(PAGE, {"name": "x", "read": "on"}).content.decode()


def test_revoking(signed_in: Client) -> None:
    signed_in.post(PAGE, {"name": "my overlay", "read": "on"})
    token = ApiToken.objects.get()
    stranger = Client()
    stranger.force_login(create_user())
    assert stranger.post(f"{PAGE}{token.pk}/revocation/").status_code == 404
    answer = signed_in.post(f"{PAGE}{token.pk}/revocation/", follow=True)
    html = answer.content.decode()
    assert "The token is revoked" in html
    assert "No token yet" in html


def test_queries(signed_in: Client, django_assert_max_num_queries: Any) -> None:
    for number in range(3):
        signed_in.post(PAGE, {"name": f"token {number}", "read": "on"})
    with django_assert_max_num_queries(VIEWER_QUERIES + 1):
        signed_in.get(PAGE)
