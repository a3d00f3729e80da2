"""A player whose account is deleted leaves his seats; the team and its record stay."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.events import erasure
from apps.events.testing import emitted
from apps.teams.models import TeamAction, TeamMembership
from apps.teams.services import roster
from apps.user_profile.models import AccountDeletion
from apps.user_profile.services import deletion
from apps.user_profile.testing import create_user

pytestmark = pytest.mark.django_db


def test_the_seats_are_free_and_the_past_stays() -> None:
    user = create_user()
    teams = [roster.create_team(name=name) for name in ("One", "Two")]
    for team, role in zip(teams, ("CAPTAIN", "PLAYER"), strict=True):
        roster.join(team_id=team.pk, user_id=user.pk, role=role)
    deletion.request(user_id=user.pk)
    AccountDeletion.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    with emitted() as events:
        deletion.carry_out_due()
    left = [said for name, said in events if name == "user_left_team"]
    assert [said["team_id"] for said in left] == [team.pk for team in teams]
    assert TeamMembership.objects.filter(user=user, left_at__isnull=False).count() == 2


def test_the_captaincy_goes_to_the_manager_or_to_who_has_been_there_longest() -> None:
    captain, manager, first, second = (create_user(name) for name in ("cap", "man", "one", "two"))
    teams = [roster.create_team(name=name) for name in ("Led", "Played", "Alone")]
    for team, players in zip(teams, ((second, first, manager), (second, first), ()), strict=True):
        roster.join(team_id=team.pk, user_id=captain.pk, role="CAPTAIN")
        for user in players:
            roster.join(team_id=team.pk, user_id=user.pk, role="MANAGER" if user == manager else "PLAYER")
    with emitted() as events:
        roster.vacate(user_id=captain.pk)
    captains = TeamMembership.objects.active().filter(role="CAPTAIN").order_by("team_id")
    assert list(captains.values_list("team_id", "user_id")) == [
        (teams[0].pk, manager.pk),
        (teams[1].pk, second.pk),
    ]
    assert [name for name, _ in events].count("team_role_changed") == 2
    log = TeamAction.objects.filter(kind="CAPTAINCY_HANDED_OVER").order_by("team_id")
    assert list(log.values_list("by", "user")) == [(None, manager.pk), (None, second.pk)]


def test_who_only_had_his_log_erased_keeps_his_seat() -> None:
    user = create_user()
    team = roster.create_team(name="One")
    roster.join(team_id=team.pk, user_id=user.pk)
    erasure.erase(user.pk, by="test")
    assert TeamMembership.objects.active().filter(user=user).exists()
