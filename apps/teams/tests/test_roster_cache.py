"""A roster shows the names and pictures of now, at the very next read, although it is cached."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import TestCase, TransactionTestCase

from apps.teams import selectors
from apps.teams.models import Team, TeamMembership
from apps.teams.selectors import get_team_roster
from apps.teams.services import roster, versions
from apps.teams.testing import create_team
from apps.user_profile.models import User
from apps.user_profile.services import profiles
from apps.user_profile.testing import create_user
from tests.threads import other_threads, wait_until_somebody_waits_for_us

pytestmark = pytest.mark.django_db


class RenamesShow:
    """What must hold inside an open transaction as well as after commits."""

    def test_a_rename_shows_at_the_next_read(self) -> None:
        user, team = create_user(display_name="Old"), create_team()
        roster.join(team_id=team.pk, user_id=user.pk)
        assert names(team) == ["Old"]
        for name in ("New", "Newer", "New"):
            profiles.rename(user_id=user.pk, display_name=name)
            assert names(team) == [name]


class InATestCase(RenamesShow, TestCase):
    """Inside the transaction of a TestCase."""


class AfterCommits(RenamesShow, TransactionTestCase):
    """With real commits."""


def names(team: Team) -> list[str]:
    return [entry["display_name"] for entry in get_team_roster(team.pk)]


@pytest.fixture
def team() -> Team:
    return create_team()


@pytest.fixture
def user(team: Team) -> User:
    user = create_user("johndoe", display_name="John")
    roster.join(team_id=team.pk, user_id=user.pk)
    return user


def rename_user(user: User) -> None:
    user.username = "janedoe"
    user.save()


def save_profile(user: User) -> None:
    user.userprofile.display_name = "Johnny"
    user.userprofile.save()


CHANGES: dict[str, tuple[Callable[[Team, User], Any], dict[str, Any]]] = {
    "name": (
        lambda team, user: profiles.rename(user_id=user.pk, display_name="J"),
        {"display_name": "J"},
    ),
    "saved name": (lambda team, user: save_profile(user), {"display_name": "Johnny"}),
    "avatar": (
        lambda team, user: profiles.update(user_id=user.pk, avatar="avatars/me.png"),
        {"avatar_url": "/media/avatars/me.png"},
    ),
    "username": (lambda team, user: rename_user(user), {"username": "janedoe"}),
    "role": (
        lambda team, user: roster.change_role(team_id=team.pk, user_id=user.pk, role="CAPTAIN"),
        {"role": "CAPTAIN"},
    ),
}


@pytest.mark.parametrize(("change", "shown"), CHANGES.values(), ids=CHANGES)
def test_every_change_shows(
    team: Team, user: User, change: Callable[[Team, User], Any], shown: dict[str, Any]
) -> None:
    before = {
        "user_id": user.pk,
        "username": "johndoe",
        "display_name": "John",
        "avatar_url": None,
        "role": "PLAYER",
    }
    assert get_team_roster(team.pk) == [before]
    change(team, user)
    assert get_team_roster(team.pk) == [before | shown]


def test_who_comes_and_who_goes_shows(team: Team, user: User) -> None:
    other = create_user(display_name="Other")
    assert names(team) == ["John"]
    roster.join(team_id=team.pk, user_id=other.pk, role="CAPTAIN")
    assert names(team) == ["Other", "John"]
    roster.leave(team_id=team.pk, user_id=user.pk)
    assert names(team) == ["Other"]
    TeamMembership.objects.all().delete()
    assert names(team) == []


def test_a_change_that_no_roster_shows_leaves_it_cached(team: Team, user: User) -> None:
    version = selectors.roster_key(team.pk)
    profiles.update(user_id=user.pk, bio="hello", country="BD")
    profiles.rename(user_id=create_user().pk, display_name="Somebody else")
    assert selectors.roster_key(team.pk) == version


def test_all_teams_of_a_player_change_and_no_other(team: Team, user: User) -> None:
    second, left, foreign = create_team(), create_team(), create_team()
    for one in (second, left):
        roster.join(team_id=one.pk, user_id=user.pk)
    roster.leave(team_id=left.pk, user_id=user.pk)
    before = dict(Team.objects.values_list("pk", "roster_version"))
    profiles.rename(user_id=user.pk, display_name="Johnny")
    after = dict(Team.objects.values_list("pk", "roster_version"))
    assert {pk for pk in after if after[pk] == before[pk] + 1} == {team.pk, second.pk}
    assert after[left.pk] == before[left.pk]
    assert after[foreign.pk] == before[foreign.pk]


def test_one_query_when_cached_two_when_not(team: Team, user: User, django_assert_num_queries: Any) -> None:
    for _ in range(4):
        roster.join(team_id=team.pk, user_id=create_user().pk)
    with django_assert_num_queries(2):
        first = get_team_roster(team.pk)
    with django_assert_num_queries(1):
        assert get_team_roster(team.pk) == first


def test_a_reader_cannot_spoil_the_cache(team: Team, user: User) -> None:
    get_team_roster(team.pk)[0]["display_name"] = "Mallory"
    assert names(team) == ["John"]


def test_no_team_no_roster() -> None:
    with pytest.raises(Team.DoesNotExist):
        get_team_roster(10**9)


def test_the_version_is_read_before_the_players(
    team: Team, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody renames himself between the two reads: what is cached then is never read again."""
    read = selectors._read_roster

    def read_late(team_id: int) -> Any:
        monkeypatch.setattr(selectors, "_read_roster", read)
        found = read(team_id)
        profiles.rename(user_id=user.pk, display_name="Johnny")
        return found

    monkeypatch.setattr(selectors, "_read_roster", read_late)
    old_key = selectors.roster_key(team.pk)
    assert names(team) == ["John"]
    assert [entry["display_name"] for entry in cache.get(old_key)] == ["John"]
    assert selectors.roster_key(team.pk) != old_key
    assert names(team) == ["Johnny"]


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_is_never_read() -> None:
    """The version of a transaction that failed comes again, its key does not."""
    user, team = create_user(display_name="John"), create_team()
    roster.join(team_id=team.pk, user_id=user.pk)
    with transaction.atomic():
        profiles.rename(user_id=user.pk, display_name="Regretted")
        assert names(team) == ["Regretted"]
        regretted = selectors.roster_key(team.pk)
        transaction.set_rollback(True)
    assert names(team) == ["John"]
    profiles.rename(user_id=user.pk, display_name="Johnny")
    key = selectors.roster_key(team.pk)
    assert key.rsplit(":", 1)[0] == regretted.rsplit(":", 1)[0]
    assert names(team) == ["Johnny"]


