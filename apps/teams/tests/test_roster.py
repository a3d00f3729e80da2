"""The roster service: rows and events, and nothing at all when something is refused."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from hypothesis import given
from hypothesis import strategies as st

from apps.events import occurring_at
from apps.events.announced import SilentChange
from apps.events.models import EventLog
from apps.events.testing import emitted
from apps.teams.models import Role, SeatEnded, Team, TeamMembership
from apps.teams.services import roster
from apps.teams.testing import create_team
from apps.user_profile.models import User
from apps.user_profile.testing import create_user
from tests.threads import other_threads, wait_until_somebody_waits_for_us

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return create_team("OpTic Gaming")


@pytest.fixture
def user() -> User:
    return create_user()


def joined(team: Team, user: User, role: str = "PLAYER") -> tuple[str, dict[str, object]]:
    return ("user_joined_team", {"user_id": user.pk, "team_id": team.pk, "role": role})


def left(team: Team, user: User) -> tuple[str, dict[str, object]]:
    return ("user_left_team", {"user_id": user.pk, "team_id": team.pk})


def test_a_team_needs_a_name_a_slug_and_a_tag() -> None:
    with emitted() as events:
        team = Team.objects.create(name="OpTic Gaming", slug="optic", tag="OG")
    assert events == [("team_created", {"team_id": team.pk, "user_id": None})]
    assert (team.game, team.creator) == (None, None)


def test_founding_makes_slug_and_tag(user: User) -> None:
    with emitted() as events:
        teams = [roster.create_team(name=" OpTic  Gaming ", creator_id=user.pk, game_id=1) for _ in range(3)]
    assert [team.slug for team in teams] == ["optic-gaming", "optic-gaming-2", "optic-gaming-3"]
    assert [team.tag for team in teams] == ["OG", "OG2", "OG3"]
    assert {(team.game_id, team.creator_id) for team in teams} == {(1, user.pk)}
    told = [event for event in events if event[0] == "team_created"]
    assert told == [("team_created", {"team_id": team.pk, "user_id": user.pk}) for team in teams]
    assert not TeamMembership.objects.exists()


@pytest.mark.parametrize(
    ("name", "slug", "tag"),
    [
        ("Splyce", "splyce", "SPLY"),
        ("eUnited", "eunited", "EUNI"),
        ("100 Thieves", "100-thieves", "1T"),
        ("A Team Of Far Too Many Words", "a-team-of-far-too-many-words", "ATOFT"),
        ("日本", "team", "TEAM"),
        ("New", "new-2", "NEW"),
        ("x" * 80, "x" * 72, "XXXX"),
    ],
)
def test_slugs_and_tags(name: str, slug: str, tag: str) -> None:
    team = roster.create_team(name=name)
    assert (team.slug, team.tag) == (slug, tag)


@pytest.mark.parametrize(
    ("name", "tag", "field"),
    [
        ("", "", "name"),
        ("a\u202eb", "", "name"),
        ("x" * 81, "", "name"),
        ("A", "TOOLONG", "tag"),
        ("A\0", "", "name"),
    ],
)
def test_a_refused_team_leaves_nothing(name: str, tag: str, field: str) -> None:
    with emitted() as events, pytest.raises(ValidationError) as caught:
        roster.create_team(name=name, tag=tag)
    assert list(caught.value.message_dict) == [field]
    assert events == []
    assert not Team.objects.exists()


@given(st.text(max_size=90))
def test_a_tag_and_a_slug_are_made_of_any_name(name: str) -> None:
    assert 1 <= len(roster.tag_for(name)) <= 5
    assert roster.tag_for(name).isascii()


def test_a_rename_keeps_the_address(team: Team) -> None:
    with emitted() as events:
        for _ in range(2):
            roster.rename(team_id=team.pk, name="OpTic Texas")
    assert events == [
        ("team_renamed", {"team_id": team.pk, "old_name": "OpTic Gaming", "new_name": "OpTic Texas"})
    ]
    assert Team.objects.values_list("name", "slug").get() == ("OpTic Texas", "optic-gaming")
    with pytest.raises(SilentChange, match=r"apps\.teams\.services\.roster\.rename"):
        Team.objects.update(name="X")


def test_joining(team: Team, user: User) -> None:
    with emitted() as events:
        seat = roster.join(team_id=team.pk, user_id=user.pk)
    assert events == [joined(team, user)]
    assert (seat.role, seat.is_active, seat.display_name) == (Role.PLAYER, True, user.username)
    assert seat.avatar_url is None


def test_joining_twice_is_refused(team: Team, user: User) -> None:
    roster.join(team_id=team.pk, user_id=user.pk)
    with emitted() as events:
        with pytest.raises(roster.AlreadySeated):
            roster.join(team_id=team.pk, user_id=user.pk, role="CAPTAIN")
        with pytest.raises(IntegrityError), transaction.atomic():
            TeamMembership.objects.create(team=team, user=user)
    assert events == []
    assert TeamMembership.objects.count() == 1


def test_an_unknown_role_is_refused(team: Team, user: User) -> None:
    with emitted() as events, pytest.raises(ValueError, match="KING"):
        roster.join(team_id=team.pk, user_id=user.pk, role="KING")
    assert events == []


def test_a_full_roster_is_refused() -> None:
    team = create_team(game_id=12)  # eFootball: two players at most
    for _ in range(2):
        roster.join(team_id=team.pk, user_id=create_user().pk)
    late = create_user()
    with emitted() as events, pytest.raises(roster.RosterFull, match="2 players"):
        roster.join(team_id=team.pk, user_id=late.pk)
    assert events == []
    assert team.memberships.count() == 2
    first = TeamMembership.objects.earliest("pk")
    roster.leave(team_id=team.pk, user_id=first.user_id)
    roster.join(team_id=team.pk, user_id=late.pk)


@pytest.mark.django_db(transaction=True)
def test_two_take_the_last_seat_at_once() -> None:
    team = create_team(game_id=12)
    roster.join(team_id=team.pk, user_id=create_user().pk)
    one, other = create_user(), create_user()
    with other_threads() as start, emitted() as events:
        with transaction.atomic():
            roster.join(team_id=team.pk, user_id=one.pk)
            late = start(roster.join, team_id=team.pk, user_id=other.pk)
            wait_until_somebody_waits_for_us()
        with pytest.raises(roster.RosterFull):
            late.result()
    assert events == [joined(team, one)]
    assert team.memberships.active().count() == 2


def test_leaving_and_coming_back(team: Team, user: User) -> None:
    with emitted() as events:
        roster.join(team_id=team.pk, user_id=user.pk)
        roster.leave(team_id=team.pk, user_id=user.pk)
        roster.join(team_id=team.pk, user_id=user.pk, role="CAPTAIN")
    assert events == [joined(team, user), left(team, user), joined(team, user, "CAPTAIN")]
    assert [seat.is_active for seat in TeamMembership.objects.order_by("pk")] == [False, True]


def test_who_is_not_there_cannot_leave(team: Team, user: User) -> None:
    with emitted() as events:
        with pytest.raises(roster.NotSeated):
            roster.leave(team_id=team.pk, user_id=user.pk)
        with pytest.raises(roster.NotSeated):
            roster.change_role(team_id=team.pk, user_id=user.pk, role="COACH")
    assert events == []


def test_another_role(team: Team, user: User) -> None:
    roster.join(team_id=team.pk, user_id=user.pk)
    with emitted() as events:
        for _ in range(2):
            roster.change_role(team_id=team.pk, user_id=user.pk, role="COACH")
    change = {"user_id": user.pk, "team_id": team.pk, "old_role": "PLAYER", "new_role": "COACH"}
    assert events == [("team_role_changed", change)]


def test_a_seat_that_ended_stays_ended(team: Team, user: User) -> None:
    roster.join(team_id=team.pk, user_id=user.pk)
    seat = roster.leave(team_id=team.pk, user_id=user.pk)
    seat.left_at = None
    with emitted() as events, pytest.raises(SeatEnded, match=r"roster\.join"), transaction.atomic():
        seat.save()
    assert events == []
    assert not TeamMembership.objects.active().exists()


def test_no_end_is_silent(team: Team, user: User) -> None:
    roster.join(team_id=team.pk, user_id=user.pk)
    with emitted() as events, pytest.raises(SilentChange, match=r"apps\.teams\.services\.roster"):
        TeamMembership.objects.update(left_at=datetime.now(UTC))
    assert events == []


def delete_stale(team: Team, user: User) -> None:
    """Delete by a copy that does not know of the end."""
    seat = TeamMembership.objects.get()
    roster.leave(team_id=team.pk, user_id=user.pk)
    seat.delete()


@pytest.mark.parametrize(
    "end",
    [
        lambda team, user: TeamMembership.objects.get().delete(),
        lambda team, user: TeamMembership.objects.all().delete(),
        delete_stale,
    ],
    ids=["row", "queryset", "stale"],
)
def test_a_deleted_seat_is_announced_once(team: Team, user: User, end: Callable[[Team, User], None]) -> None:
    TeamMembership.objects.create(team=team, user=user)
    with emitted() as events:
        end(team, user)
    assert events == [left(team, user)]
    assert not TeamMembership.objects.exists()


def test_bulk_create_announces_each(team: Team) -> None:
    users = [create_user() for _ in range(3)]
    with emitted() as events:
        TeamMembership.objects.bulk_create([TeamMembership(team=team, user=user) for user in users])
    assert events == [joined(team, user) for user in users]


def test_history_keeps_players_and_teams(team: Team, user: User) -> None:
    roster.join(team_id=team.pk, user_id=user.pk)
    for kept in (team, user):
        with emitted() as events, pytest.raises(ProtectedError):
            kept.delete()
        assert events == []


def test_imported_history_has_its_own_time(team: Team, user: User) -> None:
    come, gone = datetime(2018, 1, 19, tzinfo=UTC), datetime(2018, 3, 1, tzinfo=UTC)
    with occurring_at(come):
        roster.join(team_id=team.pk, user_id=user.pk)
    with occurring_at(gone):
        roster.leave(team_id=team.pk, user_id=user.pk)
    assert TeamMembership.objects.values_list("joined_at", "left_at").get() == (come, gone)
    times = EventLog.objects.filter(user_id=user.pk, event_type__endswith="_team").order_by("id")
    assert list(times.values_list("occurred_at", flat=True)) == [come, gone]


def test_an_end_is_never_before_its_beginning(team: Team, user: User) -> None:
    roster.join(team_id=team.pk, user_id=user.pk)
    with occurring_at(datetime(2018, 1, 19, tzinfo=UTC)):
        seat = roster.leave(team_id=team.pk, user_id=user.pk)
    assert seat.left_at == seat.joined_at


@pytest.mark.django_db(transaction=True)
def test_two_found_a_team_of_one_name_at_once() -> None:
    with other_threads() as start:
        with transaction.atomic():
            roster.create_team(name="OpTic Gaming")
            late = start(roster.create_team, name="OpTic Gaming")
            wait_until_somebody_waits_for_us()
        assert late.result().slug == "optic-gaming-2"


@pytest.mark.django_db(transaction=True)
def test_two_end_a_seat_at_once_and_it_is_said_once() -> None:
    team, user = create_team(), create_user()
    stale = roster.join(team_id=team.pk, user_id=user.pk)
    stale.left_at = datetime(2099, 1, 1, tzinfo=UTC)
    with other_threads() as start, emitted() as events:
        with transaction.atomic():
            roster.leave(team_id=team.pk, user_id=user.pk)
            late = start(stale.save)
            wait_until_somebody_waits_for_us()
        late.result()
    assert events == [left(team, user)]
