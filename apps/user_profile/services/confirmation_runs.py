"""Many names that games tell, in their order, each a transaction of its own.

A name that another player of the file gives up is free only after that player's row: such rows wait until all
others are done. Players who exchanged their names are confirmed together, in one transaction.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.core.exceptions import ValidationError

from apps.user_profile.services import passport_confirmations
from apps.user_profile.services.confirmation_rows import Row
from apps.user_profile.services.passport_confirmations import NameHeld, Outcome, Told

type Key = tuple[int, str]


class Passed(StrEnum):
    """A row that waited, and a later one told of the same player."""

    OVERTAKEN = "overtaken"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a row."""

    number: int
    outcome: Outcome | Passed | ValidationError


@dataclass(frozen=True, slots=True)
class Waiting:
    """A row whose name is another player's until that one's row is done."""

    number: int
    told: Told


def run(rows: Iterable[Row]) -> Iterator[Result]:
    """Confirm what the rows say; yield what became of each, those that waited at the end."""
    waiting: dict[Key, Waiting] = {}
    for row in rows:
        if isinstance(row.told, ValidationError):
            yield Result(row.number, row.told)
            continue
        if earlier := waiting.pop(key_of(row.told), None):
            yield Result(earlier.number, Passed.OVERTAKEN)
        outcome = tried(row.told)
        if isinstance(outcome, NameHeld) and outcome.holder_id:
            waiting[key_of(row.told)] = Waiting(row.number, row.told)
        else:
            yield Result(row.number, outcome)
    while waiting:
        yield from settle(waiting)


def tried(word: Told) -> Outcome | ValidationError:
    """Confirm one name; return what became of it."""
    try:
        return passport_confirmations.confirm(word)
    except ValidationError as error:
        return error


def settle(waiting: dict[Key, Waiting]) -> Iterator[Result]:
    """Confirm one row of those that wait, after those that it waits for; take all of them out."""
    line, ring = line_of(next(iter(waiting.values())), waiting)
    for each in (*line, *ring):
        del waiting[key_of(each.told)]
    yield from exchanged(ring)
    for each in reversed(line):
        yield Result(each.number, tried(each.told))


def line_of(first: Waiting, waiting: dict[Key, Waiting]) -> tuple[list[Waiting], list[Waiting]]:
    """Return who waits for the next one, beginning with the first, and the ring at the end, if any."""
    line: list[Waiting] = []
    each: Waiting | None = first
    while each is not None and each not in line:
        line.append(each)
        holder = passport_confirmations.holder_of(each.told)
        each = waiting.get((each.told.game.pk, holder.provider_id or "")) if holder else None
    ring = line.index(each) if each else len(line)
    return line[:ring], line[ring:]


def exchanged(ring: list[Waiting]) -> Iterator[Result]:
    """Confirm players who took over each other's names, together."""
    outcomes: Iterable[Outcome | ValidationError]
    try:
        outcomes = passport_confirmations.confirm_together([each.told for each in ring]) if ring else []
    except ValidationError as error:
        outcomes = [error] * len(ring)
    for each, outcome in zip(ring, outcomes, strict=True):
        yield Result(each.number, outcome)


def key_of(word: Told) -> Key:
    """Return by what the provider knows the player."""
    return word.game.pk, word.provider_id
