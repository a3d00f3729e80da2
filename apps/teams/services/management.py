"""What members do to their team, each as far as the table of permissions lets him. All of it is logged."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.formats import date_format

from apps.teams.models import (
    DESCRIPTION_CHARS_MAX,
    TAG_CHARS_MAX,
    Done,
    Role,
    Team,
    TeamMembership,
    Visibility,
    moment,
)
from apps.teams.permissions import GRANTS, Can, may
from apps.teams.services import log, roster
from apps.user_profile.services import names

# Name and tag are how others know a team: it may change them once in a while.
RENAME_AFTER = timedelta(days=30)
TAG_PATTERN = r"[A-Z0-9]{2,5}"
CHARS_MAX = {"name": names.DISPLAY_NAME_CHARS_MAX, "tag": TAG_CHARS_MAX, "description": DESCRIPTION_CHARS_MAX}
VISIBILITIES = Visibility.choices
EDITABLE = frozenset({"name", "tag", "description", "region", "visibility", "takes_requests"})


class NotAllowed(PermissionDenied):
    """Somebody's role in the team does not let him do this: `permissions.PERMISSIONS` has the table."""


class CaptainStays(ValidationError):
    """A captain hands the team over before he goes, or changes his role: `management.hand_over`."""

    def __init__(self) -> None:
        super().__init__("Hand the captaincy over first.", code="captain_stays")


class RenamedLately(ValidationError):
    """Name and tag were changed less than RENAME_AFTER ago."""

    def __init__(self, team: Team) -> None:
        assert team.renamed_at
        day = date_format(team.renamed_at + RENAME_AFTER, "j M Y")
        super().__init__(
            f"Name and tag can be changed once in {RENAME_AFTER.days} days. Try again on {day}.",
            code="renamed_lately",
        )


@transaction.atomic
def found(*, by_id: int, name: str, tag: str, game_id: int, description: str = "", region: str = "") -> Team:
    """Found a team whose captain is who founds it.

    Raises ValidationError, by field; SeatedElsewhere when he plays in another team of the game.
    """
    team = roster.create_team(name=name, tag=checked_tag(tag), creator_id=by_id, game_id=game_id)
    team.description, team.region = description, region
    check(team)
    team.save()
    roster.join(team_id=team.pk, user_id=by_id, role=Role.CAPTAIN)
    log.write(team.pk, Done.FOUNDED, by_id=by_id)
    return team


@transaction.atomic
def edit(*, team_id: int, by_id: int, changes: Mapping[str, Any]) -> Team:
    """Change what a team says of itself; `changes` holds fields of EDITABLE.

    Raises NotAllowed, ValidationError by field, RenamedLately, TagTaken.
    """
    team, _seat = authorised(team_id, by_id, Can.EDIT_TEAM)
    before = {name: getattr(team, name) for name in EDITABLE}
    for name in EDITABLE.intersection(changes):
        setattr(team, name, changes[name])
    team.name = names.normalise_display_name(team.name)
    if team.tag != before["tag"]:
        team.tag = checked_tag(team.tag)
    changed = sorted(name for name in EDITABLE if getattr(team, name) != before[name])
    if {"name", "tag"} & set(changed):
        if team.renamed_at and moment() < team.renamed_at + RENAME_AFTER:
            raise RenamedLately(team)
        if team.tag.upper() != before["tag"].upper() and roster.tag_taken(team.tag, team.game_id):
            raise roster.TagTaken(team.tag)
        team.renamed_at = moment()
    check(team)
    if changed:
        team.save()
        log.write(team.pk, Done.EDITED, by_id=by_id, fields=changed)
    return team


