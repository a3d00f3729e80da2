"""The page on which a player changes what others see of him."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from apps.events.testing import emitted
from apps.user_profile.models import User, UserProfile
from apps.user_profile.services.pictures import BYTES_MAX
from apps.user_profile.testing import create_user
from apps.web.tests.pages import at_most, html_of, text_of
from apps.web.uploads import REQUEST_BYTES_MAX

pytestmark = pytest.mark.django_db
PATH = "/settings/profile/"
QUERIES_MAX = 7


@pytest.fixture
def user(settings: Any, tmp_path: Path, client: Client) -> User:
    settings.MEDIA_ROOT = str(tmp_path)
    made = create_user("Ada", display_name="Ada L.")
    client.force_login(made)
    return made


def red_square() -> SimpleUploadedFile:
    data = io.BytesIO()
    Image.new("RGB", (120, 120), "red").save(data, "PNG")
    return SimpleUploadedFile("me.png", data.getvalue(), "image/png")


def profile_of(user: User) -> UserProfile:
    return UserProfile.objects.get(user_id=user.pk)


def test_it_is_for_the_signed_in(client: Client) -> None:
    answer = client.get(PATH)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/accounts/login/?next={PATH}")


def test_what_is_there_is_filled_in(client: Client, user: User) -> None:
    html = html_of(client, PATH)
    assert 'value="Ada L."' in html
    assert html.count("<h1") == 1
    assert '<meta name="robots" content="noindex">' in html
    assert 'aria-current="page"' in html
    with at_most(QUERIES_MAX, PATH):
        client.get(PATH)


def test_everything_is_saved_and_shown(client: Client, user: User) -> None:
    form = {"display_name": "  Ada III ", "bio": "Plays.", "country": "BD", "avatar": red_square()}
    answer = client.post(PATH, form, follow=True)
    assert "Your profile is saved." in answer.content.decode()
    page = text_of(client, "/@Ada/")
    assert "Ada III" in page
    assert "Bangladesh" in page
    assert str(profile_of(user).avatar_url) in html_of(client, "/@Ada/")


def test_no_new_picture_keeps_the_old_one(client: Client, user: User) -> None:
    client.post(PATH, {"display_name": "Ada", "avatar": red_square()})
    had = profile_of(user).avatar.name
    client.post(PATH, {"display_name": "Ada"})
    assert profile_of(user).avatar.name == had
    client.post(PATH, {"display_name": "Ada", "remove_avatar": "on"})
    assert profile_of(user).avatar_url is None


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"display_name": ""}, "This field is required."),
        ({"display_name": "A\u200bda"}, "Remove the invisible character U+200B."),
        ({"display_name": "A\u202eda"}, "Remove the invisible character U+202E."),
        ({"display_name": "x" * 81}, "at most 80 characters"),
        ({"display_name": "Ada", "country": "Mars"}, "Select a valid choice."),
        ({"display_name": "Ada", "bio": "x" * 2001}, "at most 2000 characters"),
        ({"display_name": "Ada", "avatar": SimpleUploadedFile("a.png", b"no png")}, "not a picture"),
        ({"display_name": "Ada", "avatar": SimpleUploadedFile("a.png", b"")}, "not a picture"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field(
    client: Client, user: User, form: dict[str, Any], said: str
) -> None:
    with emitted() as events:
        answer = client.post(PATH, form)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert said in html
    assert 'aria-invalid="true"' in html
    assert events == []
    assert profile_of(user).display_name == "Ada L."


def test_ten_megabytes_of_a_name_are_refused(client: Client, user: User) -> None:
    answer = client.post(PATH, {"display_name": "x" * 10_000_000})
    assert answer.status_code == 413
    assert "too large" in answer.content.decode()
    assert profile_of(user).display_name == "Ada L."


def test_a_file_beyond_all_limits_is_not_even_read(client: Client, user: User) -> None:
    upload = SimpleUploadedFile("a.png", b"x" * (REQUEST_BYTES_MAX + 1))
    answer = client.post(PATH, {"display_name": "Ada", "avatar": upload})
    assert answer.status_code == 413
    assert "Nothing of it was saved." in answer.content.decode()


def test_a_file_that_is_too_large_is_refused_in_the_page(client: Client, user: User) -> None:
    upload = SimpleUploadedFile("a.png", b"x" * (BYTES_MAX + 1))
    answer = client.post(PATH, {"display_name": "Ada", "avatar": upload})
    assert "more than 5 MB" in answer.content.decode()


ODD = st.text(st.characters(exclude_categories=["Cs"]), max_size=90) | st.sampled_from(
    ["\0", "\u0430" * 5, "\u202eadmin", "\ufeff", "👩‍👩‍👧", "Z͑ͫ̓̀ͦ͜", " ", "<b>", "{{ x }}"]
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=ODD, bio=ODD, country=ODD)
def test_whatever_is_written_is_saved_whole_or_not_at_all(
    client: Client, user: User, name: str, bio: str, country: str
) -> None:
    before = profile_of(user)
    answer = client.post(PATH, {"display_name": name, "bio": bio, "country": country})
    after = profile_of(user)
    if answer.status_code == 302:
        assert after.country in ("", country)
    else:
        assert answer.status_code == 200
        assert (after.display_name, after.bio) == (before.display_name, before.bio)
