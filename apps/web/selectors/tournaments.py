"""The pages about tournaments."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.tournaments import selectors as tournaments
from apps.user_profile.selectors.privacy import Part, Viewer, seen_by
from apps.web.selectors import Row
from apps.web.selectors.brackets import BracketPart, bracket_parts

PODIUM_PLACES = 3
STAGES = {
    "GRAND_FINAL": _("Grand final"),
    "LOWER": _("Lower bracket"),
    "UPPER": _("Upper bracket"),
    "TIE_BREAK": _("Tie-breaks"),
    "LEAGUE": _("League"),
    "POOL": _("Groups"),
    "OTHER": _("Other series"),
}
"""How a stage is called where its series are listed, the last one to be played first."""
ORDER = {stage: place for place, stage in enumerate(STAGES)}
STAGES_OPEN_BELOW = 40
"""A stage with fewer series than this stands open on the page; longer lists wait folded."""


@dataclass(frozen=True)
class TournamentRow:
    """A tournament in a list."""

    tournament: Row
    champion: tournaments.Champion | None
    entries: int


@dataclass(frozen=True)
class Places:
    """All who share a final place."""

    place_from: int | None
    place_to: int | None
    rows: list[tournaments.Standing]


@dataclass(frozen=True)
class Table:
    """A group or a league division."""

    title: str
    rows: Sequence[tournaments.GroupRow]


@dataclass(frozen=True)
class Stage:
    """Series that belong together, in the order they were played."""

    title: str
    matches: list[tournaments.MatchCard]
    open: bool


@dataclass(frozen=True)
class TournamentPage:
    """All that the page of a tournament shows."""

    tournament: Row
    entrants: list[tournaments.Standing]
    series_count: int
    podium: list[tournaments.Standing]
    rest: list[Places]
    bracket: list[BracketPart]
    groups: list[Table]
    leagues: list[Table]
    series: list[Stage]

    @property
    def live(self) -> bool:
        """Whether it is being played."""
        return bool(self.tournament.status == "LIVE")

    @property
    def as_list(self) -> list[Row]:
        """The tournament alone, for components that take several."""
        return [self.tournament]


def tournament_rows(chosen: Iterable[Row]) -> list[TournamentRow]:
    """Return list rows for some tournaments, in their order."""
    chosen = list(chosen)
    ids = [tournament.pk for tournament in chosen]
    champions, entries = tournaments.champions(ids), tournaments.entrant_counts(ids)
    return [
        TournamentRow(tournament, champions.get(tournament.pk), entries.get(tournament.pk, 0))
        for tournament in chosen
    ]


def tournament_page(slug: str, viewer: Viewer) -> TournamentPage | None:
    """Compose the page of a tournament as a viewer may see it, or None when there is no such one."""
    tournament = tournaments.tournament_by_slug(slug)
    if tournament is None:
        return None
    standings = _as_seen(tournaments.standings(tournament.pk), viewer)
    tables = tournaments.group_tables(tournament.pk)
    series = tournaments.series_of(tournament.pk)
    decided = any(row.place_to for row in standings)
    return TournamentPage(
        tournament=tournament,
        entrants=standings,
        series_count=len(series),
        podium=[row for row in standings if _on_podium(row)],
        rest=_shared_places([row for row in standings if decided and not _on_podium(row)]),
        bracket=bracket_parts(tournaments.bracket(tournament.pk), live=tournament.status == "LIVE"),
        groups=[Table(table.name, table.rows) for table in tables if table.stage == "POOL"],
        leagues=[Table(table.name, table.rows) for table in tables if table.stage == "LEAGUE"],
        series=stages_of(series),
    )


def _as_seen(standings: list[tournaments.Standing], viewer: Viewer) -> list[tournaments.Standing]:
    """Leave of players whose cards are hidden nothing but the name that stands in the record."""
    seen = seen_by(viewer, [row.player.user_id for row in standings if row.player])
    return [
        row if row.player is None or seen[row.player.user_id].shows(Part.CARD) else replace(row, player=None)
        for row in standings
    ]


def _on_podium(row: tournaments.Standing) -> bool:
    return row.place_to is not None and row.place_to <= PODIUM_PLACES


def _shared_places(rows: Sequence[tournaments.Standing]) -> list[Places]:
    return [
        Places(first, last, list(shared))
        for (first, last), shared in groupby(rows, key=lambda row: (row.place_from, row.place_to))
    ]


def stages_of(series: Sequence[tournaments.MatchCard]) -> list[Stage]:
    """Group the series by stage, a league also by week; what was played last comes first."""
    stages: dict[tuple[int, int], list[tournaments.MatchCard]] = {}
    for match in sorted(series, key=lambda match: match.played_at, reverse=True):
        week = match.round if match.stage == "LEAGUE" else 0
        stages.setdefault((ORDER.get(match.stage, len(ORDER)), -week), []).append(match)
    few = len(series) < STAGES_OPEN_BELOW
    return [
        Stage(_stage_title(stages[key][0]), stages[key], open=few or position == 0)
        for position, key in enumerate(sorted(stages))
    ]


def _stage_title(match: tournaments.MatchCard) -> str:
    if match.stage == "LEAGUE" and match.round:
        return gettext("League, week %(week)d") % {"week": match.round}
    return str(STAGES.get(match.stage, match.stage))
