"""A bracket as columns of slots: where each match stands, and which lines join it to the next."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.tournaments import selectors as tournaments

PAGED_ABOVE = 12
"""A part with more slots than this is too long a list for a phone."""
LARGE_ABOVE = 12
"""A round with more slots than this makes its part large."""


@dataclass(frozen=True)
class Node:
    """A match in a bracket, with its page, and the sentence that a screen reader says."""

    id: int
    a: tournaments.Side
    b: tournaments.Side
    spoken: str
    state: str = ""
    href: str = ""


@dataclass(frozen=True)
class Gap:
    """A slot without a match: ``to_come``, or a ``bye``, or a result that is lost."""

    to_come: bool
    bye: bool = False


@dataclass(frozen=True)
class Round:
    """A column of a bracket.

    ``link`` says how its matches lead on: ``joined`` (two into one), ``level`` (one into one) or ``open``;
    ``fed`` is ``fed`` when lines arrive from the column before.
    """

    title: str
    slots: Sequence[Node | Gap]
    best_of: int | None
    link: str
    fed: str


@dataclass(frozen=True)
class BracketPart:
    """The upper or lower bracket, or the final."""

    key: str
    title: str
    rounds: list[Round]
    final: bool = False

    @property
    def paged(self) -> bool:
        """Whether a phone shows one round at a time."""
        return sum(len(column.slots) for column in self.rounds) > PAGED_ABOVE

    @property
    def large(self) -> bool:
        """Whether its matches are drawn smaller."""
        return max(len(column.slots) for column in self.rounds) > LARGE_ABOVE


def bracket_parts(
    bracket: tournaments.Bracket, *, live: bool = False, drawn: bool = False, name: str = ""
) -> list[BracketPart]:
    """Lay out the parts of a bracket that have matches; while it is ``live``, more may come.

    One that was ``drawn`` here is whole, so a slot without a match is a bye; ``name`` is of its phase, where
    there are several brackets.
    """
    gap = Gap(to_come=False, bye=True) if drawn else None
    upper = _("Main bracket") if bracket.single else _("Upper bracket")
    lower, final, third = _("Lower bracket"), _("Final"), _("Third place")
    parts = (
        BracketPart("upper", upper, _rounds(upper, bracket.upper, live, gap)),
        BracketPart("lower", lower, _rounds(lower, bracket.lower, live, gap)),
        BracketPart("final", final, _final(final, bracket.final), final=True),
        BracketPart("third", third, _final(third, bracket.third)),
    )
    return [
        replace(part, title=f"{name}: {part.title}", key=f"{part.key}-{name}") if name else part
        for part in parts
        if part.rounds
    ]


def _final(part: str, columns: Sequence[tournaments.Round]) -> list[Round]:
    """Lay out the final and, beside it, the one that was played after a reset."""
    last = len(columns) - 1
    return [
        Round(
            title=column.title,
            slots=[_node(part, column.title, match) for match in column.matches],
            best_of=_common_best_of(column.matches),
            link="level" if place < last else "open",
            fed="fed" if place else "apart",
        )
        for place, column in enumerate(columns)
    ]


def _rounds(part: str, columns: Sequence[tournaments.Round], live: bool, gap: Gap | None) -> list[Round]:
    if not columns:
        return []
    sizes = column_sizes([_reach(column.matches) for column in columns])
    links = [
        "joined" if here == 2 * there else "level" if here == there else "open"
        for here, there in pairwise(sizes)
    ]
    slots = [_slots(part, column, size) for column, size in zip(columns, sizes, strict=True)]
    return [
        Round(
            title=column.title,
            slots=filled,
            best_of=_common_best_of(column.matches),
            link=link,
            fed="apart" if before == "open" else "fed",
        )
        for column, filled, link, before in zip(
            columns, _with_gaps(slots, live, gap), [*links, "open"], ["open", *links], strict=True
        )
    ]


def _reach(matches: Sequence[tournaments.MatchCard]) -> int:
    """Return how many slots a column has at least; its matches are numbered from 0."""
    return max(len(matches), *(match.number + 1 for match in matches))


def column_sizes(known: Sequence[int]) -> list[int]:
    """Return how many slots each column has, given how many are known to be there.

    A column has as many matches as the next one, or twice as many; what is missing is still to be played,
    or its result is lost.
    """
    sizes = list(known)
    for place in range(1, len(sizes)):
        sizes[place] = max(sizes[place], (sizes[place - 1] + 1) // 2)
    for place in range(len(sizes) - 2, -1, -1):
        after = sizes[place + 1]
        sizes[place] = 2 * after if sizes[place] > after else after
    return sizes


def _slots(part: str, column: tournaments.Round, size: int) -> list[Node | None]:
    """Put each match into the slot of its number; two of the same number stand below each other."""
    slots: list[Node | None] = [None] * size
    surplus = []
    for match in column.matches:
        node = _node(part, column.title, match)
        if match.number < size and slots[match.number] is None:
            slots[match.number] = node
        else:
            surplus.append(node)
    for node in surplus:
        if None in slots:
            slots[slots.index(None)] = node
        else:
            slots.append(node)
    return slots


def _with_gaps(
    columns: Sequence[Sequence[Node | None]], live: bool, gap: Gap | None
) -> list[list[Node | Gap]]:
    """Fill empty slots: one whose match must have been, because a later one was played, is not to come."""
    filled: list[list[Node | Gap]] = []
    after: list[bool] = []  # by slot of the next column: whether anything is known there or behind it
    for column in reversed(columns):
        passed = [
            slot is not None or bool(after and after[place * len(after) // len(column)])
            for place, slot in enumerate(column)
        ]
        filled.insert(
            0, [slot or gap or Gap(live and not known) for slot, known in zip(column, passed, strict=True)]
        )
        after = passed
    return filled


def _common_best_of(matches: Sequence[tournaments.MatchCard]) -> int | None:
    lengths = Counter(match.best_of for match in matches)
    return next(iter(lengths)) if len(lengths) == 1 else None


def _node(part: str, column: str, match: tournaments.MatchCard) -> Node:
    words = {"a": match.a.name, "b": match.b.name, "x": match.a.score, "y": match.b.score}
    if match.state in ("LIVE", "UPCOMING", "OPEN"):
        result = _("%(a)s against %(b)s, not decided yet") % words
    elif match.state == "BYE" or (match.state and not (match.a.won or match.b.won)):
        result = _("%(a)s, %(b)s, not played") % words
    elif match.a.won or match.b.won:
        words["winner"] = match.a.name if match.a.won else match.b.name
        result = _("%(a)s %(x)s, %(b)s %(y)s, won by %(winner)s") % words
    else:
        result = _("%(a)s %(x)s, %(b)s %(y)s, level") % words
    slug = match.tournament_slug
    return Node(
        match.id,
        match.a,
        match.b,
        f"{part}, {column}: {result}",
        match.state,
        reverse("web:match", args=[slug, match.id]) if slug else f"#series-{match.id}",
    )
