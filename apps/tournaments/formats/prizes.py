"""Who gets what of the prizes: pure arithmetic, in whole coins, and every coin of a taken place is given out.

The prize of a place is split over the entries that hold it, and an entry's part over its players. Both times
in equal shares; the coins that are left go one by one to the first, in the order given.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry with the places that it holds, 5 to 6, and its players."""

    first: int
    last: int
    players: Sequence[int]


def split(amount: int, parts: int) -> list[int]:
    """Return equal whole shares that sum to the amount; the first ones are one coin larger."""
    share, left = divmod(amount, parts)
    return [share + (place < left) for place in range(parts)]


def shares(prizes: Mapping[int, int], entries: Iterable[Placed]) -> dict[tuple[int, int], int]:
    """Return what each player gets of each place's prize, by (place, player); nothing that is zero."""
    entries = [entry for entry in entries if entry.players]
    found: dict[tuple[int, int], int] = {}
    for place, amount in prizes.items():
        holders = [entry for entry in entries if entry.first <= place <= entry.last]
        for entry, part in zip(holders, split(amount, len(holders)) if holders else (), strict=True):
            for player, coins in zip(entry.players, split(part, len(entry.players)), strict=True):
                if coins:
                    found[place, player] = coins
    return found