@transaction.atomic
def change_role(*, team_id: int, by_id: int, user_id: int, role: str) -> TeamMembership:
    """Give a member another role.

    Raises NotAllowed, NotSeated, CaptainStays.
    """
    team, own = authorised(team_id, by_id, Can.EDIT_ROSTER)
    seat = seat_of(team, user_id)
    grants(own.role, seat.role)
    grants(own.role, role)
    if seat.role != role:
        log.write(team_id, Done.ROLE_CHANGED, by_id=by_id, user_id=user_id, old=seat.role, new=role)
    return roster.change_role(team_id=team_id, user_id=user_id, role=role)


@transaction.atomic
def remove(*, team_id: int, by_id: int, user_id: int, reason: str = "") -> TeamMembership:
    """Take a member's seat away.

    Raises NotAllowed, NotSeated, CaptainStays.
    """
    team, own = authorised(team_id, by_id, Can.EDIT_ROSTER)
    grants(own.role, seat_of(team, user_id).role)
    log.write(team_id, Done.REMOVED, by_id=by_id, user_id=user_id, reason=reason)
    return roster.leave(team_id=team_id, user_id=user_id)


@transaction.atomic
def leave(*, team_id: int, user_id: int) -> TeamMembership:
    """Give up one's own seat. A captain is the last to leave, or hands over first.

    Raises NotSeated, CaptainStays.
    """
    team = locked(team_id)
    seat = seat_of(team, user_id)
    if seat.role == Role.CAPTAIN and team.memberships.active().exclude(pk=seat.pk).exists():
        raise CaptainStays
    log.write(team_id, Done.LEFT, by_id=user_id, user_id=user_id)
    return roster.leave(team_id=team_id, user_id=user_id)


@transaction.atomic
def hand_over(*, team_id: int, by_id: int, user_id: int) -> TeamMembership:
    """Make another member captain; the old one plays on.

    Raises NotAllowed, NotSeated.
    """
    team, own = authorised(team_id, by_id, Can.HAND_OVER)
    seat = seat_of(team, user_id)
    if seat.pk == own.pk:
        return seat
    roster.change_role(team_id=team_id, user_id=by_id, role=Role.PLAYER)
    log.write(team_id, Done.CAPTAINCY_HANDED_OVER, by_id=by_id, user_id=user_id)
    return roster.change_role(team_id=team_id, user_id=user_id, role=Role.CAPTAIN)


def authorised(team_id: int, by_id: int, what: Can) -> tuple[Team, TeamMembership]:
    """Return the team, locked, and the seat of who wants to do something there.

    Raises NotAllowed.
    """
    team = locked(team_id)
    seat = team.memberships.active().filter(user_id=by_id).first()
    if seat is None or not may(seat.role, what):
        raise NotAllowed("Your role in this team does not allow this.")
    return team, seat


def grants(own: str, role: str) -> None:
    """Raise CaptainStays or NotAllowed unless one role is another's to give and to take."""
    if role == Role.CAPTAIN:
        raise CaptainStays
    if role not in GRANTS[own]:
        raise NotAllowed("Your role in this team does not allow this.")


def seat_of(team: Team, user_id: int) -> TeamMembership:
    """Return a member's seat.

    Raises NotSeated.
    """
    seat = team.memberships.active().filter(user_id=user_id).first()
    if seat is None:
        raise roster.NotSeated
    return seat


def locked(team_id: int) -> Team:
    """Return the team, locked until the transaction ends."""
    return Team.objects.select_for_update(no_key=True).get(pk=team_id)


def checked_tag(tag: str) -> str:
    """Return a tag in capitals.

    Raises ValidationError for the field.
    """
    tag = tag.strip().upper()
    if not re.fullmatch(TAG_PATTERN, tag):
        raise ValidationError({"tag": ["A tag has 2 to 5 letters A-Z or digits."]})
    return tag


def check(team: Team) -> None:
    """Raise ValidationError, by field, unless what the team says of itself can be stored."""
    team.clean_fields(exclude={"slug", "creator", "game"})
    if team.region and team.game and team.region not in team.game.regions:
        raise ValidationError({"region": ["This game has no such region."]})
