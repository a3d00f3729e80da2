"""Invitations: invite, accept, decline, cancel, expire.

Whom one may invite, the player's privacy says. Whoever is refused learns no more than that: a block, a
switch, a refusal of last week and an unknown name all read the same.
"""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from apps.teams.models import Done, Invitation, Role, Team, TeamMembership, moment
from apps.teams.models.asking import AskingQuerySet
from apps.teams.permissions import Can
from apps.teams.services import log, requests, roster
from apps.teams.services.management import authorised, grants
from apps.teams.signals import team_invite_closed, team_invite_sent
from apps.user_profile.selectors import privacy
from apps.user_profile.services import profiles

# One who was invited is left in peace for so long, by the same team and by the same sender.
AGAIN_AFTER = timedelta(days=7)
SENT_A_DAY_MAX = 20
Status = Invitation.Status


class CannotInvite(ValidationError):
    """The player cannot be invited; the sender does not learn why."""

    def __init__(self) -> None:
        super().__init__("This player cannot be invited.", code="cannot_invite")


class TooManyInvitations(ValidationError):
    """Somebody has sent SENT_A_DAY_MAX invitations within a day."""

    def __init__(self) -> None:
        super().__init__(
            f"You have sent {SENT_A_DAY_MAX} invitations within a day. Wait until tomorrow.", code="too_many"
        )


@transaction.atomic
def invite(*, team_id: int, by_id: int, user_id: int, role: str = Role.PLAYER) -> Invitation:
    """Invite a player; while the invitation waits, a second one is the same.

    Raises NotAllowed, CannotInvite, TooManyInvitations, AlreadySeated.
    """
    profiles.lock_many([by_id, user_id])
    team, own = authorised(team_id, by_id, Can.INVITE)
    grants(own.role, role)
    if team.memberships.active().filter(user_id=user_id).exists():
        raise roster.AlreadySeated
    sent = Invitation.objects.filter(by_id=by_id, created_at__gt=moment() - timedelta(days=1))
    if sent.count() >= SENT_A_DAY_MAX:
        raise TooManyInvitations
    if not privacy.may_invite(by_id, user_id):
        raise CannotInvite
    to_user = Invitation.objects.filter(user_id=user_id)
    if waiting := to_user.waiting().filter(team=team).first():
        return waiting
    lately = to_user.filter(created_at__gt=moment() - AGAIN_AFTER).exclude(status=Status.ACCEPTED)
    if lately.filter(team=team).exists() or lately.filter(by_id=by_id).exclude(status="PENDING").exists():
        raise CannotInvite
    expire_due(to_user.filter(team=team))
    invitation = Invitation.objects.create(team=team, user_id=user_id, by_id=by_id, role=Role(role))
    log.write(team_id, Done.INVITED, by_id=by_id, user_id=user_id, role=role)
    team_invite_sent.send(
        Invitation, user_id=user_id, team_id=team_id, invitation_id=invitation.pk, inviter_id=by_id
    )
    return invitation


@transaction.atomic
def accept(*, invitation_id: int, user_id: int) -> TeamMembership:
    """Take the seat that was offered; a request that waits is granted by it.

    Raises Invitation.DoesNotExist, WrongAnswer, RosterFull, SeatedElsewhere, AlreadySeated.
    """
    invitation = locked(invitation_id, user_id=user_id)
    close(invitation, Status.ACCEPTED)
    seat = roster.join(team_id=invitation.team_id, user_id=user_id, role=invitation.role)
    requests.grant_waiting(invitation.team_id, user_id, by_id=invitation.by_id)
    log.write(invitation.team_id, Done.JOINED, by_id=user_id, user_id=user_id, invited_by=invitation.by_id)
    return seat


@transaction.atomic
def decline(*, invitation_id: int, user_id: int) -> Invitation:
    """Refuse, quietly: the team does not learn of it, so its log does not either.

    Raises Invitation.DoesNotExist, WrongAnswer.
    """
    invitation = locked(invitation_id, user_id=user_id)
    close(invitation, Status.DECLINED)
    return invitation


@transaction.atomic
def cancel(*, invitation_id: int, by_id: int) -> Invitation:
    """Take an invitation back for the team; one that was declined in silence, too.

    Raises Invitation.DoesNotExist, NotAllowed, WrongAnswer.
    """
    invitation = locked(invitation_id)
    authorised(invitation.team_id, by_id, Can.INVITE)
    close(invitation, Status.CANCELLED)
    log.write(invitation.team_id, Done.INVITATION_CANCELLED, by_id=by_id, user_id=invitation.user_id)
    return invitation


@transaction.atomic
def cancel_of_blocked(*, user_id: int, blocked_id: int) -> None:
    """Take back what somebody sent who is blocked now."""
    sent = Invitation.objects.waiting().filter(user_id=user_id, by_id=blocked_id)
    for invitation in sent.order_by("pk").select_for_update(no_key=True):
        close(invitation, Status.DECLINED)


@transaction.atomic
def expire(limit: int) -> int:
    """Close invitations that nobody answered in time; return how many, at most `limit`."""
    return expire_due(Invitation.objects.all(), limit)


def expire_due(invitations: AskingQuerySet[Invitation], limit: int = 1) -> int:
    """Close those of these invitations that are due."""
    due = invitations.due().order_by("due_at").select_for_update(no_key=True, skip_locked=True)[:limit]
    for invitation in due:
        close(invitation, Status.EXPIRED)
        log.write(invitation.team_id, Done.INVITATION_EXPIRED, by_id=None, user_id=invitation.user_id)
    return len(due)


def locked(invitation_id: int, **who: int) -> Invitation:
    """Return an invitation, locked after the player and the team.

    Raises Invitation.DoesNotExist, also where it is somebody else's.
    """
    found = Invitation.objects.get(pk=invitation_id, **who)
    profiles.lock_many([found.user_id])
    list(Team.objects.select_for_update(no_key=True).filter(pk=found.team_id))
    return Invitation.objects.select_for_update(no_key=True).get(pk=invitation_id)


@transaction.atomic(savepoint=False)
def close(invitation: Invitation, status: str) -> None:
    """Move an invitation on, and say so once: what follows a refusal is not told."""
    waited = invitation.status == Status.PENDING
    invitation.become(status)
    if waited:
        team_invite_closed.send(
            Invitation,
            user_id=invitation.user_id,
            team_id=invitation.team_id,
            invitation_id=invitation.pk,
            outcome=status,
        )
