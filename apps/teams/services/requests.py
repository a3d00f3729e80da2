"""Requests to join: ask, withdraw, accept, decline, expire."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from apps.teams.models import Done, JoinRequest, Role, Team, TeamMembership, Visibility, moment
from apps.teams.permissions import Can
from apps.teams.services import log, roster
from apps.teams.services.management import authorised, grants
from apps.teams.signals import team_join_request_closed, team_join_requested
from apps.user_profile.services import profiles

# A team that said no is left in peace for so long.
AGAIN_AFTER = timedelta(days=7)
Status = JoinRequest.Status


class TakesNoRequests(ValidationError):
    """The team lets nobody ask, or did not answer yes lately."""

    def __init__(self) -> None:
        super().__init__("This team takes no request of yours at the moment.", code="takes_no_requests")


@transaction.atomic
def ask(*, team_id: int, user_id: int, message: str = "") -> JoinRequest:
    """Ask to be let in; while the request waits, a second one is the same.

    Raises TakesNoRequests, AlreadySeated, SeatedElsewhere, ValidationError by field.
    """
    profiles.lock_many([user_id])
    team = Team.objects.select_for_update(no_key=True).get(pk=team_id)
    seats = TeamMembership.objects.active().filter(user_id=user_id)
    if seats.filter(team=team).exists():
        raise roster.AlreadySeated
    if not team.takes_requests or team.visibility == Visibility.PRIVATE:
        raise TakesNoRequests
    if team.game_id and seats.filter(game_id=team.game_id).exists():
        raise roster.SeatedElsewhere
    own = JoinRequest.objects.filter(team=team, user_id=user_id)
    if waiting := own.waiting().first():
        return waiting
    if own.filter(status=Status.DECLINED, answered_at__gt=moment() - AGAIN_AFTER).exists():
        raise TakesNoRequests
    for late in own.due():
        close(late, Status.EXPIRED)
    request = JoinRequest(team=team, user_id=user_id, message=message.strip())
    request.clean_fields(exclude={"team", "user"})
    request.save()
    team_join_requested.send(JoinRequest, user_id=user_id, team_id=team_id, request_id=request.pk)
    return request


@transaction.atomic
def withdraw(*, request_id: int, user_id: int) -> JoinRequest:
    """Take one's own request back.

    Raises JoinRequest.DoesNotExist, WrongAnswer.
    """
    request = locked(request_id, user_id=user_id)
    close(request, Status.WITHDRAWN)
    return request


@transaction.atomic
def accept(*, request_id: int, by_id: int, role: str = Role.PLAYER) -> TeamMembership:
    """Let a player in who asked.

    Raises JoinRequest.DoesNotExist, NotAllowed, WrongAnswer, RosterFull, SeatedElsewhere.
    """
    request = locked(request_id)
    _team, own = authorised(request.team_id, by_id, Can.EDIT_ROSTER)
    grants(own.role, role)
    close(request, Status.ACCEPTED, by_id=by_id)
    log.write(request.team_id, Done.JOINED, by_id=by_id, user_id=request.user_id, role=role)
    return roster.join(team_id=request.team_id, user_id=request.user_id, role=role)


@transaction.atomic
def decline(*, request_id: int, by_id: int, reason: str = "") -> JoinRequest:
    """Refuse a player who asked; the reason stays in the team.

    Raises JoinRequest.DoesNotExist, NotAllowed, WrongAnswer.
    """
    request = locked(request_id)
    authorised(request.team_id, by_id, Can.EDIT_ROSTER)
    close(request, Status.DECLINED, by_id=by_id)
    log.write(request.team_id, Done.REQUEST_DECLINED, by_id=by_id, user_id=request.user_id, reason=reason)
    return request


def grant_waiting(team_id: int, user_id: int, *, by_id: int) -> None:
    """Close a request that waits when its player was let in by an invitation."""
    for request in JoinRequest.objects.waiting().filter(team_id=team_id, user_id=user_id):
        close(request, Status.ACCEPTED, by_id=by_id)


@transaction.atomic
def expire(limit: int) -> int:
    """Close requests that nobody answered in time; return how many, at most `limit`."""
    due = JoinRequest.objects.due().order_by("due_at").select_for_update(no_key=True, skip_locked=True)
    late = list(due[:limit])
    for request in late:
        close(request, Status.EXPIRED)
    return len(late)


def locked(request_id: int, **who: int) -> JoinRequest:
    """Return a request, locked after the player and the team.

    Raises JoinRequest.DoesNotExist, also where it is somebody else's.
    """
    found = JoinRequest.objects.get(pk=request_id, **who)
    profiles.lock_many([found.user_id])
    list(Team.objects.select_for_update(no_key=True).filter(pk=found.team_id))
    return JoinRequest.objects.select_for_update(no_key=True).get(pk=request_id)


@transaction.atomic(savepoint=False)
def close(request: JoinRequest, status: str, *, by_id: int | None = None) -> None:
    """Move a request on, and say so."""
    request.become(status)
    request.answered_by_id = by_id
    request.save(update_fields=["answered_by"])
    team_join_request_closed.send(
        JoinRequest,
        user_id=request.user_id,
        team_id=request.team_id,
        request_id=request.pk,
        outcome=status,
    )
