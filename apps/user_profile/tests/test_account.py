"""Accounts: each with a profile and statistics, whatever the path; names that nobody else has."""

from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.events.announced import SilentChange
from apps.events.testing import emitted
from apps.user_profile.models import User, UserProfile, UserProfileStats, profile
from apps.user_profile.services import accounts
from apps.user_profile.signals import profile_created
from apps.user_profile.testing import create_user
from tests.threads import other_threads, wait_until_somebody_waits_for_us

pytestmark = pytest.mark.django_db


def save() -> User:
    user = User(username="johndoe")
    user.save()
    return user


def bulk_create() -> User:
    [user, _] = User.objects.bulk_create([User(username="johndoe"), User(username="janedoe")])
    return user


PATHS = {
    "save": save,
    "create": lambda: User.objects.create(username="johndoe"),
    "create_user": lambda: User.objects.create_user("johndoe"),
    "create_superuser": lambda: User.objects.create_superuser("johndoe"),
    "get_or_create": lambda: User.objects.get_or_create(username="johndoe")[0],
    "bulk_create": bulk_create,
    "sign_up": lambda: accounts.sign_up(username="johndoe"),
}


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_an_account_is_born_with_its_profile(path: Callable[[], User]) -> None:
    with emitted() as events:
        user = path()
    born = User.objects.order_by("pk")
    assert events == [("profile_created", {"user_id": one.pk}) for one in born]
    assert user.userprofile.display_name == "johndoe"
    for one in born:
        assert UserProfile.objects.get(user=one).public_id.startswith("DC-")
        assert UserProfileStats.objects.get(user=one).matches_played == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_without_its_profile_no_account(path: Callable[[], User], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("the receiver fails")

    profile_created.connect(fail)
    try:
        with emitted() as events, pytest.raises(RuntimeError, match="the receiver fails"):
            path()
    finally:
        profile_created.disconnect(fail)
    assert events == []
    assert (User.objects.count(), UserProfile.objects.count(), UserProfileStats.objects.count()) == (0, 0, 0)


@pytest.mark.django_db(transaction=True)  # where nothing is delivered before the commit
def test_bulk_create_needs_few_queries(django_assert_max_num_queries: Any) -> None:
    users = [User(username=f"user-{number}") for number in range(50)]
    with django_assert_max_num_queries(18):
        User.objects.bulk_create(users)
    assert UserProfile.objects.values("public_id").distinct().count() == 50


def test_bulk_create_refuses_what_save_refuses() -> None:
    with emitted() as events, pytest.raises(ValidationError, match="reserved"):
        User.objects.bulk_create([User(username="johndoe"), User(username="admin")])
    with emitted() as more, pytest.raises(SilentChange):
        User.objects.bulk_create([User(username="johndoe")], ignore_conflicts=True)
    assert events == more == []
    assert not User.objects.exists()


def test_a_username_is_one_in_any_case() -> None:
    create_user("JohnDoe")
    with emitted() as events, pytest.raises(ValidationError) as caught:
        accounts.sign_up(username="johndoe")
    assert "This username is taken. Choose another." in caught.value.messages
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("JOHNDOE")
    assert events == []
    assert User.objects.count() == UserProfile.objects.count() == 1


def test_signing_in_ignores_the_case() -> None:
    user = create_user("JohnDoe", password="correct horse battery")
    assert authenticate(username="johndoe", password="correct horse battery") == user
    for nobody in ("nobody", "johndoe\0", "", "x" * 10_000):
        with pytest.raises(User.DoesNotExist):
            User.objects.get_by_natural_key(nobody)


@pytest.mark.parametrize("username", ["admin", "Ops", "embed", "met.rics", "a", "x" * 31, "a b", "éa", ""])
def test_a_refused_username_leaves_nothing(username: str) -> None:
    with emitted() as events:
        with pytest.raises(ValidationError):
            accounts.sign_up(username=username)
        with pytest.raises((ValidationError, ValueError)):
            User.objects.create_user(username)
        with pytest.raises(ValidationError):
            User.objects.create(username=username)
    assert events == []
    assert not User.objects.exists()


def test_staff_may_speak_for_the_house() -> None:
    assert User.objects.create_superuser("admin").userprofile.display_name == "admin"


def test_the_row_refuses_a_shape_that_nobody_checked() -> None:
    user = create_user()
    with pytest.raises(SilentChange):
        User.objects.filter(pk=user.pk).update(username="a b")
    with connection.cursor() as cursor, pytest.raises(IntegrityError), transaction.atomic():
        cursor.execute("UPDATE user_profile_user SET username = 'a b'")


def test_another_username_is_announced() -> None:
    user = create_user("johndoe")
    user.username = "janedoe"
    with emitted() as events:
        user.save()
        user.save()
    assert events == [
        ("username_changed", {"user_id": user.pk, "old_username": "johndoe", "new_username": "janedoe"})
    ]


def test_a_name_of_birth() -> None:
    with emitted() as events:
        user = accounts.sign_up(username="johndoe", display_name="  Zoe\u0308 ")
    assert events == [("profile_created", {"user_id": user.pk})]
    assert UserProfile.objects.get(user=user).display_name == "Zoë"


def test_a_bad_name_of_birth_is_named_and_nothing_is_stored() -> None:
    with emitted() as events, pytest.raises(ValidationError) as caught:
        accounts.sign_up(username="johndoe", display_name="a\u202eb")
    assert caught.value.message_dict == {"display_name": ["Remove the invisible character U+202E."]}
    assert events == []
    assert not User.objects.exists()


def test_the_email_is_checked_and_the_password_is_not_kept() -> None:
    with pytest.raises(ValidationError) as caught:
        accounts.sign_up(username="johndoe", email="nowhere")
    assert list(caught.value.message_dict) == ["email"]
    user = accounts.sign_up(username="johndoe", email="J@EXAMPLE.com", password="correct horse battery")
    assert user.email == "J@example.com"
    assert user.check_password("correct horse battery")
    assert "correct" not in user.password


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(username=st.text(max_size=40), display_name=st.text(max_size=100), email=st.text(max_size=30))
def test_any_input_signs_up_whole_or_not_at_all(username: str, display_name: str, email: str) -> None:
    with transaction.atomic():
        before = (User.objects.count(), UserProfile.objects.count(), UserProfileStats.objects.count())
        with emitted() as events:
            born = 0
            with suppress(ValidationError):
                accounts.sign_up(username=username, display_name=display_name, email=email)
                born = 1
        after = (User.objects.count(), UserProfile.objects.count(), UserProfileStats.objects.count())
        assert after == tuple(count + born for count in before)
        assert len(events) == born
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_two_sign_up_with_one_name_at_once() -> None:
    with other_threads() as start:
        with transaction.atomic():
            accounts.sign_up(username="johndoe")
            late: Future[Any] = start(accounts.sign_up, username="JohnDoe")
            wait_until_somebody_waits_for_us()
        with pytest.raises(ValidationError) as caught:
            late.result()
    assert caught.value.message_dict == {"username": ["This username is taken. Choose another."]}
    assert User.objects.count() == UserProfile.objects.count() == 1


def test_the_models_are_where_the_roadmap_says() -> None:
    assert profile.UserProfile is UserProfile
