"""Single and double elimination: the shape of a bracket of any size, and what results make of it.

The shape is that of the next power of two; whoever would meet nobody goes on without a match, so that a
single elimination of n has n - 1 matches, and a double elimination 2n - 2 with a final and 2n - 1 with a
second one. A match that lacks a side because both entrants of the one before forfeited remains, and is a
walk-over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from apps.tournaments.formats.brackets import tiers
from apps.tournaments.formats.fixtures import Fixture, Picture, Source, Spot, State, is_stand_in, results_of
from apps.tournaments.formats.results import Outcome, Stage, TeamKey
from apps.tournaments.formats.settings import DoubleElimination, Final, Settings, SingleElimination

THIRD_PLACE = Spot(Stage.THIRD_PLACE, "", 1, 0)
FINAL = Spot(Stage.GRAND_FINAL, "", 0, 0)
SECOND_FINAL = Spot(Stage.GRAND_FINAL, "", 0, 1)

Feed = int | Source | None
"""What comes to a side: a seed from 0, another match's winner or loser, nobody."""


@dataclass(frozen=True, slots=True)
class Node:
    """A match of the shape."""

    spot: Spot
    a: Feed
    b: Feed


def seed_order(size: int) -> list[int]:
    """Return the seeds, from 0, of the first round of a power of two: the best two meet in the final only."""
    order = [0]
    while len(order) < size:
        order = [seed for own in order for seed in (own, 2 * len(order) - 1 - own)]
    return order


def power_above(entrants: int) -> int:
    """Return the smallest power of two that has room for all."""
    return 1 << max(entrants - 1, 0).bit_length()


