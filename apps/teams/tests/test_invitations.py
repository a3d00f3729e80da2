"""Invitations and requests: asked by who may, as privacy lets it, answered once and in time."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.events import occurring_at
from apps.events.testing import emitted
from apps.teams import jobs, selectors
from apps.teams.models import Invitation, JoinRequest, Team, TeamAction, TeamMembership, WrongAnswer
from apps.teams.services import invitations, requests, roster
from apps.teams.services.management import NotAllowed
from apps.teams.testing import create_team
from apps.user_profile.models import User
from apps.user_profile.services import follows, privacy
from apps.user_profile.testing import create_user
from tests.threads import other_threads, wait_until_somebody_waits_for_us

pytestmark = pytest.mark.django_db


@pytest.fixture
def captain() -> User:
    return create_user("cap")


@pytest.fixture
def team(captain: User) -> Team:
    team = create_team("Night Owls", game_id=1)
    roster.join(team_id=team.pk, user_id=captain.pk, role="CAPTAIN")
    return team


@pytest.fixture
def player() -> User:
    return create_user("newbie")


def invite(team: Team, captain: User, player: User, role: str = "PLAYER") -> Invitation:
    return invitations.invite(team_id=team.pk, by_id=captain.pk, user_id=player.pk, role=role)


def test_invited_and_seated(team: Team, captain: User, player: User) -> None:
    with emitted() as events:
        invitation = invite(team, captain, player, "SUB")
        assert invite(team, captain, player) == invitation
        invitations.accept(invitation_id=invitation.pk, user_id=player.pk)
    who = {"user_id": player.pk, "team_id": team.pk}
    about = who | {"invitation_id": invitation.pk}
    assert events == [
        ("team_invite_sent", about | {"inviter_id": captain.pk}),
        ("team_invite_closed", about | {"outcome": "ACCEPTED"}),
        ("user_joined_team", who | {"role": "SUB"}),
    ]
    logged = TeamAction.objects.order_by("pk").values_list("kind", "by", "user")
    assert list(logged) == [("INVITED", captain.pk, player.pk), ("JOINED", player.pk, player.pk)]
    with pytest.raises(WrongAnswer):
        invitations.decline(invitation_id=invitation.pk, user_id=player.pk)


REFUSALS: dict[str, Callable[[User, User], Any]] = {
    "nobody": lambda captain, player: privacy.update(user_id=player.pk, allow_team_invites="nobody"),
    "not followed": lambda captain, player: privacy.update(user_id=player.pk, allow_team_invites="following"),
    "no teammate": lambda captain, player: privacy.update(user_id=player.pk, allow_team_invites="teammates"),
    "blocked": lambda captain, player: follows.block(user_id=player.pk, blocked_id=captain.pk),
    "blocks": lambda captain, player: follows.block(user_id=captain.pk, blocked_id=player.pk),
}


@pytest.mark.parametrize("refuse", REFUSALS.values(), ids=REFUSALS)
def test_privacy_refuses_and_nothing_is_said(
    team: Team, captain: User, player: User, refuse: Callable[[User, User], Any]
) -> None:
    refuse(captain, player)
    with emitted() as events, pytest.raises(invitations.CannotInvite, match=r"cannot be invited"):
        invite(team, captain, player)
    assert events == []
    assert not Invitation.objects.exists()
    assert not TeamAction.objects.exists()


def test_who_is_followed_may_invite(team: Team, captain: User, player: User) -> None:
    privacy.update(user_id=player.pk, allow_team_invites="following")
    follows.follow(follower_id=player.pk, followed_id=captain.pk)
    assert invite(team, captain, player).status == "PENDING"


def test_a_refusal_is_quiet(team: Team, captain: User, player: User) -> None:
    invitation = invite(team, captain, player)
    invitations.decline(invitation_id=invitation.pk, user_id=player.pk)
    assert selectors.inbox(player.pk) == []
    assert selectors.invitations_of(team.pk) == [invitation]
    assert [action.kind for action in selectors.log_of(team.pk)] == ["INVITED"]
    with pytest.raises(invitations.CannotInvite):
        invite(team, captain, player)
    with emitted() as events:
        invitations.cancel(invitation_id=invitation.pk, by_id=captain.pk)
    assert events == []
    assert selectors.invitations_of(team.pk) == []
    other = create_team("Others", game_id=2)
    roster.join(team_id=other.pk, user_id=captain.pk, role="CAPTAIN")
    with pytest.raises(invitations.CannotInvite):
        invite(other, captain, player)


def test_who_sends_many_waits(team: Team, captain: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invitations, "SENT_A_DAY_MAX", 2)
    for _ in range(2):
        invite(team, captain, create_user())
    with pytest.raises(invitations.TooManyInvitations):
        invite(team, captain, create_user())


def test_after_a_week_it_has_run_out(team: Team, captain: User, player: User) -> None:
    with occurring_at(timezone.now() - timedelta(days=7, minutes=1)):
        invitation = invite(team, captain, player)
        request = requests.ask(team_id=team.pk, user_id=player.pk)
    assert selectors.inbox(player.pk) == []
    with pytest.raises(WrongAnswer):
        invitations.accept(invitation_id=invitation.pk, user_id=player.pk)
    with emitted() as events:
        jobs.expire_what_is_due()
        jobs.expire_what_is_due()
    who = {"user_id": player.pk, "team_id": team.pk, "outcome": "EXPIRED"}
    assert events == [
        ("team_invite_closed", who | {"invitation_id": invitation.pk}),
        ("team_join_request_closed", who | {"request_id": request.pk}),
    ]
    assert invite(team, captain, player).status == "PENDING"


def test_what_ran_out_is_closed_by_the_next_one(team: Team, captain: User, player: User) -> None:
    with occurring_at(timezone.now() - timedelta(days=8)):
        late, asked = invite(team, captain, player), requests.ask(team_id=team.pk, user_id=player.pk)
    invite(team, captain, player)
    requests.ask(team_id=team.pk, user_id=player.pk)
    late.refresh_from_db()
    asked.refresh_from_db()
    assert (late.status, asked.status) == ("EXPIRED", "EXPIRED")


def test_a_block_takes_invitations_away(team: Team, captain: User, player: User) -> None:
    invite(team, captain, player)
    follows.block(user_id=player.pk, blocked_id=captain.pk)
    assert selectors.inbox(player.pk) == []


def test_only_who_may_invites(team: Team, captain: User, player: User) -> None:
    coach, sub = create_user(), create_user()
    roster.join(team_id=team.pk, user_id=coach.pk, role="COACH")
    roster.join(team_id=team.pk, user_id=sub.pk, role="SUB")
    for by, role in ((sub, "PLAYER"), (coach, "MANAGER"), (create_user(), "PLAYER")):
        with emitted() as events, pytest.raises(NotAllowed):
            invite(team, by, player, role)
        assert events == []
    invitation = invite(team, coach, player)
    with pytest.raises(NotAllowed):
        invitations.cancel(invitation_id=invitation.pk, by_id=sub.pk)
    with pytest.raises(Invitation.DoesNotExist):
        invitations.accept(invitation_id=invitation.pk, user_id=sub.pk)


def test_no_second_team_of_a_game(team: Team, captain: User, player: User) -> None:
    elsewhere, other_game = create_team(game_id=1), create_team(game_id=2)
    invitation = invite(team, captain, player)
    for one in (elsewhere, other_game):
        roster.join(team_id=one.pk, user_id=player.pk)
    with emitted() as events, pytest.raises(roster.SeatedElsewhere), transaction.atomic():
        invitations.accept(invitation_id=invitation.pk, user_id=player.pk)
    assert events == []
    with pytest.raises(IntegrityError, match="one_team_a_game"), transaction.atomic():
        TeamMembership.objects.create(team=team, user=player)
    roster.leave(team_id=elsewhere.pk, user_id=player.pk)
    invitations.accept(invitation_id=invitation.pk, user_id=player.pk)
    assert len(selectors.get_team_roster(team.pk)) == 2


def test_asked_and_let_in(team: Team, captain: User, player: User) -> None:
    invitation = invite(team, captain, player)
    with emitted() as events:
        request = requests.ask(team_id=team.pk, user_id=player.pk, message=" hello ")
        assert requests.ask(team_id=team.pk, user_id=player.pk) == request
        assert selectors.has_asked(team.pk, player.pk)
        invitations.accept(invitation_id=invitation.pk, user_id=player.pk)
    assert [kind for kind, _ in events] == [
        "team_join_requested",
        "team_invite_closed",
        "user_joined_team",
        "team_join_request_closed",
    ]
    assert JoinRequest.objects.values_list("message", "status", "answered_by").get() == (
        "hello",
        "ACCEPTED",
        captain.pk,
    )


def test_a_request_is_answered_by_who_may(team: Team, captain: User, player: User) -> None:
    other = create_user()
    asked = {user: requests.ask(team_id=team.pk, user_id=user.pk) for user in (player, other)}
    with pytest.raises(NotAllowed):
        requests.accept(request_id=asked[player].pk, by_id=other.pk)
    requests.accept(request_id=asked[player].pk, by_id=captain.pk, role="SUB")
    requests.decline(request_id=asked[other].pk, by_id=captain.pk, reason="Too many snipers.")
    with pytest.raises(requests.TakesNoRequests):
        requests.ask(team_id=team.pk, user_id=other.pk)
    with pytest.raises(WrongAnswer):
        requests.withdraw(request_id=asked[other].pk, user_id=other.pk)
    assert [action.kind for action in selectors.log_of(team.pk)] == ["REQUEST_DECLINED", "JOINED"]


@pytest.mark.parametrize("change", [{"takes_requests": False}, {"visibility": "PRIVATE"}])
def test_a_closed_team_takes_no_requests(team: Team, player: User, change: dict[str, Any]) -> None:
    Team.objects.filter(pk=team.pk).update(**change)
    with emitted() as events, pytest.raises(requests.TakesNoRequests):
        requests.ask(team_id=team.pk, user_id=player.pk)
    assert events == []


@pytest.mark.parametrize("message", ["x" * 501, "a\0b"])
def test_a_message_that_cannot_be_stored(team: Team, player: User, message: str) -> None:
    with pytest.raises(ValidationError):
        requests.ask(team_id=team.pk, user_id=player.pk, message=message)
    assert not JoinRequest.objects.exists()


def test_the_database_knows_the_rules(team: Team, captain: User, player: User) -> None:
    invitation = invite(team, captain, player)
    for wrong in ({"status": "LOST"}, {"status": "ACCEPTED"}, {"by_id": player.pk}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Invitation.objects.filter(pk=invitation.pk).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.create(team=team, user=player, by=captain)


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_once() -> None:
    captain, player, team = create_user(), create_user(), create_team()
    roster.join(team_id=team.pk, user_id=captain.pk, role="CAPTAIN")
    invitation = invite(team, captain, player)
    with other_threads() as start:
        with transaction.atomic():
            invitations.cancel(invitation_id=invitation.pk, by_id=captain.pk)
            late = start(invitations.accept, invitation_id=invitation.pk, user_id=player.pk)
            wait_until_somebody_waits_for_us()
        with pytest.raises(WrongAnswer):
            late.result()
    assert len(selectors.get_team_roster(team.pk)) == 1
