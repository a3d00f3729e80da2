"""Pools made of who played whom, for events whose pool letters only number the series."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from string import ascii_uppercase

from apps.tournaments.formats.results import Stage
from apps.tournaments.replay.series import Series

POOL_STAGES = (Stage.POOL, Stage.TIE_BREAK)


def with_real_pools(series: Sequence[Series]) -> Sequence[Series]:
    """Return the same series when their letters are pools, otherwise copies with letters by who met whom."""
    pool_series = [one for one in series if one.where.stage == Stage.POOL]
    letters: dict[str, set[str]] = defaultdict(set)
    for one in pool_series:
        for team in one.teams:
            letters[team].add(one.where.group)
    if all(len(found) == 1 for found in letters.values()):
        return series
    pool_of = pools(pool_series)
    return [
        replace(one, where=replace(one.where, group=pool_of[one.teams[0]]))
        if one.where.stage in POOL_STAGES and one.teams[0] in pool_of
        else one
        for one in series
    ]


def pools(series: Sequence[Series]) -> dict[str, str]:
    """Return each team's pool: who met, directly or through others, share one. Letters by first match."""
    members: dict[str, set[str]] = {}
    for one in series:
        both: set[str] = set()
        for team in one.teams:
            both |= members.get(team, {team})
        members |= dict.fromkeys(both, both)
    letters: dict[str, str] = {}
    for one in series:
        if one.teams[0] not in letters:
            made = len({*letters.values()})
            letters |= dict.fromkeys(members[one.teams[0]], name_of(made))
    return letters


def name_of(number: int) -> str:
    """Return A, B ... Z, then A2, B2 ..."""
    turn, place = divmod(number, len(ascii_uppercase))
    return ascii_uppercase[place] + (str(turn + 1) if turn else "")
