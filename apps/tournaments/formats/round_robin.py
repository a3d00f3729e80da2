"""Round robin and groups: everybody against everybody, in the order of the Berger tables.

Source: FIDE handbook C.05, annex 1.
"""

from collections.abc import Iterator, Sequence
from string import ascii_uppercase

from apps.tournaments.formats.fixtures import Fixture, Pair, Picture, Spot, State, results_of
from apps.tournaments.formats.records import Points, Records, Row
from apps.tournaments.formats.results import Stage, TeamKey
from apps.tournaments.formats.seeding import snake
from apps.tournaments.formats.settings import Left, RoundRobin
from apps.tournaments.formats.tables import ranked


def berger(size: int) -> list[list[tuple[int, int]]]:
    """Return the rounds of a table for players from 1; the first of a pair is at home, who rests is left out.

    In round r those meet whose numbers sum up to r + 1 modulo size - 1; the last one meets who is left over.
    """
    last = size + size % 2
    if last < 2:
        return []
    others = last - 1
    rounds = []
    for number in range(1, last):
        alone = next(x for x in range(1, last) if (2 * x - number - 1) % others == 0)
        pairs = [(alone, last) if number % 2 else (last, alone)]
        for step in range(1, last // 2):
            pairs.append(((alone + step - 1) % others + 1, (alone - step - 1) % others + 1))
        rounds.append([pair for pair in pairs if size == last or last not in pair])
    return rounds


def all_rounds(size: int, cycles: int) -> list[list[tuple[int, int]]]:
    """Return the rounds of one cycle or two.

    The second has the sides changed; the last two rounds of the first are swapped before it, so that nobody
    is on the same side three times running.
    """
    first = berger(size)
    if cycles == 1:
        return first
    second = [[(b, a) for a, b in pairs] for pairs in first]
    return [*first[:-2], *first[:-3:-1], *second]


def letter(number: int) -> str:
    """Return the name of a group: A to Z, then AA, AB ..."""
    tens, ones = divmod(number, len(ascii_uppercase))
    return (letter(tens - 1) if tens else "") + ascii_uppercase[ones]


def groups_of(settings: RoundRobin, seeds: Sequence[TeamKey]) -> dict[str, list[TeamKey]]:
    """Return the entrants of every group: the seeds are dealt out to and fro."""
    if settings.groups == 1:
        return {"": list(seeds)}
    dealt = snake(seeds, min(settings.groups, max(len(seeds), 1)))
    return {letter(number): group for number, group in enumerate(dealt)}


def schedule(settings: RoundRobin, seeds: Sequence[TeamKey]) -> Iterator[tuple[Spot, Pair]]:
    """Yield every match with its two entrants."""
    stage = Stage.LEAGUE if settings.groups == 1 else Stage.POOL
    for name, group in groups_of(settings, seeds).items():
        for number, pairs in enumerate(all_rounds(len(group), settings.cycles), start=1):
            for place, (a, b) in enumerate(pairs):
                yield Spot(stage, name, number, place), Pair(group[a - 1], group[b - 1])


def round_robin(settings: RoundRobin, state: State) -> Picture:
    """Return the groups as they are."""
    fixtures = {}
    for spot, pair in schedule(settings, state.seeds):
        fixture = Fixture(spot, *pair, best_of=settings.length(spot.stage, spot.round))
        fixture.decide(state)
        fixtures[spot] = fixture
    tables = {
        name: table_of(settings, state, name, group, fixtures)
        for name, group in groups_of(settings, state.seeds).items()
    }
    finished = all(fixture.decision for fixture in fixtures.values())
    return Picture(fixtures, tables, side_by_side(list(tables.values())) if finished else [], finished)


def table_of(
    settings: RoundRobin, state: State, name: str, group: Sequence[TeamKey], fixtures: dict[Spot, Fixture]
) -> list[Row]:
    """Return the table of one group; who left stands last where his matches are annulled."""
    own = results_of(fixture for spot, fixture in fixtures.items() if spot.group == name)
    gone = set(state.left) if settings.left == Left.ANNUL else set()
    there = [team for team in group if team not in gone]
    records = Records(
        (result for result in own if gone.isdisjoint(result.teams)),
        entrants=there,
        points=Points(settings.win, settings.draw, settings.loss),
        lots=group,
    )
    rows = ranked(records, ("points", *settings.tie_breaks))
    return rows + [Row(team, rank=len(rows) + 1) for team in group if team in gone]


def side_by_side(tables: Sequence[Sequence[Row]]) -> list[list[TeamKey]]:
    """Return the entrants of several tables by their ranks, the same rank of all tables together."""
    ranks = sorted({row.rank for rows in tables for row in rows})
    return [[row.team for rows in tables for row in rows if row.rank == rank] for rank in ranks]
