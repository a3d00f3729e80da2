"""A player's own wallet, with the names of now."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from apps.economy import selectors as economy
from apps.user_profile import selectors as profiles


@dataclass(frozen=True)
class StatementRow:
    """One line of the statement; `other` is who a transfer came from or went to."""

    line: economy.Line
    other: profiles.PlayerCard | None


def statement_rows(postings: Iterable[Any]) -> list[StatementRow]:
    """Return postings as rows of the statement."""
    lines = economy.lines(postings)
    cards = profiles.cards(line.other_id for line in lines if line.other_id)
    return [StatementRow(line, cards.get(line.other_id or 0)) for line in lines]
