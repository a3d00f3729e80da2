"""Brackets on the page: a slot for every match, also for those nobody knows."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from apps.tournaments.selectors import Bracket, MatchCard, Round, Side
from apps.web.selectors.brackets import Gap, Node, bracket_parts, column_sizes

PLAYED_AT = datetime(2026, 3, 6, tzinfo=UTC)
ALPHA = Side(1, "alpha", "A", "Alpha", "Alpha", 3, won=True)
BETA = Side(2, "beta", "B", "Beta", "Beta", 1, won=False)


def card(number: int, *, best_of: int = 5) -> MatchCard:
    return MatchCard(
        id=100 + number,
        tournament_id=1,
        tournament_name="Open",
        tournament_slug="open",
        stage="UPPER",
        group="",
        round=1,
        number=number,
        label="Round",
        a=ALPHA,
        b=BETA,
        played_at=PLAYED_AT,
        best_of=best_of,
    )


def column(title: str, *numbers: int) -> Round:
    return Round(title, [card(number) for number in numbers])


def drawn(
    *, upper: Sequence[Round] = (), lower: Sequence[Round] = (), final: Sequence[Round] = ()
) -> Bracket:
    return Bracket(list(upper), list(lower), list(final))


@pytest.mark.parametrize(
    ("known", "sizes"),
    [
        ([8, 4, 2, 1], [8, 4, 2, 1]),
        ([4, 4, 2, 2, 1, 1], [4, 4, 2, 2, 1, 1]),
        ([7, 4, 2, 1], [8, 4, 2, 1]),
        ([8, 3], [8, 4]),
        ([8, 1], [8, 4]),
        ([4, 4, 1], [4, 4, 2]),
        ([4, 4, 4, 4, 2, 2, 1, 1], [4, 4, 4, 4, 2, 2, 1, 1]),
        ([4, 2], [4, 2]),
        ([2, 2], [2, 2]),
        ([1], [1]),
        ([], []),
    ],
)
def test_columns_are_level_or_halve(known: list[int], sizes: list[int]) -> None:
    assert column_sizes(known) == sizes


def test_a_lost_match_leaves_its_slot_empty() -> None:
    [upper] = bracket_parts(drawn(upper=[column("R1", 0, 1, 3), column("R2", 0, 1), column("R3", 0)]))
    assert [getattr(slot, "id", slot) for slot in upper.rounds[0].slots] == [
        100,
        101,
        Gap(to_come=False),
        103,
    ]
    assert [(each.link, each.fed) for each in upper.rounds] == [
        ("joined", "apart"),
        ("joined", "fed"),
        ("open", "fed"),
    ]


def test_two_matches_of_one_number_both_stay() -> None:
    [upper] = bracket_parts(drawn(upper=[column("R1", 0, 0), column("R2", 0)]))
    assert all(isinstance(slot, Node) for slot in upper.rounds[0].slots)


def test_the_reset_stands_beside_the_final() -> None:
    [final] = bracket_parts(drawn(final=[column("Grand final", 0), column("Reset", 1)]))
    assert [(each.link, each.fed, len(each.slots)) for each in final.rounds] == [
        ("level", "apart", 1),
        ("open", "fed", 1),
    ]


def test_a_match_says_where_it_is_and_who_won() -> None:
    [lower] = bracket_parts(drawn(lower=[column("Round 1", 0)]))
    [node] = lower.rounds[0].slots
    assert isinstance(node, Node)
    assert node.spoken == "Lower bracket, Round 1: Alpha 3, Beta 1, won by Alpha"


def test_best_of_is_said_where_all_agree() -> None:
    mixed = Round("Round 1", [card(0, best_of=3), card(1, best_of=5)])
    [upper] = bracket_parts(drawn(upper=[mixed, column("Round 2", 0)]))
    assert [each.best_of for each in upper.rounds] == [None, 5]


def test_what_can_still_be_played_is_told_from_what_is_lost() -> None:
    playing = drawn(lower=[column("R1", 1), column("R2", 2, 3), column("R3", 1)])
    [lower] = bracket_parts(playing, live=True)
    gaps = [[slot.to_come if isinstance(slot, Gap) else None for slot in each.slots] for each in lower.rounds]
    assert gaps == [[True, None, False, False], [True, True, None, None], [True, None]]
    [lower] = bracket_parts(playing)
    assert not any(slot.to_come for each in lower.rounds for slot in each.slots if isinstance(slot, Gap))
