"""Deleting an account: the grace, what goes, what stays, and that no table tells any more who it was."""

import json
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from apps.events.models import Erasure, EventLog
from apps.events.testing import emitted
from apps.games.models import Game
from apps.tournaments.signals import tournament_registered
from apps.user_profile import selectors
from apps.user_profile.models import AccountDeletion, Follow, GameProfile, User, UserActivity, UserProfile
from apps.user_profile.selectors.privacy import ANONYMOUS, Part, may_view
from apps.user_profile.services import accounts, deletion, follows, passports, profiles, usernames
from apps.user_profile.subscribers import delete_accounts
from apps.user_profile.testing import create_user

pytestmark = pytest.mark.django_db
TELLING = "unmistakable"


@pytest.fixture
def user() -> User:
    """Somebody of whom every text that can be found again says who he is."""
    made = accounts.sign_up(
        username=f"{TELLING}1", email=f"{TELLING}@example.org", password="correct-horse-battery",
        display_name=f"{TELLING} two",
    )  # fmt: skip
    EmailAddress.objects.create(user=made, email=made.email, primary=True)
    profiles.update(user_id=made.pk, bio=f"{TELLING} bio", country="BD", avatar=f"avatars/{TELLING}.webp")
    profiles.rename(user_id=made.pk, display_name=f"{TELLING} three")
    usernames.rename(user_id=made.pk, username=f"{TELLING}4")
    passports.add(user_id=made.pk, game_id=Game.objects.get(slug="call-of-duty").pk, ign=f"{TELLING} five")
    tournament_registered.send(None, user_id=made.pk, tournament_id=7, game_id=1)
    friend = create_user("friend")
    follows.follow(follower_id=made.pk, followed_id=friend.pk)
    follows.follow(follower_id=friend.pk, followed_id=made.pk)
    made.refresh_from_db()
    return made


def due(user: User) -> None:
    """Let the grace be over."""
    AccountDeletion.objects.filter(user=user).update(due_at=timezone.now() - timedelta(seconds=1))


def tables_that_tell() -> list[str]:
    """Return the tables in which the word still stands, whatever the column."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(
                f'SELECT count(*) FROM "{table}" AS whole WHERE whole::text ILIKE %s', [f"%{TELLING}%"]
            )
            if cursor.fetchone() != (0,):
                found.append(table)
    return found


def test_nothing_happens_before_the_grace_is_over(user: User) -> None:
    wish = deletion.request(user_id=user.pk)
    assert timedelta(days=13) < wish.due_at - timezone.now() <= deletion.GRACE
    assert deletion.request(user_id=user.pk).due_at == wish.due_at
    delete_accounts()
    assert User.objects.get(pk=user.pk).is_active
    assert UserProfile.objects.get(user=user).display_name == f"{TELLING} three"


def test_it_can_be_taken_back(user: User) -> None:
    deletion.request(user_id=user.pk)
    assert deletion.cancel(user_id=user.pk)
    assert not deletion.cancel(user_id=user.pk)
    due(user)
    delete_accounts()
    assert User.objects.get(pk=user.pk).is_active


def test_nothing_of_the_person_is_left_in_any_table(user: User) -> None:
    assert {"user_profile_user", "user_profile_userprofile", "event_log"} <= set(tables_that_tell())
    deletion.request(user_id=user.pk)
    due(user)
    delete_accounts()
    assert tables_that_tell() == []
    gone = User.objects.get(pk=user.pk)
    assert not gone.is_active
    assert not gone.has_usable_password()
    assert UserProfile.objects.get(user=user).display_name == deletion.NAME
    assert Erasure.objects.filter(user_id=user.pk).exists()
    assert not may_view(ANONYMOUS, user.pk, Part.CARD)


def test_history_stays(user: User) -> None:
    did = set(UserActivity.objects.filter(user=user).values_list("pk", flat=True))
    told = EventLog.objects.filter(user_id=user.pk).count()
    assert min(len(did), told) > 0
    deletion.request(user_id=user.pk)
    due(user)
    delete_accounts()
    assert did <= set(UserActivity.objects.filter(user=user).values_list("pk", flat=True))
    assert EventLog.objects.filter(user_id=user.pk).count() > told
    assert not GameProfile.objects.filter(user=user).exists()
    assert not Follow.objects.exists()


def test_what_is_announced_says_nothing_of_him(user: User) -> None:
    deletion.request(user_id=user.pk)
    due(user)
    with emitted() as events:
        delete_accounts()
    names = [name for name, _ in events]
    assert names.count("username_changed") == names.count("display_name_changed") == 1
    assert names.count("game_passport_deleted") == 1
    assert names.count("user_unfollowed") == 2
    assert names[-1] == "user_erased"


def test_a_second_run_finds_nothing_to_do(user: User) -> None:
    deletion.request(user_id=user.pk)
    due(user)
    delete_accounts()
    with emitted() as events:
        delete_accounts()
    assert events == []
    assert not deletion.carry_out(user_id=user.pk)


def test_his_names_lead_nowhere_and_are_never_given_away(user: User) -> None:
    deletion.request(user_id=user.pk)
    due(user)
    delete_accounts()
    for name in (f"{TELLING}1", f"{TELLING}4", f"{TELLING.upper()}4"):
        assert selectors.profile_by_username(name) is None
        with pytest.raises(ValidationError, match="taken"):
            accounts.sign_up(username=name)


def test_a_failure_leaves_everything_as_it_was(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("the log cannot be reached")

    deletion.request(user_id=user.pk)
    due(user)
    monkeypatch.setattr(deletion.erasure, "erase", fail)
    with emitted() as events, pytest.raises(RuntimeError):
        delete_accounts()
    assert events == []
    assert UserProfile.objects.get(user=user).display_name == f"{TELLING} three"
    assert json.dumps(list(EventLog.objects.values_list("payload", flat=True))).count(TELLING) > 3
