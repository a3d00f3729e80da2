"""Profiles announce what changed, once, and only when something did."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from apps.events.announced import SilentChange
from apps.events.testing import emitted
from apps.user_profile.models import User, UserProfile
from apps.user_profile.services import profiles
from apps.user_profile.testing import create_user
from tests.threads import other_threads, wait_until_somebody_waits_for_us

pytestmark = pytest.mark.django_db

FIELDS = ["bio", "country", "display_name"]


@pytest.fixture
def user() -> User:
    return create_user("johndoe", display_name="John")


def renamed(user: User, old: str, new: str) -> list[tuple[str, dict[str, Any]]]:
    return [
        ("profile_updated", {"user_id": user.pk, "changed_fields": ["display_name"]}),
        ("display_name_changed", {"user_id": user.pk, "old_name": old, "new_name": new}),
    ]


def picture() -> ContentFile:
    data = BytesIO()
    Image.new("RGB", (120, 120)).save(data, "PNG")
    return ContentFile(data.getvalue(), "me.png")


def test_a_rename(user: User) -> None:
    with emitted() as events:
        profiles.rename(user_id=user.pk, display_name=" Johnny ")
    assert events == renamed(user, "John", "Johnny")
    assert UserProfile.objects.get(user=user).display_name == "Johnny"


def test_the_same_again_says_nothing(user: User) -> None:
    with emitted() as events:
        profiles.rename(user_id=user.pk, display_name="John")
        user.userprofile.save()
        UserProfile.objects.get(user=user).save()
    assert events == []


def test_several_fields_are_one_update(user: User) -> None:
    with emitted() as events:
        profiles.update(user_id=user.pk, display_name="J", bio="hello", country="BD")
    assert events == [
        ("profile_updated", {"user_id": user.pk, "changed_fields": ["bio", "country", "display_name"]}),
        ("display_name_changed", {"user_id": user.pk, "old_name": "John", "new_name": "J"}),
    ]


def test_a_stale_copy_reverts_nobody(user: User) -> None:
    stale = UserProfile.objects.get(user=user)
    profiles.rename(user_id=user.pk, display_name="Johnny")
    stale.bio = "hello"
    with emitted() as events:
        stale.save()
    assert events == [("profile_updated", {"user_id": user.pk, "changed_fields": ["bio"]})]
    assert UserProfile.objects.get(user=user).display_name == "Johnny"


def test_a_stale_copy_that_renames_tells_the_true_old_name(user: User) -> None:
    stale = UserProfile.objects.get(user=user)
    profiles.rename(user_id=user.pk, display_name="Johnny")
    stale.display_name = "Jack"
    with emitted() as events:
        stale.save()
    assert events == renamed(user, "Johnny", "Jack")


def save_in_parts(profile: UserProfile) -> None:
    profile.bio = "hello"
    profile.save(update_fields=["bio"])


@pytest.mark.parametrize(
    "meanwhile",
    [save_in_parts, lambda profile: profile.refresh_from_db(fields=["bio"]), lambda profile: profile.country],
    ids=["another field saved", "another field loaded again", "a deferred field loaded"],
)
def test_a_change_that_is_not_saved_yet_is_not_forgotten(user: User, meanwhile: Any) -> None:
    profile = UserProfile.objects.defer("country").get(user=user)
    profile.display_name = "Johnny"
    meanwhile(profile)
    with emitted() as events:
        profile.save()
    assert events == renamed(user, "John", "Johnny")
    assert UserProfile.objects.get(user=user).display_name == "Johnny"


@pytest.mark.django_db(transaction=True)
def test_a_change_that_was_rolled_back_is_written_by_the_next_save() -> None:
    profile = create_user("johndoe", display_name="John").userprofile
    profile.display_name = "Johnny"
    with transaction.atomic():
        profile.save()
        transaction.set_rollback(True)
    with emitted() as events:
        profile.save()
        profile.save()
    assert events == renamed(profile.user, "John", "Johnny")


@pytest.mark.parametrize("name", [" ", "\u200b", "\u202eabc", "x" * 81, "e" + "\u0301" * 9, ""])
def test_the_row_itself_refuses_a_name_that_nobody_can_read(user: User, name: str) -> None:
    user.userprofile.display_name = name
    with emitted() as events, pytest.raises(ValidationError):
        user.userprofile.save()
    assert events == []
    assert UserProfile.objects.get(user=user).display_name == "John"


@pytest.mark.django_db(transaction=True)
def test_two_renames_at_once_are_two_in_a_row() -> None:
    user = create_user("johndoe", display_name="John")
    with other_threads() as start, emitted() as events:
        with transaction.atomic():
            profiles.rename(user_id=user.pk, display_name="First")
            late = start(profiles.rename, user_id=user.pk, display_name="Second")
            wait_until_somebody_waits_for_us()
        late.result()
    assert events == renamed(user, "John", "First") + renamed(user, "First", "Second")


@pytest.mark.parametrize(
    "silent",
    [
        lambda profiles: profiles.update(display_name="X"),
        lambda profiles: profiles.update(bio="X"),
        lambda profiles: profiles.bulk_update(profiles, ["avatar"]),
    ],
)
def test_no_change_is_silent(user: User, silent: Any) -> None:
    with emitted() as events, pytest.raises(SilentChange, match=r"apps\.user_profile\.services\.profiles"):
        silent(UserProfile.objects.filter(user=user))
    assert events == []
    assert UserProfile.objects.get(user=user).display_name == "John"


@pytest.mark.parametrize(
    "name", ["", " ", "x" * 81, "a\u200bb", "a\0b", "a\u202eb", "\ud800", "x" * 10_000_000], ids=range(8)
)
def test_a_refused_name_changes_nothing(user: User, name: str) -> None:
    with emitted() as events, pytest.raises(ValidationError) as caught:
        profiles.rename(user_id=user.pk, display_name=name)
    assert list(caught.value.message_dict) == ["display_name"]
    assert events == []
    assert UserProfile.objects.get(user=user).display_name == "John"


@pytest.mark.parametrize(
    "field", [{"country": "bd"}, {"country": "BDX"}, {"country": "B"}, {"bio": "x" * 2001}, {"bio": "a\0b"}]
)
def test_other_refused_fields(user: User, field: dict[str, str]) -> None:
    with emitted() as events, pytest.raises(ValidationError) as caught:
        profiles.update(user_id=user.pk, display_name="Other", **field)  # type: ignore[arg-type]
    assert list(caught.value.message_dict) == list(field)
    assert events == []
    assert UserProfile.objects.get(user=user).display_name == "John"


def test_the_table_refuses_an_empty_name(user: User) -> None:
    empty = "UPDATE user_profile_userprofile SET display_name = '' WHERE user_id = %s"
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(empty, [user.pk])


def test_a_new_picture_and_none(user: User, tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    with emitted() as events:
        changed = profiles.update(user_id=user.pk, avatar=picture())
    url = changed.avatar_url
    assert url is not None
    assert url.startswith("/media/avatars/")
    assert events == [
        ("profile_updated", {"user_id": user.pk, "changed_fields": ["avatar"]}),
        ("avatar_changed", {"user_id": user.pk, "new_avatar_url": url}),
    ]
    with emitted() as events:
        profiles.update(user_id=user.pk, avatar="")
        profiles.update(user_id=user.pk, avatar="")
    assert events == [
        ("profile_updated", {"user_id": user.pk, "changed_fields": ["avatar"]}),
        ("avatar_changed", {"user_id": user.pk, "new_avatar_url": None}),
    ]


def test_a_failed_change_is_not_announced(user: User) -> None:
    with emitted() as events, transaction.atomic():
        profiles.rename(user_id=user.pk, display_name="Johnny")
        transaction.set_rollback(True)
    assert events == []


def test_holding_nobody_is_nothing() -> None:
    with transaction.atomic():
        profiles.hold([])


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["one", "two"]), st.sampled_from(FIELDS))))
def test_of_two_stale_copies_every_change_is_said_and_stays(user: User, saves: list[tuple[str, str]]) -> None:
    with transaction.atomic():
        copies = {name: UserProfile.objects.get(user=user) for name in ("one", "two")}
        held = {"bio": "", "country": "", "display_name": "John"}
        for number, (copy, field) in enumerate(saves):
            value = f"{chr(65 + number % 26)}{chr(65 + number // 26 % 26)}"
            setattr(copies[copy], field, value)
            held[field] = value
            with emitted() as events:
                copies[copy].save()
            said = [payload["changed_fields"] for kind, payload in events if kind == "profile_updated"]
            assert said == [[field]]
        assert UserProfile.objects.filter(user=user).values(*held).get() == held
        transaction.set_rollback(True)


def test_the_database_holds_the_name_alone() -> None:
    """No other table has a column that copies a display name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.columns"
            " WHERE column_name = 'display_name' AND table_schema = current_schema()"
        )
        assert cursor.fetchall() == [("user_profile_userprofile",)]
