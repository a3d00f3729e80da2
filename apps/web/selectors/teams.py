"""The pages about teams."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from apps.teams import selectors as teams
from apps.tournaments import selectors as tournaments
from apps.user_profile.selectors.privacy import Part, Seen, Viewer, seen_by
from apps.web.selectors import Row
from apps.web.selectors.history import HistoryRow, seen_by_team
from apps.web.selectors.matches import as_seen

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


@dataclass(frozen=True)
class TeamPage:
    """All that the page of a team shows."""

    team: Row
    roster: list[Seat]
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
    """Compose the page of a team as a viewer may see it, or None when there is no such one."""
    team = teams.team_by_slug(slug)
    if team is None:
        return None
    entries = tournaments.entries_of_team(team.pk)
    roster = teams.get_team_roster(team.pk)
    seen = seen_by(viewer, [row["user_id"] for row in roster])
    return TeamPage(
        team=team,
        roster=[_seat(row, seen[row["user_id"]]) for row in roster],
        record=tournaments.records([team.pk])[team.pk],
        titles=sum(entry.place_from == 1 for entry in entries),
        former_names=sorted({entry.played_as for entry in entries} - {team.name}),
        entries=entries,
        history=[
            seen_by_team(match, team.pk)
            for match in as_seen(tournaments.matches_of_team(team.pk, MATCHES_SHOWN), viewer)
        ],
    )


def _seat(row: teams.RosterEntry, seen: Seen) -> Seat:
    shown = seen.shows(Part.CARD)
    return Seat(
        user_id=row["user_id"],
        username=row["username"] if shown else "",
        display_name=row["display_name"],
        avatar_url=row["avatar_url"] if shown else None,
        role_label=str(ROLES.get(row["role"], row["role"])),
        is_captain=row["role"] == "CAPTAIN",
    )
