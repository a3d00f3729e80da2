"""Who meets whom in a round of a Swiss: the best set of pairs there is, found as a matching in a graph.

What a set of pairs costs, the first thing outweighing all that follow:

1. pairs that met before: never, while there is a set without, else as few as can be, and in turn;
2. a second bye for somebody: never, while there is a set without;
3. how far above the lowest score the bye goes;
4. the squares of the differences in score;
5. within a score, how far from half-way down the group the opponent stands: the top half meets the bottom.

Up to `EVERYBODY` entrants the graph has an edge for each two. Above, it has those to the neighbours by
score and to the neighbours of the opponent half-way down. When such a graph does not reach the least
differences that the scores allow at all, a wider one is tried, at last the whole.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import rustworkx

from apps.tournaments.formats.fixtures import Pair
from apps.tournaments.formats.records import Number
from apps.tournaments.formats.results import NOBODY, TeamKey

EVERYBODY = 200
REACH = 8
BYES_MAX = 64
"""More than anybody has rounds."""


@dataclass(frozen=True, slots=True)
class Player:
    """Somebody to be paired, with how often he met whom, and how many byes he had."""

    team: TeamKey
    points: Number
    met: Mapping[TeamKey, int] = field(default_factory=dict)
    byes: int = 0


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a player sits: his points above the least, his place among equals, and how many they are."""

    above: int
    place: int
    size: int


class Costs:
    """What it costs to pair two players, by their places in the order; the one behind the last is the bye."""

    def __init__(self, players: Sequence[Player]) -> None:
        self.players = players
        self.seats = seats_of(players)
        count = len(players) + 2
        most = max((seat.above for seat in self.seats), default=0) + 1
        self.fold = (count * count) * count  # more than all distances within groups can sum up to
        self.gap = self.fold * (most * most * count)  # more than all differences in score
        self.bye = self.gap * (most + 1)
        self.again = self.bye * BYES_MAX

    def of(self, i: int, j: int) -> int:
        """Return the cost of a pair, the better player first."""
        if j == len(self.players):
            return self.of_bye(i)
        a, b, first, second = self.seats[i], self.seats[j], self.players[i], self.players[j]
        cost = self.again * first.met.get(second.team, 0) ** 2
        if a.above != b.above:
            return cost + (a.above - b.above) ** 2 * self.fold
        return cost + (b.place - a.place - a.size // 2) ** 2

    def of_bye(self, i: int) -> int:
        """Return the cost of a bye."""
        seat, player = self.seats[i], self.players[i]
        return player.byes * self.bye + seat.above * self.gap + (seat.size - 1 - seat.place)

    def least(self) -> int:
        """Return what no set of pairs can be cheaper than, by scores alone; a bye takes the last player."""
        above = [seat.above for seat in self.seats]
        return sum((above[i] - above[i + 1]) ** 2 * self.fold for i in range(0, len(above) - 1, 2))


def seats_of(players: Sequence[Player]) -> list[Seat]:
    """Return the seats of players who are in order."""
    least = players[-1].points if players else 0
    seats = []
    for points, equals in groupby(players, key=lambda player: player.points):
        size = len(list(equals))
        seats += [Seat(int(points - least), place, size) for place in range(size)]
    return seats


def pairs(players: Sequence[Player]) -> list[Pair]:
    """Return the cheapest set of pairs of players who are in order, best first; the bye last."""
    costs = Costs(players)
    count = len(players) + len(players) % 2
    reach = REACH if count > EVERYBODY else count
    while True:
        matched = matching(costs, count, reach)
        total = sum(costs.of(i, j) for i, j in matched)
        complete = len(matched) * 2 == count
        if reach >= count or (complete and total < costs.least() + costs.fold):
            break
        reach *= 4
    return [
        Pair(players[i].team, players[j].team if j < len(players) else NOBODY) for i, j in sorted(matched)
    ]


def matching(costs: Costs, count: int, reach: int) -> list[tuple[int, int]]:
    """Return the cheapest complete matching of a graph with edges as far as `reach`."""
    graph: rustworkx.PyGraph[int, int] = rustworkx.PyGraph(multigraph=False)
    graph.add_nodes_from(range(count))
    graph.add_edges_from([(i, j, -costs.of(i, j)) for i, j in edges(costs, count, reach)])
    found = rustworkx.max_weight_matching(graph, max_cardinality=True, weight_fn=int)
    return [(min(pair), max(pair)) for pair in found]


def edges(costs: Costs, count: int, reach: int) -> Iterator[tuple[int, int]]:
    """Yield the pairs to choose from, each once, the better player first."""
    if reach >= count:
        yield from ((i, j) for i in range(count) for j in range(i + 1, count))
        return
    chosen = set()
    for i, seat in enumerate(costs.seats):
        half = i + seat.size // 2
        for j in (*range(i + 1, i + 1 + reach), *range(half - reach, half + reach + 1)):
            if i < j < len(costs.players):
                chosen.add((i, j))
    if count > len(costs.players):
        chosen |= {(i, count - 1) for i in range(len(costs.players))}
    yield from sorted(chosen)
