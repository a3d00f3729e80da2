"""The admin site: what an operator changes is announced, and history stays."""

import pytest
from django.test import Client
from django.urls import reverse

from apps.events.testing import emitted
from apps.teams.models import Team, TeamMembership
from apps.teams.selectors import get_team_roster
from apps.teams.testing import create_team
from apps.user_profile.models import User
from apps.user_profile.testing import create_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return create_team("OpTic Gaming")


@pytest.fixture
def user() -> User:
    return create_user("johndoe")


def test_an_operator_seats_a_player_and_lets_him_go(admin_client: Client, team: Team, user: User) -> None:
    form = {"joined_at_0": "2018-01-19", "joined_at_1": "12:00", "role": "CAPTAIN"}
    with emitted() as events:
        admin_client.post(
            reverse("admin:teams_teammembership_add"), form | {"team": team.pk, "user": user.pk}
        )
        seat = TeamMembership.objects.get()
        assert [entry["role"] for entry in get_team_roster(team.pk)] == ["CAPTAIN"]
        address = reverse("admin:teams_teammembership_change", args=[seat.pk])
        end = {"left_at_0": "2018-03-01", "left_at_1": "12:00", "role": "CAPTAIN"}
        admin_client.post(address, end)
        admin_client.post(address, {"left_at_0": "", "left_at_1": "", "role": "CAPTAIN"})
    assert events == [
        ("user_joined_team", {"user_id": user.pk, "team_id": team.pk, "role": "CAPTAIN"}),
        ("user_left_team", {"user_id": user.pk, "team_id": team.pk}),
    ]
    assert get_team_roster(team.pk) == []


def test_an_operator_cannot_seat_a_player_twice(admin_client: Client, team: Team, user: User) -> None:
    TeamMembership.objects.create(team=team, user=user)
    form = {
        "team": team.pk,
        "user": user.pk,
        "role": "SUB",
        "joined_at_0": "2018-01-19",
        "joined_at_1": "12:00",
    }
    with emitted() as events:
        answer = admin_client.post(reverse("admin:teams_teammembership_add"), form)
    assert b"is in the team already" in answer.content
    assert events == []


def test_an_operator_renames_a_team(admin_client: Client, team: Team) -> None:
    address = reverse("admin:teams_team_change", args=[team.pk])
    with emitted() as events:
        form = {"name": "OpTic Texas", "slug": team.slug, "tag": team.tag, "visibility": team.visibility}
        admin_client.post(address, form)
    assert events == [
        ("team_renamed", {"team_id": team.pk, "old_name": "OpTic Gaming", "new_name": "OpTic Texas"})
    ]


@pytest.mark.parametrize("model", ["team", "teammembership"])
def test_nothing_is_deleted(admin_client: Client, team: Team, user: User, model: str) -> None:
    TeamMembership.objects.create(team=team, user=user)
    listed = admin_client.get(reverse(f"admin:teams_{model}_changelist"), {"q": "o"})
    assert listed.status_code == 200
    assert "delete_selected" not in listed.content.decode()
    row = listed.context["cl"].queryset.get()
    assert admin_client.post(reverse(f"admin:teams_{model}_delete", args=[row.pk])).status_code == 403
