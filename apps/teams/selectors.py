"""Reads of teams for pages and other apps."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any, TypedDict

from django.core.cache import cache
from django.db.models import Count, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Lower

from apps.teams.models import (
    Invitation,
    JoinRequest,
    Role,
    Team,
    TeamAction,
    TeamMembership,
    Visibility,
    moment,
)
from apps.teams.permissions import Can, may
from apps.user_profile.selectors.privacy import Viewer

# Only memory is saved by forgetting: a roster that changed has another key.
ROSTER_CACHE_S = 24 * 60 * 60

ROLES = list(Role)


class RosterEntry(TypedDict):
    """A player on a roster, as he is called and looks now."""

    user_id: int
    username: str
    display_name: str
    avatar_url: str | None
    role: str


def get_team_roster(team_id: int) -> list[RosterEntry]:
    """Return who is in a team now, captain first: one query when cached, two when not.

    The version is read BEFORE the players. Read after them, players of before could be kept under the version
    of after. Raises Team.DoesNotExist.
    """
    key = roster_key(team_id)
    roster: list[RosterEntry] | None = cache.get(key)
    if roster is None:
        roster = _read_roster(team_id)
        cache.set(key, roster, ROSTER_CACHE_S)
    return roster


def roster_key(team_id: int) -> str:
    """Return the key under which the roster of this moment is cached.

    The version alone may come twice: when the transaction that made it 7 reads the roster and rolls back,
    another one makes it 7 again. The transaction id of the row (xmin) tells the two apart.
    """
    version, writer = (
        Team.objects.annotate(writer=RawSQL("teams_team.xmin::text", []))
        .values_list("roster_version", "writer")
        .get(pk=team_id)
    )
    return f"roster:{team_id}:{version}:{writer}"


def _read_roster(team_id: int) -> list[RosterEntry]:
    seats = TeamMembership.objects.active().filter(team_id=team_id).select_related("user__userprofile")
    return _roster_of(seats)


def _roster_of(seats: Iterable[TeamMembership]) -> list[RosterEntry]:
    in_order = sorted(seats, key=lambda seat: (ROLES.index(Role(seat.role)), seat.joined_at, seat.pk))
    return [entry_of(seat) for seat in in_order]


def entry_of(seat: TeamMembership) -> RosterEntry:
    """Return a seat as a roster shows it."""
    return RosterEntry(
        user_id=seat.user_id,
        username=seat.user.username,
        display_name=seat.display_name,
        avatar_url=seat.avatar_url,
        role=seat.role,
    )


def team_by_slug(slug: str) -> Team | None:
    """Return the team of this slug, with its game."""
    return Team.objects.select_related("game").filter(slug=slug).first()


def named(team_ids: Iterable[int]) -> dict[int, Team]:
    """Return these teams with name, slug, visibility and game only; unknown ids are left out. One query."""
    return Team.objects.only("id", "name", "slug", "visibility", "game_id").in_bulk(set(team_ids))


def led_by(user_id: int) -> Sequence[Team]:
    """Return the teams that a player leads, as captain or manager, by name. One query."""
    leading = {
        "memberships__user": user_id,
        "memberships__left_at": None,
        "memberships__role__in": [Role.CAPTAIN, Role.MANAGER],
    }
    return list(Team.objects.filter(**leading).order_by("name", "pk").distinct())


def rosters_led_by(user_id: int) -> list[tuple[Team, list[RosterEntry]]]:
    """Return the teams that a player leads, as captain or manager, by name, with their rosters. One query."""
    led = TeamMembership.objects.active().filter(user_id=user_id, role__in=[Role.CAPTAIN, Role.MANAGER])
    seats = TeamMembership.objects.active().filter(team_id__in=led.values("team_id"))
    rows = seats.select_related("team", "user__userprofile").order_by("team__name", "team_id")
    return [(of_team[0].team, _roster_of(of_team)) for of_team in _by_team(rows)]


def _by_team(seats: Iterable[TeamMembership]) -> list[list[TeamMembership]]:
    return [list(of_team) for _team_id, of_team in groupby(seats, key=lambda seat: seat.team_id)]


def registering(user_id: int, team_ids: Iterable[int]) -> set[int]:
    """Return those of these teams that somebody enters into tournaments, and speaks for there. One query."""
    return {row["team_id"] for row in registering_of(user_id).filter(team_id__in=set(team_ids))}


def registering_of(user_id: int) -> QuerySet[TeamMembership, Any]:
    """Return the `team_id` of all teams that somebody enters into tournaments; nothing is read yet."""
    roles = [role for role in Role if may(role, Can.REGISTER)]
    return TeamMembership.objects.active().filter(user_id=user_id, role__in=roles).values("team_id")


def members_of(team_ids: Iterable[int]) -> dict[int, set[int]]:
    """Return who is in each of these teams now. One query."""
    found: dict[int, set[int]] = {team_id: set() for team_id in team_ids}
    seats = TeamMembership.objects.active().filter(team_id__in=found)
    for team_id, user_id in seats.values_list("team_id", "user_id"):
        found[team_id].add(user_id)
    return found


def team_seen_by(slug: str, viewer: Viewer) -> Team | None:
    """Return the team of this slug if the viewer may find it: members and staff find a private one."""
    team = team_by_slug(slug)
    if team is None or team.visibility != Visibility.PRIVATE or viewer.is_staff:
        return team
    return team if any(seat["user_id"] == viewer.user_id for seat in get_team_roster(team.pk)) else None


def teams_list() -> QuerySet[Team]:
    """Return all public teams by name, each with its game and with `player_count`, the seats that are taken.

    Nothing is read yet: slice it, a page reads only its own teams.
    """
    taken = Count("memberships", filter=Q(memberships__left_at=None))
    # Grouping, which the count brings, drops the model's own order.
    public = Team.objects.filter(visibility=Visibility.PUBLIC).select_related("game")
    return public.annotate(player_count=taken).order_by(Lower("name"), "pk")


def slugs_between(first_id: int, last_id: int) -> Sequence[str]:
    """Return the slugs of the teams in a range of ids, in its order."""
    return list(
        Team.objects.filter(pk__range=(first_id, last_id)).order_by("pk").values_list("slug", flat=True)
    )


def greatest_id() -> int:
    """Return the id of the newest team, 0 before the first."""
    return Team.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def team_count() -> int:
    """Return how many teams there are."""
    return Team.objects.count()


def memberships_of(user_id: int) -> Sequence[TeamMembership]:
    """Return a player's seats with their teams: those taken now first, then the latest."""
    seats = TeamMembership.objects.filter(user_id=user_id).select_related("team__game")
    return sorted(seats, key=lambda seat: (not seat.is_active, -seat.joined_at.timestamp()))


