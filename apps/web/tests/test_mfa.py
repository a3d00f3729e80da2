"""Second factors: switched on, asked for, encrypted at rest, recovered from."""

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.test import Client

from apps.user_profile.models import User
from apps.user_profile.services import accounts
from apps.web import accounts as site_accounts
from apps.web.tests.pages import html_of

pytestmark = pytest.mark.django_db
PASSWORD = "correct-horse-battery"
CREDENTIALS = {"login": "Ada", "password": PASSWORD}


@pytest.fixture
def user() -> User:
    return accounts.sign_up(username="Ada", email="ada@example.org", password=PASSWORD)


def code_of(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())))))


def switch_on(client: Client) -> str:
    """Sign in, confirm, scan the code and type its first number; return the secret."""
    client.post("/accounts/login/", CREDENTIALS)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    html = html_of(client, "/accounts/2fa/totp/activate/")
    assert 'src="data:image/svg+xml' in html
    found = re.search(r'id="authenticator_secret"[^>]*value="([A-Z2-7]+)"', html)
    assert found
    secret = found[1]
    assert client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)}).status_code == 302
    return secret


def test_it_is_asked_for_from_then_on(client: Client, user: User) -> None:
    secret = switch_on(client)
    assert "is active" in html_of(client, "/accounts/2fa/")
    client.logout()
    answer = client.post("/accounts/login/", CREDENTIALS)
    assert answer.headers["Location"].startswith("/accounts/2fa/authenticate/")
    assert "_auth_user_id" not in client.session
    wrong = client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert wrong.status_code == 200
    assert "_auth_user_id" not in client.session
    code = code_of(secret)
    assert client.post("/accounts/2fa/authenticate/", {"code": code}).headers["Location"] == "/"
    assert "_auth_user_id" in client.session
    client.logout()
    client.post("/accounts/login/", CREDENTIALS)
    client.post("/accounts/2fa/authenticate/", {"code": code})
    assert "_auth_user_id" not in client.session, "no code counts twice"


def test_a_recovery_code_opens_once(client: Client, user: User) -> None:
    switch_on(client)
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    for expected in (True, False):
        client.logout()
        client.post("/accounts/login/", CREDENTIALS)
        client.post("/accounts/2fa/authenticate/", {"code": codes[0]})
        assert ("_auth_user_id" in client.session) is expected


def test_the_secret_cannot_be_read_in_the_database(client: Client, user: User, settings: Any) -> None:
    secret = switch_on(client)
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in stored
    adapter = site_accounts.MfaAdapter()
    kept = adapter.encrypt(secret)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "a new key"
    assert adapter.decrypt(kept) == secret


def test_a_forgotten_password(client: Client, user: User) -> None:
    client.post("/accounts/password/reset/", {"email": "ada@example.org"})
    [letter] = mail.outbox
    found = re.search(r"http://testserver(/accounts/password/reset/key/\S+)", letter.body)
    assert found
    page = client.get(found[1], follow=True)
    assert page.status_code == 200
    path = page.redirect_chain[-1][0]
    new = "another-horse-battery"
    assert client.post(path, {"password1": new, "password2": new}).status_code == 302
    client.post("/accounts/login/", {"login": "Ada", "password": new})
    assert "_auth_user_id" in client.session


def test_nobody_learns_who_has_an_account(client: Client, user: User) -> None:
    answers = [
        client.post("/accounts/password/reset/", {"email": email})
        for email in ("ada@example.org", "no@example.org")
    ]
    assert len({(answer.status_code, answer.headers["Location"]) for answer in answers}) == 1


@pytest.mark.parametrize(
    "path", ["/accounts/2fa/", "/accounts/3rdparty/", "/accounts/email/", "/accounts/password/change/"]
)
def test_the_pages_look_like_the_site(client: Client, user: User, path: str) -> None:
    client.force_login(user)
    html = html_of(client, path)
    assert html.count("<h1") == 1
    assert 'class="places" aria-label="Settings"' in html
    assert not re.search(
        r"<style|\sstyle=|\son\w+=|<script(?! type=\"module\" src=\"/| src=\"/)(?![^>]*application/json)",
        html,
    )
