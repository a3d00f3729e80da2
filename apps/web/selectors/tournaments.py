"""The pages about tournaments."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.tournaments import selectors as tournaments
from apps.user_profile.selectors.privacy import Viewer
from apps.web.selectors import Row
from apps.web.selectors.brackets import BracketPart, bracket_parts

PODIUM_PLACES = 3
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
    tournament = tournaments.tournament_by_slug(slug)
    if tournament is None:
        return None
    standings = standings_as_seen(tournament.pk, viewer)
    phases = tournaments.phases_of(tournament.pk)
    seats = tournaments.seats_of(phases) if phases else {}
    whole = len(standings) <= WHOLE_BELOW
    most = ROWS_MAX if whole else ROWS_OF_MANY
    found = tournaments.group_tables(tournament.pk, phases=phases, entrants=standings, seats=seats, most=most)
    tables = [(_table(table), table.stage) for table in found]
    in_bracket, played, count = _matches(tournament.pk, standings, seats, whole=whole)
    decided = any(row.place_to for row in standings)
    rest = [row for row in standings if decided and not _on_podium(row)]
    return TournamentPage(
        tournament=tournament,
        entrants=standings[:most],
        entrant_count=len(standings),
        series_count=count,
        podium=[row for row in standings if _on_podium(row)][:most],
        rest=_shared_places(rest[:most]),
        bracket=_brackets(in_bracket, phases, live=tournament.status == "LIVE"),
        tables=[table for table, stage in tables if stage != "LEAGUE"],
        leagues=[table for table, stage in tables if stage == "LEAGUE"],
        waiting=[match for match in in_bracket + played if match.state in ("LIVE", "UPCOMING")][:WAITING_MAX],
        series=stages_of([match for match in played if match.played_at]),
        whole=whole,
    )


def _matches(
    tournament_id: int, standings: Sequence[tournaments.Standing], seats: Any, *, whole: bool
) -> tuple[list[tournaments.MatchCard], list[tournaments.MatchCard], int]:
    """Return the matches to draw, the other ones and those to list, and how many were decided."""
    found = tournaments.matches_in(tournament_id).order_by("round", "number", "id")
    seeds = {phase: {seat.entry_id: seat.seed for seat in rows} for phase, rows in seats.items()}
    if whole:
        every = _cards(found, standings, seeds)
        drawn = [match for match in every if match.stage in DRAWN]
        decided = [match for match in every if match.played_at]
        waiting = [match for match in every if match.stage not in DRAWN and not match.played_at]
        return drawn, decided + waiting, len(decided)
    sizes = tournaments.round_sizes(tournament_id)
    late = {at for at, size in sizes.items() if at[0] in DRAWN and size.matches <= ROUND_DRAWN_MAX}
    newest = found.filter(played_at__isnull=False).order_by("-played_at", "-id")[:LATEST_MAX]
    to_come = found.filter(status__in=["LIVE", "READY"]).order_by("status", "id")[:WAITING_MAX]
    wanted = Q(pk__in=newest.values("pk")) | Q(pk__in=to_come.values("pk"))
    for stage, number in late:
        wanted |= Q(stage=stage, round=number)
    shown = _cards(found.filter(wanted), standings, seeds)
    drawn = [match for match in shown if (match.stage, match.round) in late]
    others = [match for match in shown if not match.played_at and match not in drawn]
    return drawn, _latest(shown) + others, sum(size.decided for size in sizes.values())


def _latest(found: Iterable[tournaments.MatchCard]) -> list[tournaments.MatchCard]:
    """Return the matches of these that were decided last."""
    dated = [(match.played_at, match.id, match) for match in found if match.played_at]
    return [match for *_, match in sorted(dated, key=lambda one: one[:2], reverse=True)[:LATEST_MAX]]


def _cards(
    found: Iterable[Row], standings: Sequence[tournaments.Standing], seeds: dict[int, dict[int, int]]
) -> list[tournaments.MatchCard]:
    """Return matches as cards, with seeds, and players under the names that the standings show."""
    by_entry = {row.entry_id: row for row in standings}
    return [
        sides_as_seen(tournaments.card(match, seeds.get(match.phase_id or 0)), by_entry) for match in found
    ]


def sides_as_seen(
    match: tournaments.MatchCard, by_entry: dict[int, tournaments.Standing]
) -> tournaments.MatchCard:
    """Show players who entered alone under the names that the standings show."""
    if match.a.user_id is None and match.b.user_id is None:
        return match
    return replace(match, a=_side_as_seen(match.a, by_entry), b=_side_as_seen(match.b, by_entry))


def _side_as_seen(side: tournaments.Side, by_entry: dict[int, tournaments.Standing]) -> tournaments.Side:
    row = by_entry.get(side.entry_id or 0)
    return replace(side, name=row.name, player=row.player) if row and side.user_id else side


def _table(table: tournaments.GroupTable) -> Table:
    """Return the first rows of a table."""
    return Table(table.name, table.rows, table.rules, table.more)


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


def standings_as_seen(tournament_id: int, viewer: Viewer) -> list[tournaments.Standing]:
    """Return all entrants by place, as a viewer may see them."""
    return tournaments.standings_seen(tournament_id, viewer)


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