def past_members(team_id: int, limit: int = 30) -> Sequence[TeamMembership]:
    """Return the seats that were given up, the latest first, with their players."""
    seats = TeamMembership.objects.filter(team_id=team_id, left_at__isnull=False)
    return list(seats.select_related("user__userprofile").order_by("-left_at", "-pk")[:limit])


def inbox(user_id: int) -> Sequence[Invitation]:
    """Return the invitations that wait for a player's answer, with teams and senders."""
    waiting = Invitation.objects.waiting().filter(user_id=user_id)
    return list(waiting.select_related("team__game", "user", "by__userprofile"))


def requests_by(user_id: int) -> Sequence[JoinRequest]:
    """Return the requests of a player that wait for an answer, with their teams."""
    return list(JoinRequest.objects.waiting().filter(user_id=user_id).select_related("team__game"))


def requests_to(team_id: int) -> Sequence[JoinRequest]:
    """Return the requests that wait for a team's answer, with their players."""
    return list(
        JoinRequest.objects.waiting().filter(team_id=team_id).select_related("team", "user__userprofile")
    )


def invitations_of(team_id: int) -> Sequence[Invitation]:
    """Return what a team sees as waiting: what was declined waits on, until it would have run out."""
    unanswered = Invitation.objects.filter(
        team_id=team_id,
        status__in=[Invitation.Status.PENDING, Invitation.Status.DECLINED],
        due_at__gt=moment(),
    )
    return list(unanswered.select_related("team", "user__userprofile", "by__userprofile"))


def has_asked(team_id: int, user_id: int) -> bool:
    """Tell whether a player's request waits for a team's answer."""
    return JoinRequest.objects.waiting().filter(team_id=team_id, user_id=user_id).exists()


def log_of(team_id: int, limit: int = 20) -> Sequence[TeamAction]:
    """Return what was done in a team lately, with who did it and to whom."""
    actions = TeamAction.objects.filter(team_id=team_id)
    return list(actions.select_related("by__userprofile", "user__userprofile")[:limit])
