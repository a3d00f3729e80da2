"""The order in which entrants are drawn."""

import random
from collections.abc import Sequence

from apps.tournaments.formats.results import TeamKey


def snake[T](seeds: Sequence[T], groups: int) -> list[list[T]]:
    """Deal the seeds out to groups to and fro, so that the groups are about as strong as each other."""
    dealt: list[list[T]] = [[] for _ in range(groups)]
    for place, seed in enumerate(seeds):
        row, column = divmod(place, groups)
        dealt[groups - 1 - column if row % 2 else column].append(seed)
    return dealt


def shuffled(entrants: Sequence[TeamKey], draw_seed: int) -> list[TeamKey]:
    """Return the entrants in an order of chance; the same seed makes the same order of the same entrants."""
    order = sorted(entrants, key=lambda entrant: (str(type(entrant)), entrant))
    random.Random(draw_seed).shuffle(order)
    return order
