"""The pages of those who run a team, and of those who are asked into one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.teams import selectors as teams
from apps.teams.permissions import GRANTS, Can, may
from apps.user_profile.selectors import PlayerCard, cards
from apps.user_profile.selectors.privacy import Part, Viewer, seen_by
from apps.web.selectors import Row
from apps.web.selectors.teams import ROLES

DONE: dict[str, Promise] = {
    "FOUNDED": _("founded the team"),
    "EDITED": _("changed the team"),
    "INVITED": _("invited"),
    "INVITATION_CANCELLED": _("took back the invitation of"),
    "INVITATION_EXPIRED": _("invitation ran out:"),
    "JOINED": _("let in"),
    "REQUEST_DECLINED": _("declined the request of"),
    "ROLE_CHANGED": _("changed the role of"),
    "CAPTAINCY_HANDED_OVER": _("handed the captaincy to"),
    "REMOVED": _("removed"),
    "LEFT": _("left"),
}


@dataclass(frozen=True)
class Choice:
    """A role to choose."""

    value: str
    label: str | Promise
    is_now: bool = False


@dataclass(frozen=True)
class Member:
    """A seat, as who runs the team sees it."""

    player: PlayerCard
    role_label: str | Promise
    choices: list[Choice]


@dataclass(frozen=True)
class Waiting:
    """Something that waits for an answer, with the player or the team it is about."""

    pk: int
    player: PlayerCard | None
    team: Row
    role_label: str | Promise
    message: str
    due_at: datetime


@dataclass(frozen=True)
class Line:
    """A line of the log."""

    at: datetime
    by: PlayerCard | None
    done: str | Promise
    user: PlayerCard | None
    reason: str


@dataclass(frozen=True)
class Desk:
    """All that the desk of a team shows."""

    team: Row
    role: str
    members: list[Member]
    roles: list[Choice]
    invitations: list[Waiting]
    requests: list[Waiting]
    log: list[Line]

    def may(self, what: Can) -> bool:
        """Tell whether the viewer's role lets him do something."""
        return may(self.role, what)


@dataclass(frozen=True)
class Inbox:
    """What waits for a player's answer, and what he waits for."""

    received: list[Waiting]
    sent: list[Waiting]


def desk(slug: str, viewer: Viewer) -> Desk | None:
    """Compose the desk for a member who may do anything there, or None."""
    team = teams.team_by_slug(slug)
    if team is None:
        return None
    roster = teams.get_team_roster(team.pk)
    role = next((row["role"] for row in roster if row["user_id"] == viewer.user_id), "")
    if not any(may(role or None, what) for what in Can):
        return None
    invitations, requests = teams.invitations_of(team.pk), teams.requests_to(team.pk)
    log = teams.log_of(team.pk)
    named = {row["user_id"] for row in roster} | {row.user_id for row in [*invitations, *requests]}
    named |= {who for row in log for who in (row.by_id, row.user_id) if who}
    shown = shown_cards(viewer, named)
    return Desk(
        team=team,
        role=role,
        members=[
            Member(shown[row["user_id"]], ROLES[row["role"]], choices(role, row["role"]))
            for row in roster
            if row["user_id"] in shown
        ],
        roles=choices(role, "PLAYER"),
        invitations=[waiting(row, shown.get(row.user_id), row.role) for row in invitations],
        requests=[waiting(row, shown.get(row.user_id), message=row.message) for row in requests],
        log=[
            Line(
                row.done_at,
                shown.get(row.by_id or 0),
                DONE[row.kind],
                shown.get(row.user_id or 0) if row.user_id != row.by_id else None,
                row.reason,
            )
            for row in log
        ],
    )


def choices(own: str, now: str) -> list[Choice]:
    """Return the roles that one role may make of another; none where that is not its to change."""
    granted = GRANTS[own]
    if now not in granted:
        return []
    return [Choice(role, label, role == now) for role, label in ROLES.items() if role in granted]


def inbox(viewer: Viewer) -> Inbox:
    """Compose a player's invitations and requests. Who blocks him is not named."""
    assert viewer.user_id is not None
    received, sent = teams.inbox(viewer.user_id), teams.requests_by(viewer.user_id)
    shown = shown_cards(viewer, {row.by_id for row in received})
    return Inbox(
        received=[waiting(row, shown.get(row.by_id), row.role) for row in received],
        sent=[waiting(row, None, message=row.message) for row in sent],
    )


def waiting(row: Row, player: PlayerCard | None, role: str = "PLAYER", message: str = "") -> Waiting:
    """Return a row that waits, with its player if he is shown."""
    return Waiting(row.pk, player, row.team, ROLES[role], message, row.due_at)


def shown_cards(viewer: Viewer, user_ids: Iterable[int]) -> dict[int, PlayerCard]:
    """Return the cards of those players whom the viewer may see."""
    seen = seen_by(viewer, user_ids)
    visible = [user_id for user_id in seen if seen[user_id].shows(Part.CARD)]
    return cards(visible)
