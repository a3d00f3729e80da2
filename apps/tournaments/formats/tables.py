"""The table of a group, a division or a Swiss: who stands where, and by which rules.

Teams that are level by a rule are parted by the next one; the last equals share a rank. When a tie shrinks,
what remains is compared from the first rule again, so that rules among equals see the remaining teams only.
"""

from collections.abc import Iterable, Sequence

from apps.tournaments.formats.records import Number, Records, Row
from apps.tournaments.formats.results import GROUP_STAGES, Result, Stage
from apps.tournaments.formats.tie_breaks import AMONG_EQUALS, LEAGUE, RULES


def group_tables(results: Iterable[Result]) -> dict[tuple[str, str], list[Row]]:
    """Return the table of every pool and division, by stage and group, in order of the groups' names."""
    results = list(results)
    groups = sorted({(result.group, result.stage) for result in results if result.stage in GROUP_STAGES})
    return {
        (stage, group): table(r for r in results if r.group == group and r.stage in (stage, Stage.TIE_BREAK))
        for group, stage in groups
    }


def table(results: Iterable[Result]) -> list[Row]:
    """Return the rows of one group, best first. Tie-break matches part ties and count for nothing else."""
    results = list(results)
    counted = [result for result in results if result.stage in GROUP_STAGES]
    extra = [result for result in results if result.stage == Stage.TIE_BREAK]
    return ranked(Records(counted, extra=extra), LEAGUE)


def ranked(records: Records, rules: Sequence[str]) -> list[Row]:
    """Return the rows, best first, with what each rule measured; equals by name."""
    rows = list(records.rows.values())
    for name in rules:
        if name not in AMONG_EQUALS:
            for row in rows:
                row.values[name] = RULES[name].measure(row, records, frozenset())
    found: list[Row] = []
    for equals in part(rows, records, rules) if rows else []:
        for row in equals:
            row.rank = len(found) + 1
        found += sorted(equals, key=lambda row: str(row.team))
    return found


def part(tied: list[Row], records: Records, rules: Sequence[str]) -> list[list[Row]]:
    """Split teams into ordered groups of equals."""
    if len(tied) == 1:
        return [tied]
    teams = frozenset(row.team for row in tied)
    for name in rules:
        if name in AMONG_EQUALS:
            for row in tied:
                row.values[name] = RULES[name].measure(row, records, teams)
        parts = by_value(tied, name)
        if len(parts) > 1:
            return [equals for smaller in parts for equals in part(smaller, records, rules)]
    return [tied]


def by_value(rows: Iterable[Row], name: str) -> list[list[Row]]:
    """Group rows by what a rule measured, the highest first."""
    parts: dict[Number, list[Row]] = {}
    for row in rows:
        parts.setdefault(row.values[name], []).append(row)
    return [parts[value] for value in sorted(parts, reverse=True)]
