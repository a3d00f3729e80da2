"""The pages about teams."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from apps.teams import selectors as teams
from apps.teams.permissions import Can, may
from apps.tournaments import selectors as tournaments
from apps.tournaments.selectors.names import as_seen
from apps.user_profile.selectors.privacy import Part, Seen, Viewer, seen_by
from apps.user_profile.services.game_passport_service import GamePassportService
from apps.web.selectors import Row
from apps.web.selectors.history import HistoryRow, seen_by_team

MATCHES_SHOWN = 15
ROLES = {
    "CAPTAIN": _("Captain"),
    "PLAYER": _("Player"),
    "SUB": _("Substitute"),
    "COACH": _("Coach"),
    "MANAGER": _("Manager"),
    "ANALYST": _("Analyst"),
}


@dataclass(frozen=True)
class TeamRow:
    """A team in a list."""

    team: Row
    players: int
    record: tournaments.Record


@dataclass(frozen=True)
class Seat:
    """A player on the roster; one whose card is hidden has a name, but neither picture nor address."""

    user_id: int
    username: str
    display_name: str
    avatar_url: str | None
    role_label: str
    is_captain: bool
    ign: str = ""


@dataclass(frozen=True)
class PastSeat:
    """A seat that was given up, and when."""

    seat: Seat
    joined_at: datetime
    left_at: datetime | None


@dataclass(frozen=True)
class Standing:
    """What the viewer is to the team, and what he may do there."""

    is_member: bool = False
    may_manage: bool = False
    may_ask: bool = False
    has_asked: bool = False


@dataclass(frozen=True)
class TeamPage:
    """All that the page of a team shows."""

    team: Row
    standing: Standing
    roster: list[Seat]
    past: list[PastSeat]
    record: tournaments.Record
    titles: int
    former_names: list[str]
    entries: list[tournaments.TeamEntry]
    history: list[HistoryRow]


def team_rows(chosen: Iterable[Row]) -> list[TeamRow]:
    """Return list rows for some teams, in their order."""
    chosen = list(chosen)
    ids = [team.pk for team in chosen]
    records = tournaments.records(ids)
    return [TeamRow(team, getattr(team, "player_count", 0), records[team.pk]) for team in chosen]


def team_page(slug: str, viewer: Viewer) -> TeamPage | None:
    """Compose the page of a team as a viewer may see it, or None when there is no such one for him."""
    team = teams.team_seen_by(slug, viewer)
    if team is None:
        return None
    entries = tournaments.entries_of_team(team.pk)
    roster, past = teams.get_team_roster(team.pk), teams.past_members(team.pk)
    seen = seen_by(viewer, [row["user_id"] for row in roster] + [seat.user_id for seat in past])
    igns = _igns(team.game_id, seen, [row["user_id"] for row in roster])
    return TeamPage(
        team=team,
        standing=_standing(team, roster, viewer),
        roster=[_seat(row, seen[row["user_id"]], igns.get(row["user_id"], "")) for row in roster],
        past=[
            PastSeat(_seat(teams.entry_of(seat), seen[seat.user_id]), seat.joined_at, seat.left_at)
            for seat in past
        ],
        record=tournaments.records([team.pk])[team.pk],
        titles=sum(entry.place_from == 1 for entry in entries),
        former_names=sorted({entry.played_as for entry in entries} - {team.name}),
        entries=entries,
        history=[
            seen_by_team(match, team.pk)
            for match in as_seen(tournaments.matches_of_team(team.pk, MATCHES_SHOWN), viewer)
        ],
    )


def _standing(team: Row, roster: list[teams.RosterEntry], viewer: Viewer) -> Standing:
    role = next((row["role"] for row in roster if row["user_id"] == viewer.user_id), None)
    if role is not None:
        return Standing(is_member=True, may_manage=any(may(role, what) for what in Can))
    if viewer.user_id is None or not team.takes_requests or team.visibility == "PRIVATE":
        return Standing()
    asked = teams.has_asked(team.pk, viewer.user_id)
    return Standing(may_ask=not asked, has_asked=asked)


def _igns(game_id: int | None, seen: Mapping[int, Seen], user_ids: list[int]) -> dict[int, str]:
    """Return the in-game names of those players who show their passports."""
    shown = {user_id for user_id in user_ids if seen[user_id].shows(Part.GAME_IDS)}
    if game_id is None or not shown:
        return {}
    passports = GamePassportService.get_passports_for_game(shown, game_id)
    return {user_id: passport.ign for user_id, passport in passports.items()}


def _seat(row: teams.RosterEntry, seen: Seen, ign: str = "") -> Seat:
    shown = seen.shows(Part.CARD)
    return Seat(
        user_id=row["user_id"],
        username=row["username"] if shown else "",
        display_name=row["display_name"],
        avatar_url=row["avatar_url"] if shown else None,
        role_label=str(ROLES.get(row["role"], row["role"])),
        is_captain=row["role"] == "CAPTAIN",
        ign=ign,
    )
