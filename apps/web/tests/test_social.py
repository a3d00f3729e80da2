"""Signing in with Discord, Steam and Twitch, against providers on loopback."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit
from uuid import uuid4

import pytest
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.test import Client
from openid import fetchers

from apps.user_profile.models import User
from apps.user_profile.testing import create_user
from apps.web.tests.pages import html_of
from apps.web.tests.providers import STEAM, STEAM_ID, OpenIdFetcher, Providers, served, session_to
from apps.web.tests.snatching import snatch

pytestmark = pytest.mark.django_db
SIGN_UP = "/accounts/3rdparty/signup/"
APPS = {
    name: {"APPS": [{"client_id": f"{name}-id", "secret": f"{name}-secret"}]}
    for name in ("discord", "steam", "twitch")
}


@pytest.fixture
def providers(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Providers]:
    settings.SOCIALACCOUNT_PROVIDERS = APPS
    with served() as found:
        monkeypatch.setattr(DefaultSocialAccountAdapter, "get_requests_session", lambda _: session_to(found))
        fetchers.setDefaultFetcher(OpenIdFetcher(found), wrap_exceptions=False)
        yield found
        fetchers.setDefaultFetcher(None)


def leave_for(client: Client, provider: str, process: str = "login") -> str:
    """Press the button; return the address at the provider to which it leads."""
    answer = client.post(f"/accounts/{provider}/login/?process={process}")
    assert answer.status_code == 302, answer.content
    return str(answer.headers["Location"])


def come_back(client: Client, provider: str, process: str = "login", **said: str) -> Any:
    """Consent at an OAuth provider, and come back with its word."""
    state = parse_qs(urlsplit(leave_for(client, provider, process)).query)["state"][0]
    query = {"state": state, **(said or {"code": "once"})}
    return client.get(f"/accounts/{provider}/login/callback/?{urlencode(query)}")


def come_back_from_steam(client: Client, claimed: str = f"{STEAM}/id/{STEAM_ID}") -> Any:
    """Consent at Steam, and come back with its signed word."""
    sent = dict(parse_qsl(urlsplit(leave_for(client, "steam")).query))
    said = {
        "openid.ns": "http://specs.openid.net/auth/2.0",
        "openid.mode": "id_res",
        "openid.op_endpoint": f"{STEAM}/login",
        "openid.claimed_id": claimed,
        "openid.identity": claimed,
        "openid.return_to": sent["openid.return_to"],
        "openid.response_nonce": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}{uuid4().hex[:8]}",
        "openid.assoc_handle": "1234567890",
        "openid.signed": "signed,op_endpoint,claimed_id,identity,return_to,response_nonce,assoc_handle",
        "openid.sig": "c2lnbmF0dXJl",
    }
    path = urlsplit(sent["openid.return_to"])
    return client.get(f"{path.path}?{path.query}&{urlencode(said)}")


def arrive(client: Client, provider: str) -> Any:
    return come_back_from_steam(client) if provider == "steam" else come_back(client, provider)


@pytest.mark.parametrize(("provider", "uid"), [("discord", "800"), ("twitch", "900"), ("steam", STEAM_ID)])
def test_a_new_player_chooses_his_username_and_is_known_the_next_time(
    client: Client, providers: Providers, provider: str, uid: str
) -> None:
    answer = arrive(client, provider)
    assert (answer.status_code, answer.headers["Location"]) == (302, SIGN_UP)
    assert html_of(client, SIGN_UP).count("<h1") == 1
    assert not User.objects.exists()
    assert client.post(SIGN_UP, {"username": "Ada"}).status_code == 302
    user = User.objects.get()
    assert (user.username, user.has_usable_password()) == ("Ada", False)
    known = SocialAccount.objects.get()
    assert (known.provider, known.uid, known.user_id) == (provider, uid, user.pk)
    assert not SocialToken.objects.exists(), "nothing is kept that could act for the player elsewhere"
    client.logout()
    answer = arrive(client, provider)
    assert answer.headers["Location"] == "/"
    assert int(client.session["_auth_user_id"]) == user.pk
    assert User.objects.count() == 1


def test_a_name_that_is_taken_is_said_in_the_page(client: Client, providers: Providers) -> None:
    create_user("ada")
    arrive(client, "discord")
    answer = client.post(SIGN_UP, {"username": "Ada"})
    assert answer.status_code == 200
    assert "This username is taken." in answer.content.decode() or "already exists" in answer.content.decode()
    assert User.objects.count() == 1


def test_a_name_that_somebody_takes_at_the_same_moment_is_said_in_the_page(
    client: Client, providers: Providers
) -> None:
    arrive(client, "discord")
    with pytest.MonkeyPatch.context() as patch:
        snatch(patch, "ada")
        answer = client.post(SIGN_UP, {"username": "Ada"})
    assert (answer.status_code, "already exists" in answer.content.decode()) == (200, True)
    assert (User.objects.count(), SocialAccount.objects.count()) == (1, 0)
    assert client.post(SIGN_UP, {"username": "Ada2"}).status_code == 302


def test_nobody_is_let_in_by_an_address_alone(client: Client, providers: Providers) -> None:
    owner = create_user("owner")
    owner.email = "ada@example.org"
    owner.save()
    arrive(client, "discord")
    assert "_auth_user_id" not in client.session


def test_connecting_and_parting(client: Client, providers: Providers) -> None:
    user = create_user("ada", password="correct-horse-battery")
    client.post("/accounts/login/", {"login": "ada", "password": "correct-horse-battery"})
    assert "Connect Discord" in html_of(client, "/accounts/3rdparty/")
    come_back(client, "discord", process="connect")
    account = SocialAccount.objects.get(user=user)
    page = html_of(client, "/accounts/3rdparty/")
    assert "Ada L" in page
    client.post("/accounts/3rdparty/", {"account": account.pk})
    assert not SocialAccount.objects.exists()


def test_the_last_way_in_cannot_be_taken_away(client: Client, providers: Providers) -> None:
    arrive(client, "twitch")
    client.post(SIGN_UP, {"username": "Ada"})
    account = SocialAccount.objects.get()
    client.post("/accounts/3rdparty/", {"account": account.pk})
    assert SocialAccount.objects.exists()


@pytest.mark.parametrize(
    "reply",
    [(500, "text/html", "down"), (200, "application/json", "no json"), (401, "application/json", "{}")],
)
@pytest.mark.parametrize("address", ["discord.com/api/oauth2/token"])
def test_a_provider_that_fails_is_said_in_the_page(
    client: Client, providers: Providers, address: str, reply: tuple[int, str, str]
) -> None:
    providers.replies[address] = reply
    answer = come_back(client, "discord")
    assert answer.status_code in (200, 401)
    assert 'class="site-header"' in answer.content.decode()
    assert not User.objects.exists()


def test_who_refuses_or_brings_a_wrong_state_stays_out(client: Client, providers: Providers) -> None:
    assert come_back(client, "discord", error="access_denied").status_code == 302
    answer = client.get("/accounts/discord/login/callback/?code=once&state=forged")
    assert answer.status_code in (200, 401)
    assert "_auth_user_id" not in client.session


def test_steam_does_not_vouch_for_other_sites(client: Client, providers: Providers) -> None:
    providers.replies["steamcommunity.com/openid/login"] = (200, "text/plain", "is_valid:false\n")
    answer = come_back_from_steam(client)
    assert answer.status_code in (200, 401)
    assert not User.objects.exists()


def test_what_is_not_set_up_is_not_offered(client: Client) -> None:
    assert "Continue with" not in html_of(client, "/accounts/login/")


def test_what_is_set_up_is_offered(client: Client, providers: Providers) -> None:
    html = html_of(client, "/accounts/login/")
    for name in ("Discord", "Steam", "Twitch"):
        assert f"Continue with {name}" in html
    assert "OpenID" not in html


@pytest.mark.parametrize("path", ["/accounts/openid/login/", "/accounts/openid/callback/"])
def test_no_other_openid_is_believed(client: Client, providers: Providers, path: str) -> None:
    assert client.get(path).status_code == 404
    assert client.post(path, {"openid": "https://evil.example"}).status_code == 404
