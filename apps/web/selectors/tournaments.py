"""The pages about tournaments."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.tournaments import selectors as tournaments
from apps.user_profile.selectors.privacy import Viewer
from apps.web.selectors import Row
from apps.web.selectors.brackets import BracketPart, bracket_parts

PODIUM_PLACES = 3
IN_ORDER = ("round", "number", "id")
STAGES = {
    "GRAND_FINAL": _("Grand final"),
    "THIRD_PLACE": _("Third place"),
    "LOWER": _("Lower bracket"),
    "UPPER": _("Upper bracket"),
    "TIE_BREAK": _("Tie-breaks"),
    "LEAGUE": _("League"),
    "POOL": _("Groups"),
    "SWISS": _("Swiss"),
    "OTHER": _("Other series"),
}
"""How a stage is called where its series are listed, the last one to be played first."""
ORDER = {stage: place for place, stage in enumerate(STAGES)}
DRAWN = frozenset({"UPPER", "LOWER", "GRAND_FINAL", "THIRD_PLACE"})
WHOLE_BELOW = 130
"""With more entrants a page would be longer than anybody reads: it shows the end of the bracket."""
ROUND_DRAWN_MAX = 8
ROWS_MAX = 64
ROWS_OF_MANY = 32
WAITING_MAX = 12
LATEST_MAX = 20
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
    """A group, a division or a Swiss; ``rules`` part equals, ``more`` rows are elsewhere."""

    title: str
    rows: Sequence[tournaments.GroupRow]
    rules: Sequence[Any] = ()
    more: int = 0


@dataclass(frozen=True)
class Stage:
    """Series that belong together, in the order they were played."""

    title: str
    matches: Sequence[tournaments.MatchCard]
    open: bool


@dataclass(frozen=True)
class TournamentPage:
    """All that the page of a tournament shows."""

    tournament: Row
    entrants: list[tournaments.Standing]
    entrant_count: int
    series_count: int
    podium: list[tournaments.Standing]
    rest: list[Places]
    bracket: list[BracketPart]
    tables: list[Table]
    leagues: list[Table]
    waiting: list[tournaments.MatchCard]
    series: list[Stage]
    whole: bool

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
    """Compose the page of a tournament as a viewer may see it, or None when there is no such one.

    Of a large one it shows the last rounds, the first places and what was played last; lists have the rest.
    """
    planned = tournaments.tournament_with_phases(slug)
    if planned is None:
        return None
    tournament, phases = planned
    entered = tournaments.entered(tournament.pk)
    everybody = [row.standing() for row in entered.rows]
    whole = len(everybody) <= WHOLE_BELOW
    most = ROWS_MAX if whole else ROWS_OF_MANY
    places = _Places.of(everybody, most)
    tables = tournaments.group_tables(
        tournament.pk, phases=phases, entrants=everybody, seats=entered.seats, most=most
    )
    in_bracket, others, count = _matches(tournament.pk, entered.seats, whole=whole)
    seen = _seen(entered, viewer, places, tables, [*in_bracket, *others])
    in_bracket, others = _sides_as_seen(in_bracket, seen), _sides_as_seen(others, seen)
    return TournamentPage(
        tournament=tournament,
        entrants=[seen[row.entry_id] for row in places.first],
        entrant_count=len(everybody),
        series_count=count,
        podium=[seen[row.entry_id] for row in places.podium],
        rest=_shared_places([seen[row.entry_id] for row in places.rest]),
        bracket=_brackets(in_bracket, phases, live=tournament.status == "LIVE"),
        tables=[_table(table, seen) for table in tables if table.stage != "LEAGUE"],
        leagues=[_table(table, seen) for table in tables if table.stage == "LEAGUE"],
        waiting=[match for match in in_bracket + others if match.state in ("LIVE", "UPCOMING")][:WAITING_MAX],
        series=stages_of([match for match in others if match.played_at]),
        whole=whole,
    )


@dataclass(frozen=True)
class _Places:
    """The first of all, the podium, and the first of those behind it."""

    first: Sequence[tournaments.Standing]
    podium: Sequence[tournaments.Standing]
    rest: Sequence[tournaments.Standing]

    @classmethod
    def of(cls, everybody: Sequence[tournaments.Standing], most: int) -> "_Places":
        """Pick them, at most so many of each; nobody is behind a podium before there is one."""
        decided = any(row.place_to for row in everybody)
        podium = [row for row in everybody if _on_podium(row)]
        rest = [row for row in everybody if decided and not _on_podium(row)]
        return cls(everybody[:most], podium[:most], rest[:most])


def _seen(
    entered: tournaments.Entered,
    viewer: Viewer,
    places: _Places,
    tables: Sequence[tournaments.GroupTable],
    matches: Sequence[tournaments.MatchCard],
) -> dict[int, tournaments.Standing]:
    """Return those entrants who are shown, as the viewer may see them, by entry. One query for all."""
    shown = {row.entry_id for rows in (places.first, places.podium, places.rest) for row in rows}
    shown |= {row.entry_id for table in tables for row in table.rows}
    shown |= {side.entry_id for match in matches for side in (match.a, match.b) if side.entry_id}
    found = tournaments.as_standings([row for row in entered.rows if row.pk in shown], viewer)
    return {row.entry_id: row for row in found}


def _matches(
    tournament_id: int, seats: Any, *, whole: bool
) -> tuple[list[tournaments.MatchCard], list[tournaments.MatchCard], int]:
    """Return the matches to draw, the other ones and those to list, and how many were decided."""
    seeds = {phase: {seat.entry_id: seat.seed for seat in rows} for phase, rows in seats.items()}
    if whole:
        every = _cards(tournaments.matches_in(tournament_id).order_by(*IN_ORDER), seeds)
        drawn = [match for match in every if match.stage in DRAWN]
        decided = [match for match in every if match.played_at]
        waiting = [match for match in every if match.stage not in DRAWN and not match.played_at]
        return drawn, decided + waiting, len(decided)
    chosen = tournaments.worth_showing(
        tournament_id, DRAWN, round_max=ROUND_DRAWN_MAX, latest=LATEST_MAX, to_come=WAITING_MAX
    )
    rows = list(chosen.order_by(*IN_ORDER))
    shown, late = _cards(rows, seeds), {row.pk for row in rows if row.late}
    drawn = [match for match in shown if match.id in late]
    others = [match for match in shown if not match.played_at and match.id not in late]
    return drawn, _latest(shown) + others, rows[0].decided if rows else 0


def _latest(found: Iterable[tournaments.MatchCard]) -> list[tournaments.MatchCard]:
    """Return the matches of these that were decided last."""
    dated = [(match.played_at, match.id, match) for match in found if match.played_at]
    return [match for *_, match in sorted(dated, key=lambda one: one[:2], reverse=True)[:LATEST_MAX]]


def _cards(found: Iterable[Row], seeds: dict[int, dict[int, int]]) -> list[tournaments.MatchCard]:
    """Return matches as cards, with seeds."""
    return [tournaments.card(match, seeds.get(match.phase_id or 0)) for match in found]


def _sides_as_seen(
    matches: Iterable[tournaments.MatchCard], by_entry: dict[int, tournaments.Standing]
) -> list[tournaments.MatchCard]:
    """Show players who entered alone under the names that the standings show."""
    return [
        replace(match, a=_side_as_seen(match.a, by_entry), b=_side_as_seen(match.b, by_entry))
        for match in matches
    ]


def _side_as_seen(side: tournaments.Side, by_entry: dict[int, tournaments.Standing]) -> tournaments.Side:
    row = by_entry.get(side.entry_id or 0)
    return replace(side, name=row.name, player=row.player) if row and side.user_id else side


def _table(table: tournaments.GroupTable, by_entry: dict[int, tournaments.Standing]) -> Table:
    """Return the first rows of a table, under the names that the standings show."""
    rows = [
        replace(row, name=by_entry[row.entry_id].name, player=by_entry[row.entry_id].player)
        for row in table.rows
    ]
    return Table(table.name, rows, table.rules, table.more)


def _brackets(
    found: Sequence[tournaments.MatchCard], phases: Sequence[Row], *, live: bool
) -> list[BracketPart]:
    """Lay out the brackets: of each phase, or of what was recorded without one."""
    formats = {phase.pk: phase for phase in phases}
    by_phase: dict[int | None, list[tournaments.MatchCard]] = {}
    for match in found:
        by_phase.setdefault(match.phase_id, []).append(match)
    parts = []
    for phase_id, matches in by_phase.items():
        phase = formats.get(phase_id)
        single = bool(phase and phase.format == "SINGLE_ELIMINATION")
        bracket = tournaments.bracket_of(matches, single=single)
        name = str(phase) if phase and len(by_phase) > 1 else ""
        parts += bracket_parts(bracket, live=live and not phase, drawn=bool(phase), name=name)
    return parts


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
    dated = [(match.played_at, match) for match in series if match.played_at]
    for _played_at, match in sorted(dated, key=lambda pair: pair[0], reverse=True):
        week = match.round if match.stage in ("LEAGUE", "SWISS") else 0
        stages.setdefault((ORDER.get(match.stage, len(ORDER)), -week), []).append(match)
    few = len(series) < STAGES_OPEN_BELOW
    return [
        Stage(_stage_title(stages[key][0]), stages[key], open=few or position == 0)
        for position, key in enumerate(sorted(stages))
    ]


def _stage_title(match: tournaments.MatchCard) -> str:
    if match.stage == "LEAGUE" and match.round:
        return gettext("League, week %(week)d") % {"week": match.round}
    if match.stage == "SWISS":
        return gettext("Swiss, round %(round)d") % {"round": match.round}
    return str(STAGES.get(match.stage, match.stage))
