"""Swiss: in every round equals meet equals, nobody twice, until a table tells them apart.

A round is drawn when the one before is over. Until somebody has begun to play in it, it is drawn anew
whenever results change or somebody leaves; then its pairings stand, whatever is corrected before them.
"""

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from itertools import groupby

from apps.tournaments.formats.fixtures import Fixture, Pair, Picture, Spot, State, results_of
from apps.tournaments.formats.pairing import Player, pairs
from apps.tournaments.formats.records import Points, Records, Row
from apps.tournaments.formats.results import Result, Stage, TeamKey
from apps.tournaments.formats.settings import Swiss
from apps.tournaments.formats.tables import ranked


def rounds_of(settings: Swiss, entrants: int) -> int:
    """Return how many rounds are played: given, or as many as leave one unbeaten."""
    return settings.rounds or max(entrants - 1, 0).bit_length()


def swiss(settings: Swiss, state: State) -> Picture:
    """Return a Swiss as it is."""
    fixtures: dict[Spot, Fixture] = {}
    rounds = rounds_of(settings, len(state.seeds))
    finished = True
    for number in range(1, rounds + 1):
        drawn = drawn_round(state, number) or draw(settings, state, fixtures, number)
        if not drawn:
            break
        for spot, pair in drawn.items():
            fixture = Fixture(spot, *pair, best_of=settings.length(spot.stage, spot.round))
            fixture.decide(state)
            fixtures[spot] = fixture
        finished = all(fixtures[spot].decision for spot in drawn)
        if not finished:
            break
    rows = table_of(settings, state.seeds, state.left, results_of(fixtures.values()))
    tiers = [[row.team for row in equals] for _, equals in groupby(rows, key=lambda row: row.rank)]
    return Picture(fixtures, {"": rows}, tiers if finished else [], finished)


def drawn_round(state: State, number: int) -> Mapping[Spot, Pair]:
    """Return the pairings of a round in which somebody has begun to play, else nothing."""
    drawn = {spot: pair for spot, pair in state.drawn.items() if spot.round == number}
    if any(spot in state.decisions or spot in state.begun for spot in drawn):
        return drawn
    return {}


def draw(settings: Swiss, state: State, fixtures: Mapping[Spot, Fixture], number: int) -> dict[Spot, Pair]:
    """Pair those who are there for a round."""
    order = {team: place for place, team in enumerate(state.seeds)}
    records = records_of(settings, state.seeds, results_of(fixtures.values()))
    present = sorted(
        (team for team in state.seeds if team not in state.left),
        key=lambda team: (-records.rows[team].points, order[team]),
    )
    if len(present) < 2:
        return {}
    players = [
        Player(
            team,
            records.rows[team].points,
            Counter(game.opponent for game in records.games[team] if game.opponent is not None),
            sum(game.opponent is None for game in records.games[team]),
        )
        for team in present
    ]
    return in_their_places(pairs(players), state, number)


def in_their_places(found: Sequence[Pair], state: State, number: int) -> dict[Spot, Pair]:
    """Return where the pairs of a round play: one that was drawn before stays as it is."""
    spots = [Spot(Stage.SWISS, "", number, place) for place in range(len(found))]
    before = {frozenset(state.drawn[spot]): spot for spot in spots if spot in state.drawn}
    kept = {before[frozenset(pair)] for pair in found if frozenset(pair) in before}
    free = iter([spot for spot in spots if spot not in kept])
    placed = {}
    for pair in found:
        spot = before.get(frozenset(pair))
        placed[spot or next(free)] = state.drawn[spot] if spot else pair
    return {spot: placed[spot] for spot in spots}


def records_of(settings: Swiss, seeds: Sequence[TeamKey], results: Iterable[Result]) -> Records:
    """Return what everybody has made so far; a bye is a win."""
    return Records(
        results,
        entrants=seeds,
        points=Points(settings.win, settings.draw, settings.loss),
        lots=seeds,
    )


def table_of(
    settings: Swiss, seeds: Sequence[TeamKey], left: Container[TeamKey], results: Iterable[Result]
) -> list[Row]:
    """Return the table; who left stands behind all who play on."""
    rows = ranked(records_of(settings, seeds, results), ("points", *settings.tie_breaks))
    stay = [row for row in rows if row.team not in left]
    gone = [row for row in rows if row.team in left]
    return [*renumbered(stay, 0), *renumbered(gone, len(stay))]


def renumbered(rows: Sequence[Row], before: int) -> list[Row]:
    """Number rows of a table that was split, after so many others."""
    numbered: list[Row] = []
    for _, equals in groupby(rows, key=lambda row: row.rank):
        rank = before + len(numbered) + 1
        for row in equals:
            row.rank = rank
            numbered.append(row)
    return numbered
