"""Final places of an event: from its bracket, then from its tables for those the bracket never saw."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile

from apps.tournaments.formats.brackets import Tier, tiers
from apps.tournaments.formats.results import BRACKET_STAGES, GROUP_STAGES, Result, TeamKey
from apps.tournaments.formats.tables import group_tables


@dataclass(frozen=True, slots=True)
class Place:
    """A place, or the range of places that equals share: `Place(5, 6)`."""

    first: int
    last: int


def places(results: Iterable[Result]) -> dict[TeamKey, Place]:
    """Return the place of every team that played in a group or in the bracket.

    Teams that played elsewhere only have no place. Those whom the bracket never saw stand behind it, in the
    order of their ranks in their groups; equal ranks of several groups share their places.
    """
    results = list(results)
    in_bracket = {team for r in results if r.stage in BRACKET_STAGES for team in r.teams}
    in_groups = {team for r in results if r.stage in GROUP_STAGES for team in r.teams}
    behind = in_groups - in_bracket
    found = tiers(results, unseen=len(behind))
    hidden = sum(tier.hidden for tier in found)
    if hidden:
        return placed(found, last=len(in_bracket | in_groups)) | unknown(found, behind)
    return placed(found + group_tiers(results, behind))


def group_tiers(results: Iterable[Result], behind: set[TeamKey]) -> list[Tier]:
    """Return the teams that only played in groups, by rank, the same rank of several groups together."""
    by_rank: dict[int, list[TeamKey]] = {}
    for rows in group_tables(results).values():
        for row in rows:
            if row.team in behind:
                by_rank.setdefault(row.rank, []).append(row.team)
    return [Tier(by_rank[rank]) for rank in sorted(by_rank)]


def placed(found: Iterable[Tier], *, last: int | None = None) -> dict[TeamKey, Place]:
    """Number the tiers from 1."""
    numbered: dict[TeamKey, Place] = {}
    first = 1
    for tier in found:
        end = first + tier.size - 1
        numbered |= dict.fromkeys(tier.teams, Place(first, end if last is None else min(end, last)))
        first = end + 1
    return numbered


def unknown(found: list[Tier], behind: set[TeamKey]) -> dict[TeamKey, Place]:
    """Place those whose results are lost: anywhere from the first hidden place to the last of all."""
    first_open = 1 + sum(tier.size for tier in takewhile(lambda tier: not tier.hidden, found))
    first_open += next(len(tier.teams) for tier in found if tier.hidden)
    end = sum(len(tier.teams) for tier in found) + len(behind)
    return dict.fromkeys(behind, Place(first_open, end))
