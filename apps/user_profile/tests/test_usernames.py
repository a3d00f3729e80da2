"""Usernames: they change now and then, old ones go on leading to their player, nobody gets another's."""

from collections.abc import Callable
from concurrent.futures import Future
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.events.testing import emitted
from apps.user_profile import selectors
from apps.user_profile.models import User, UsernameClaim
from apps.user_profile.models.username import TAKEN, tombstone
from apps.user_profile.services import accounts, usernames
from apps.user_profile.testing import create_user
from tests.threads import other_threads, wait_until_somebody_waits_for_us

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return create_user("ada")


def wait(days: int) -> None:
    """Let the last changes be longer ago."""
    for claim in UsernameClaim.objects.former():
        assert claim.left_at
        UsernameClaim.objects.filter(pk=claim.pk).update(left_at=claim.left_at - timedelta(days=days))


def rename_in_turn(user: User, *names: str) -> None:
    for name in names:
        wait(usernames.COOLDOWN.days)
        usernames.rename(user_id=user.pk, username=name)


def whose(username: str) -> int | None:
    found = selectors.profile_by_username(username)
    return found.user_id if found else None


def refusal(user: User, username: str) -> list[str]:
    with emitted() as events, pytest.raises(ValidationError) as refused:
        usernames.rename(user_id=user.pk, username=username)
    assert events == []
    fresh = User.objects.get(pk=user.pk)
    assert fresh.username == user.username
    return list(refused.value.message_dict["username"])


def test_a_rename_is_announced_once(ada: User) -> None:
    with emitted() as events:
        usernames.rename(user_id=ada.pk, username="grace")
        usernames.rename(user_id=ada.pk, username="grace")
    said = {"user_id": ada.pk, "old_username": "ada", "new_username": "grace"}
    assert events == [("username_changed", said)]


def test_a_chain_of_renames_leads_to_the_last_name_from_every_one(ada: User) -> None:
    rename_in_turn(ada, "bela", "carl", "dora")
    for name in ("ada", "BELA", "carl", "dora"):
        assert whose(name) == ada.pk
    assert usernames.former_names(ada.pk) == ["carl", "bela", "ada"]


def test_a_former_name_can_be_taken_back(ada: User) -> None:
    rename_in_turn(ada, "bela", "Ada")
    assert User.objects.get(pk=ada.pk).username == "Ada"
    assert usernames.former_names(ada.pk) == ["bela"]
    assert whose("bela") == whose("ada") == ada.pk


TAKERS: dict[str, Callable[[str], Any]] = {
    "sign_up": lambda name: accounts.sign_up(username=name),
    "create": lambda name: User.objects.create(username=name),
    "bulk_create": lambda name: User.objects.bulk_create([User(username="eve"), User(username=name)]),
    "rename": lambda name: usernames.rename(user_id=create_user("mallory").pk, username=name),
    "save": lambda name: _save(create_user("mallory"), name),
}


def _save(user: User, name: str) -> None:
    user.username = name
    user.save()


@pytest.mark.parametrize("take", TAKERS.values(), ids=TAKERS)
@pytest.mark.parametrize("name", ["ada", "ADA"])
def test_nobody_else_gets_it_by_any_path(ada: User, take: Callable[[str], Any], name: str) -> None:
    usernames.rename(user_id=ada.pk, username="grace")
    with pytest.raises(ValidationError) as refused, transaction.atomic():
        take(name)
    assert refused.value.message_dict == {"username": [TAKEN]}
    assert whose("ada") == ada.pk
    assert not User.objects.filter(username__in=["mallory2", "eve"]).exists()


@pytest.mark.parametrize("take", TAKERS.values(), ids=TAKERS)
def test_the_name_of_somebody_gone_stays_nobodys(ada: User, take: Callable[[str], Any]) -> None:
    UsernameClaim.objects.filter(user=ada).update(username=tombstone("Ada"))
    _rename_silently(ada, "deleted-1")
    with pytest.raises(ValidationError) as refused, transaction.atomic():
        take("ada")
    assert refused.value.message_dict == {"username": [TAKEN]}
    assert whose("ada") is None


def _rename_silently(user: User, name: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("UPDATE user_profile_user SET username = %s WHERE id = %s", [name, user.pk])


def test_not_again_before_the_cooldown_is_over(ada: User) -> None:
    usernames.rename(user_id=ada.pk, username="grace")
    ada.refresh_from_db()
    assert "You can again on" in refusal(ada, "heidi")[0]
    assert "You can again on" in refusal(ada, "ada")[0]
    wait(usernames.COOLDOWN.days - 1)
    assert usernames.may_rename_at(ada.pk) is not None
    wait(1)
    assert usernames.may_rename_at(ada.pk) is None
    usernames.rename(user_id=ada.pk, username="heidi")


def test_capitals_are_free(ada: User) -> None:
    rename_in_turn(ada, "grace")
    with emitted() as events:
        usernames.rename(user_id=ada.pk, username="Grace")
    assert [name for name, _ in events] == ["username_changed"]
    assert usernames.former_names(ada.pk) == ["ada"]


@pytest.mark.parametrize(
    "name", ["", "a", "ad a", "админ", "a" * 31, "admin", "ad.min", "a\0b", "a\n", "..", "x" * 10_000_000]
)
def test_what_cannot_be_a_username(ada: User, name: str) -> None:
    assert refusal(ada, name)


def test_what_is_taken(ada: User) -> None:
    create_user("grace")
    assert TAKEN in refusal(ada, "Grace")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(max_size=40))
def test_whatever_is_asked_for_is_a_name_or_a_refusal(ada: User, name: str) -> None:
    said = {"username": []}
    try:
        with transaction.atomic():
            usernames.rename(user_id=ada.pk, username=name)
            assert whose(name) == whose("ada") == ada.pk
            transaction.set_rollback(True)
    except ValidationError as error:
        said = error.message_dict
    assert said.keys() == {"username"}
    assert User.objects.get(pk=ada.pk).username == "ada"


@pytest.mark.django_db(transaction=True)
def test_two_take_one_name_at_once() -> None:
    ada, bela = create_user("ada"), create_user("bela")
    with other_threads() as start:
        with transaction.atomic():
            usernames.rename(user_id=ada.pk, username="grace")
            late: Future[Any] = start(usernames.rename, user_id=bela.pk, username="Grace")
            wait_until_somebody_waits_for_us()
        with pytest.raises(ValidationError) as refused:
            late.result()
    assert refused.value.message_dict == {"username": [TAKEN]}
    assert whose("grace") == ada.pk
    assert User.objects.get(pk=bela.pk).username == "bela"


@pytest.mark.django_db(transaction=True)
def test_one_takes_the_name_that_another_is_leaving() -> None:
    ada, bela = create_user("ada"), create_user("bela")
    with other_threads() as start, transaction.atomic():
        usernames.rename(user_id=ada.pk, username="grace")
        early: Future[Any] = start(usernames.rename, user_id=bela.pk, username="ada")
        with pytest.raises(ValidationError):
            early.result()
    assert whose("ada") == ada.pk


@pytest.mark.django_db(transaction=True)
def test_one_changes_twice_at_once() -> None:
    ada = create_user("ada")
    with other_threads() as start:
        with transaction.atomic():
            usernames.rename(user_id=ada.pk, username="grace")
            late: Future[Any] = start(usernames.rename, user_id=ada.pk, username="heidi")
            wait_until_somebody_waits_for_us()
        with pytest.raises(ValidationError, match="You changed it lately"):
            late.result()
    assert User.objects.get(pk=ada.pk).username == "grace"
