"""The pages on which a player takes his data with him, or goes."""

import io
import zipfile

import pytest
from django.test import Client
from django.utils import timezone

from apps.user_profile.models import AccountDeletion, User
from apps.user_profile.services import accounts
from apps.web.tests.pages import html_of

pytestmark = pytest.mark.django_db
PASSWORD = "correct-horse-battery"
DELETION = "/settings/deletion/"


@pytest.fixture
def user() -> User:
    return accounts.sign_up(username="Ada", password=PASSWORD)


def sign_in(client: Client) -> str:
    answer = client.post("/accounts/login/", {"login": "Ada", "password": PASSWORD}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def confirm(client: Client) -> None:
    """Say once more who one is, as the page asks before it lets anybody go on."""
    asked = client.get(DELETION)
    assert asked.headers["Location"].startswith("/accounts/reauthenticate/")
    answer = client.post(asked.headers["Location"], {"password": PASSWORD})
    assert answer.headers["Location"] == DELETION


def test_the_download(client: Client, user: User) -> None:
    sign_in(client)
    assert "Download your data" in html_of(client, "/settings/data/")
    answer = client.post("/settings/data/export/")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="deltacrown-Ada-')
    assert "no-store" in answer.headers["Cache-Control"]
    with zipfile.ZipFile(io.BytesIO(b"".join(answer))) as bundle:
        assert "account.json" in bundle.namelist()
    answer.close()


@pytest.mark.parametrize("path", ["/settings/data/", DELETION])
def test_they_are_for_the_signed_in(client: Client, path: str) -> None:
    assert client.get(path).status_code == 302
    assert client.post("/settings/data/export/").status_code == 302


def test_going_and_coming_back(client: Client, user: User) -> None:
    sign_in(client)
    confirm(client)
    assert "14 days" in html_of(client, DELETION)
    answer = client.post(DELETION, {"username": "ada"}, follow=True)
    assert "Sign in before to keep it." in answer.content.decode()
    assert 'href="/accounts/login/"' in answer.content.decode()
    assert AccountDeletion.objects.get().due_at > timezone.now()
    assert "Your account will not be deleted." in sign_in(client)
    assert not AccountDeletion.objects.exists()


@pytest.mark.parametrize("typed", ["", "Bela", "a\0"])
def test_only_who_types_his_name_goes(client: Client, user: User, typed: str) -> None:
    sign_in(client)
    confirm(client)
    answer = client.post(DELETION, {"username": typed})
    assert answer.status_code == 200
    assert 'aria-invalid="true"' in answer.content.decode()
    assert not AccountDeletion.objects.exists()


def test_a_session_that_was_left_open_is_not_enough(client: Client, user: User) -> None:
    sign_in(client)
    answer = client.post(DELETION, {"username": "Ada"})
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/accounts/reauthenticate/")
    assert not AccountDeletion.objects.exists()