@pytest.mark.django_db(transaction=True)
def test_who_joins_while_he_renames_himself_waits() -> None:
    """Without the wait, the rename would not know of the new seat, and the seat would show the old name."""
    user, team = create_user(display_name="John"), create_team()
    with other_threads() as start:
        with transaction.atomic():
            profiles.rename(user_id=user.pk, display_name="Johnny")
            joining = start(TeamMembership.objects.create, team_id=team.pk, user_id=user.pk)
            wait_until_somebody_waits_for_us()
        joining.result()
    assert names(team) == ["Johnny"]


@pytest.mark.django_db(transaction=True)
def test_who_renames_himself_while_he_joins_waits() -> None:
    user, team = create_user(display_name="John"), create_team()
    with other_threads() as start:
        with transaction.atomic():
            TeamMembership.objects.create(team_id=team.pk, user_id=user.pk)
            renaming = start(profiles.rename, user_id=user.pk, display_name="Johnny")
            wait_until_somebody_waits_for_us()
            assert names(team) == ["John"]
        renaming.result()
    assert names(team) == ["Johnny"]


@pytest.mark.django_db(transaction=True)
def test_readers_and_renames_at_once() -> None:
    """After each commit the next read shows the name; an older key is never read again."""
    users = [create_user(display_name="name-0") for _ in range(3)]
    teams = [create_team(), create_team()]
    for team in teams:
        for user in users:
            roster.join(team_id=team.pk, user_id=user.pk)

    def rename(user_id: int, place: int) -> int:
        stale = 0
        for number in range(1, 16):
            profiles.rename(user_id=user_id, display_name=f"name-{number}")
            stale += sum(names(team)[place] != f"name-{number}" for team in teams)
        return stale

    with other_threads(3) as start:
        counts = [start(rename, user_id=user.pk, place=place) for place, user in enumerate(users)]
    assert [count.result() for count in counts] == [0, 0, 0]
    assert [names(team) for team in teams] == [["name-15"] * 3] * 2


def test_growing_nothing_is_nothing(team: Team) -> None:
    versions.grow([])
    assert Team.objects.get(pk=team.pk).roster_version == 0