def upper_nodes(size: int, entrants: int) -> list[Node]:
    """Return the upper bracket of a power of two; seeds that nobody has are nobody."""
    feeds: list[Feed] = [seed if seed < entrants else None for seed in seed_order(size)]
    nodes, number = [], 0
    while len(feeds) > 1:
        number += 1
        level = [
            Node(Spot(Stage.UPPER, "", number, i // 2), *feeds[i : i + 2]) for i in range(0, len(feeds), 2)
        ]
        nodes += level
        feeds = [Source(node.spot, True) for node in level]
    return nodes


def fallen(nodes: Sequence[Node], number: int) -> list[Feed]:
    """Return the losers of a round of the upper bracket."""
    return [Source(node.spot, False) for node in nodes if node.spot.round == number]


def crossed(feeds: Sequence[Feed], number: int) -> list[Feed]:
    """Return the losers of upper round `number` in the order in which they fall into the lower bracket.

    The place of each is its own with some bits turned: the first bit in every second round, the next one in
    every second of those, and so on. So two who met above are apart as far down as can be, and meet again
    late.
    """
    bits = (len(feeds) - 1).bit_length()
    mask = sum(1 << (bits - 1 - bit) for bit in range(bits) if (number - 1) >> bit & 1)
    return [feeds[place ^ mask] for place in range(len(feeds))]


def lower_nodes(upper: Sequence[Node]) -> list[Node]:
    """Return the lower bracket: rounds among those who are there, in turn with rounds against who falls."""
    rounds = max(node.spot.round for node in upper)
    below, nodes, number = fallen(upper, 1), [], 0
    for above in range(2, rounds + 1):
        for against in (None, crossed(fallen(upper, above), above)):
            number += 1
            sides = (
                below
                if against is None
                else [side for two in zip(against, below, strict=True) for side in two]
            )
            level = [
                Node(Spot(Stage.LOWER, "", number, i // 2), *sides[i : i + 2])
                for i in range(0, len(sides), 2)
            ]
            nodes += level
            below = [Source(node.spot, True) for node in level]
    return nodes


def without_byes(nodes: Sequence[Node]) -> list[Node]:
    """Drop the matches that lack a side from the start, and let who is there go on."""
    gone: dict[Source, Feed] = {}
    kept = []
    for node in nodes:
        a, b = (gone.get(feed, feed) if isinstance(feed, Source) else feed for feed in (node.a, node.b))
        if a is None or b is None:
            gone[Source(node.spot, True)] = b if a is None else a
            gone[Source(node.spot, False)] = None
        else:
            kept.append(Node(node.spot, a, b))
    return kept


@lru_cache(maxsize=64)
def shape(
    entrants: int, *, double: bool, third_place: bool = False, final: str = Final.NONE
) -> tuple[Node, ...]:
    """Return the matches of a bracket in an order in which each comes after those that feed it."""
    if entrants < 2:
        return ()
    upper = upper_nodes(power_above(entrants), entrants)
    last = upper[-1].spot
    if not double:
        nodes = upper
        if third_place and entrants >= 4:
            semis = [Source(node.spot, False) for node in upper if node.spot.round == last.round - 1]
            nodes = [*upper, Node(THIRD_PLACE, *semis)]
        return tuple(without_byes(nodes))
    lower = lower_nodes(upper)
    nodes = [*upper, *lower]
    if final != Final.NONE:
        other = Source(lower[-1].spot, True) if lower else Source(last, False)
        nodes.append(Node(FINAL, Source(last, True), other))
    return tuple(without_byes(nodes))


def single(settings: SingleElimination, state: State) -> Picture:
    """Return a single elimination as it is."""
    nodes = shape(len(state.seeds), double=False, third_place=settings.third_place)
    return picture(nodes, settings, state)


def double(settings: DoubleElimination, state: State) -> Picture:
    """Return a double elimination as it is."""
    nodes = shape(len(state.seeds), double=True, final=settings.final)
    found = picture(nodes, settings, state, reset=settings.final == Final.RESET)
    if settings.final == Final.NONE and found.finished and len(state.seeds) > 1:
        first = [team for team in found.tiers[0] if team == upper_winner(found)]
        found.tiers[:1] = [tier for tier in (first, [t for t in found.tiers[0] if t not in first]) if tier]
    return found


def upper_winner(found: Picture) -> TeamKey | None:
    """Return who won the upper bracket."""
    return max(
        (f for f in found.fixtures.values() if f.spot.stage == Stage.UPPER), key=lambda f: f.spot
    ).winner


def picture(nodes: Sequence[Node], settings: Settings, state: State, *, reset: bool = False) -> Picture:
    """Let the results so far run through the shape."""
    fixtures: dict[Spot, Fixture] = {}
    for node in nodes:
        add(fixtures, node, settings, state)
    final = fixtures.get(FINAL)
    if reset and final and needs_second(final):
        again = Fixture(SECOND_FINAL, final.a, final.b, best_of=settings.length(*SECOND_FINAL[::2]))
        again.decide(state)
        fixtures[SECOND_FINAL] = again
    found = Picture(fixtures, finished=all(fixture.decision for fixture in fixtures.values()))
    if found.finished:
        found.tiers = tiers_of(found, state.seeds)
    return found


def add(fixtures: dict[Spot, Fixture], node: Node, settings: Settings, state: State) -> None:
    """Find a match's sides in those before it, and decide it where it is decided."""
    sides: list[TeamKey | None] = []
    for feed in (node.a, node.b):
        if isinstance(feed, Source):
            before = fixtures[feed.spot]
            sides.append(before.winner if feed.wins else before.loser)
        else:
            assert feed is not None
            sides.append(state.seeds[feed])
    source_a, source_b = (feed if isinstance(feed, Source) else None for feed in (node.a, node.b))
    best_of = settings.length(node.spot.stage, node.spot.round)
    fixture = Fixture(node.spot, sides[0], sides[1], source_a, source_b, best_of)
    fixture.decide(state)
    fixtures[node.spot] = fixture


def needs_second(final: Fixture) -> bool:
    """Return whether the first final was won by who came from below: both have lost once then."""
    decision = final.decision
    return bool(decision and decision.outcome != Outcome.BYE and decision.winner == decision.pair.b)


def tiers_of(found: Picture, seeds: Sequence[TeamKey]) -> list[list[TeamKey]]:
    """Return the entrants of a finished bracket by place, equals together."""
    if len(seeds) < 2:
        return [[seed] for seed in seeds]
    results = list(results_of(found.fixtures.values()))
    in_tiers = [[team for team in tier.teams if not is_stand_in(team)] for tier in tiers(results)]
    third = found.fixtures.get(THIRD_PLACE)
    if third and third.decision and third.decision.winner is not None:
        in_tiers = [
            part
            for tier in in_tiers
            for part in (
                [[third.decision.winner], [team for team in tier if team != third.decision.winner]]
                if third.decision.winner in tier
                else [tier]
            )
        ]
    seen = {team for tier in in_tiers for team in tier}
    unseen = [seed for seed in seeds if seed not in seen]  # all forfeited before they could meet anybody
    return [tier for tier in (*in_tiers, unseen) if tier]
