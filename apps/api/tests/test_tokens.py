"""Personal tokens."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from apps.api.models import ApiToken
from apps.api.scopes import Scope
from apps.api.services import tokens
from apps.api.testing import assert_problem, client_of
from apps.user_profile.models import User
from apps.user_profile.testing import create_user

pytestmark = pytest.mark.django_db

MINE = "/api/v1/me/passports/"


def asking(secret: str, scheme: str = "Bearer") -> Client:
    return Client(headers={"Authorization": f"{scheme} {secret}"})


@pytest.fixture
def user() -> User:
    return create_user()


def test_the_secret_is_nowhere(user: User) -> None:
    token, secret = tokens.create(user_id=user.pk, name=" my script ", scopes=["read", "read"])
    assert secret.startswith("dct_")
    assert len(secret) == 50
    row = ApiToken.objects.values().get()
    assert secret not in str(row)
    assert (row["name"], row["prefix"], row["scopes"]) == ("my script", secret[:8], ["read"])
    assert asking(secret).get(MINE).status_code == 200
    assert asking(secret, "bearer").get(MINE).status_code == 200
    assert str(token) == f"my script ({secret[:8]}...)"


@pytest.mark.parametrize(
    ("name", "scopes", "field"),
    [
        ("", ["read"], "name"),
        ("x" * 61, ["read"], "name"),
        ("a\0b", ["read"], "name"),
        ("x", [], "scopes"),
        ("x", ["everything"], "scopes"),
    ],
)
def test_what_cannot_be_a_token(user: User, name: str, scopes: list[str], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        tokens.create(user_id=user.pk, name=name, scopes=scopes)
    assert field in refused.value.message_dict
    assert not ApiToken.objects.exists()


def test_there_is_an_end_to_tokens(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "TOKENS_MAX", 2)
    made = [tokens.create(user_id=user.pk, name="x", scopes=["read"])[0] for _ in range(2)]
    with pytest.raises(ValidationError, match="Revoke one first"):
        tokens.create(user_id=user.pk, name="x", scopes=["read"])
    tokens.revoke(user_id=user.pk, token_id=made[0].pk)
    tokens.create(user_id=user.pk, name="x", scopes=["read"])


def test_a_revoked_one_ends_at_once(user: User) -> None:
    token, secret = tokens.create(user_id=user.pk, name="x", scopes=["read"])
    assert not tokens.revoke(user_id=create_user().pk, token_id=token.pk)
    assert asking(secret).get(MINE).status_code == 200
    assert tokens.revoke(user_id=user.pk, token_id=token.pk)
    answer = asking(secret).get(MINE)
    assert_problem(answer, 401, "unauthorized")
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    assert not tokens.revoke(user_id=user.pk, token_id=token.pk)


def test_of_somebody_who_is_gone(user: User) -> None:
    client = client_of(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert_problem(client.get("/api/v1/games/"), 401, "unauthorized")


def test_nothing_else_is_a_token(user: User, django_assert_num_queries: Any) -> None:
    _, secret = tokens.create(user_id=user.pk, name="x", scopes=["read"])
    wrong = [
        "",
        "x",
        "dct_",
        secret[:-1],
        secret + "0",
        secret.lower(),
        secret[:-1] + "~",
        "\N{SNOWMAN}" * 50,
    ]
    for text in wrong:
        with django_assert_num_queries(0):
            assert tokens.holder(text) is None
    assert tokens.holder(tokens.new_secret()) is None
    for header in ("", "Bearer", f"Basic {secret}", secret, f"Bearer {secret} {secret}", "Bearer a\0b"):
        answer = Client(headers={"Authorization": header}).get("/api/v1/games/")
        assert_problem(answer, 401, "unauthorized")


def test_it_is_one_query_and_says_when_it_was_used(user: User, django_assert_num_queries: Any) -> None:
    token, secret = tokens.create(user_id=user.pk, name="x", scopes=["read"])
    with django_assert_num_queries(1):
        found = tokens.holder(secret)
    assert (found.pk, found.username, found.token_id) == (user.pk, user.username, token.pk)
    token.refresh_from_db()
    assert token.last_used_at
    for long_ago, moves in ((30, False), (61, True)):
        before = timezone.now() - timedelta(seconds=long_ago)
        ApiToken.objects.update(last_used_at=before)
        tokens.holder(secret)
        token.refresh_from_db()
        assert (token.last_used_at != before) is moves


def test_without_a_token(client: Client) -> None:
    answer = client.get(MINE)
    assert_problem(answer, 401, "unauthorized")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_scopes(user: User) -> None:
    reader, writer = client_of(user, [Scope.READ]), client_of(user, [Scope.PROFILE_WRITE])
    answer = writer.get("/api/v1/games/")
    assert "read" in assert_problem(answer, 403, "insufficient-scope")["detail"]
    answer = reader.post(MINE, {"game": "valorant", "ign": "Ada#EUW"}, content_type="application/json")
    assert "profile:write" in assert_problem(answer, 403, "insufficient-scope")["detail"]
    assert 'scope="profile:write"' in answer.headers["WWW-Authenticate"]
    answer = writer.post(MINE, {"game": "valorant", "ign": "Ada#EUW"}, content_type="application/json")
    assert answer.status_code == 201


class TestSessions:
    def test_read_as_oneself_and_write_nothing(self, client: Client, user: User) -> None:
        client.force_login(user)
        assert client.get(MINE).json() == []
        assert client.get("/api/v1/games/").headers["RateLimit-Policy"].startswith('"user"')
        answer = client.post(MINE, {"game": "valorant", "ign": "Ada#EUW"}, content_type="application/json")
        assert_problem(answer, 401, "unauthorized")

    @pytest.mark.parametrize("cookie", ["", "nonsense", "a\0b", "x" * 3000])
    def test_a_forged_one_is_nobody(self, client: Client, cookie: str) -> None:
        client.cookies["sessionid"] = cookie
        assert client.get("/api/v1/games/").headers["RateLimit-Policy"].startswith('"anonymous"')
        assert_problem(client.get(MINE), 401, "unauthorized")
