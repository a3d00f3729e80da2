"""What members may do to their team, by the table; and what is kept of it."""

from itertools import product
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from apps.events.testing import emitted
from apps.teams import selectors
from apps.teams.models import Role, Team, TeamAction
from apps.teams.permissions import GRANTS, PERMISSIONS, Can, may
from apps.teams.services import management, roster
from apps.teams.services.management import CaptainStays, NotAllowed
from apps.teams.testing import create_team
from apps.user_profile.models import User
from apps.user_profile.testing import create_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def captain() -> User:
    return create_user()


@pytest.fixture
def team(captain: User) -> Team:
    return management.found(by_id=captain.pk, name="Night Owls", tag="owl", game_id=1)


def seated(team: Team, role: str = "PLAYER") -> int:
    user_id = create_user().pk
    roster.join(team_id=team.pk, user_id=user_id, role=role)
    return user_id


def kinds(team: Team) -> list[str]:
    return [action.kind for action in selectors.log_of(team.pk)]


def test_who_founds_is_captain(team: Team, captain: User) -> None:
    assert (team.tag, team.creator_id) == ("OWL", captain.pk)
    assert [(row["user_id"], row["role"]) for row in selectors.get_team_roster(team.pk)] == [
        (captain.pk, "CAPTAIN")
    ]
    assert kinds(team) == ["FOUNDED"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"tag": "TOOLONG"}, "tag"),
        ({"tag": "a b"}, "tag"),
        ({"tag": "Owl"}, "tag"),
        ({"name": "\0"}, "name"),
        ({"description": "\0"}, "description"),
        ({"description": "x" * 2001}, "description"),
        ({"region": "MOON"}, "region"),
        ({"game_id": 10**6}, "game"),
    ],
)
def test_a_refused_team_leaves_nothing(team: Team, given: dict[str, Any], field: str) -> None:
    wanted = {"name": "New", "tag": "NEW", "game_id": 1} | given
    with emitted() as events, pytest.raises(ValidationError) as caught:
        management.found(by_id=create_user().pk, **wanted)
    assert field in caught.value.message_dict
    assert [kind for kind, _ in events if kind.startswith("team")] == []
    assert Team.objects.count() == 1


def test_a_tag_is_one_teams_in_a_game(team: Team) -> None:
    assert roster.create_team(name="Owl", game_id=1).tag == "OWL2"
    assert roster.create_team(name="Owl", tag="OWL", game_id=2).tag == "OWL"
    with pytest.raises(roster.TagTaken):
        roster.create_team(name="Owl", tag="owl", game_id=1)
    with pytest.raises(IntegrityError, match="tag_once"), transaction.atomic():
        Team.objects.create(name="Owl", slug="x", tag="owl", game_id=1)


def test_nobody_founds_a_second_team_of_a_game(team: Team, captain: User) -> None:
    with pytest.raises(roster.SeatedElsewhere):
        management.found(by_id=captain.pk, name="More", tag="MORE", game_id=1)
    assert Team.objects.count() == 1


@pytest.mark.parametrize(("own", "what"), list(product(Role, Can)))
def test_the_table(own: Role, what: Can) -> None:
    assert may(own, what) is (what in PERMISSIONS[own])
    assert Role.CAPTAIN not in GRANTS[own]
    assert not may(None, what)


def test_a_manager_is_no_captain(team: Team, captain: User) -> None:
    manager, other, player = seated(team, "MANAGER"), seated(team, "MANAGER"), seated(team)
    by = {"team_id": team.pk, "by_id": manager}
    management.change_role(**by, user_id=player, role="SUB")
    refused: list[tuple[type[Exception], Any]] = [
        (NotAllowed, lambda: management.remove(**by, user_id=other)),
        (NotAllowed, lambda: management.change_role(**by, user_id=player, role="MANAGER")),
        (CaptainStays, lambda: management.remove(**by, user_id=captain.pk)),
        (CaptainStays, lambda: management.change_role(**by, user_id=player, role="CAPTAIN")),
        (NotAllowed, lambda: management.hand_over(**by, user_id=player)),
        (NotAllowed, lambda: management.remove(team_id=team.pk, by_id=player, user_id=other)),
        (NotAllowed, lambda: management.edit(team_id=team.pk, by_id=player, changes={"name": "Mine"})),
        (roster.NotSeated, lambda: management.remove(**by, user_id=10**9)),
    ]
    for error, act in refused:
        with emitted() as events, pytest.raises(error), transaction.atomic():
            act()
        assert events == []
    assert kinds(team) == ["ROLE_CHANGED", "FOUNDED"]


def test_captaincy_is_handed_over(team: Team, captain: User) -> None:
    player = seated(team)
    with pytest.raises(CaptainStays):
        management.leave(team_id=team.pk, user_id=captain.pk)
    management.hand_over(team_id=team.pk, by_id=captain.pk, user_id=player)
    assert [row["role"] for row in selectors.get_team_roster(team.pk)] == ["CAPTAIN", "PLAYER"]
    management.leave(team_id=team.pk, user_id=captain.pk)
    management.leave(team_id=team.pk, user_id=player)
    assert kinds(team) == ["LEFT", "LEFT", "CAPTAINCY_HANDED_OVER", "FOUNDED"]
    assert [seat.user_id for seat in selectors.past_members(team.pk)] == [player, captain.pk]


def test_two_captains_are_refused(team: Team) -> None:
    player = seated(team)
    with pytest.raises(roster.CaptainSeated):
        roster.join(team_id=team.pk, user_id=create_user().pk, role="CAPTAIN")
    with pytest.raises(roster.CaptainSeated):
        roster.change_role(team_id=team.pk, user_id=player, role="CAPTAIN")


def test_removed_for_a_reason(team: Team, captain: User) -> None:
    player = seated(team)
    management.remove(team_id=team.pk, by_id=captain.pk, user_id=player, reason="Missed every practice.")
    action = TeamAction.objects.latest("pk")
    assert (action.kind, action.by_id, action.user_id) == ("REMOVED", captain.pk, player)
    assert action.reason == "Missed every practice."
    again = seated(team)
    for reason in ("x" * 301, "a\0"):
        with pytest.raises(ValidationError):
            management.remove(team_id=team.pk, by_id=captain.pk, user_id=again, reason=reason)
    assert roster.leave(team_id=team.pk, user_id=again).left_at


def test_a_team_is_renamed_once_in_a_while(team: Team, captain: User) -> None:
    by = {"team_id": team.pk, "by_id": captain.pk}
    with emitted() as events:
        management.edit(**by, changes={"name": "Day Owls", "tag": "day", "region": team.region})
        management.edit(**by, changes={"description": "We sleep at night.", "visibility": "UNLISTED"})
        management.edit(**by, changes={"description": "We sleep at night."})
    assert [kind for kind, _ in events] == ["team_renamed"]
    with pytest.raises(management.RenamedLately, match="30 days"):
        management.edit(**by, changes={"tag": "OWL"})
    create_team("Taken", tag="OWL", game_id=1)
    Team.objects.update(renamed_at=None)
    with pytest.raises(roster.TagTaken):
        management.edit(**by, changes={"tag": "OWL"})
    assert kinds(team) == ["EDITED", "EDITED", "FOUNDED"]
    assert list(selectors.teams_list().values_list("name", flat=True)) == ["Taken"]


def test_a_seat_has_the_game_of_its_team(team: Team) -> None:
    """The database compares the two."""
    with connection.cursor() as cursor, pytest.raises(IntegrityError), transaction.atomic():
        cursor.execute("UPDATE teams_teammembership SET game_id = 2 WHERE team_id = %s", [team.pk])
