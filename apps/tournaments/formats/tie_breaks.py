"""The rules by which a table is ordered, each by its name and its source.

A rule measures one team; more is better. Most look at the whole table; those in `AMONG_EQUALS` compare the
teams of a tie with each other only and are measured again when the tie shrinks.

Buchholz counts unplayed rounds by the FIDE tie-break regulations of 2022: for who did not play, a virtual
opponent; for his opponents, a draw. Opponents' match and game wins follow the Magic Tournament Rules,
appendix C, where a bye is won for the points and left out of the share; `omw_with_byes` does not leave it
out, as Magic Online did in 2024.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.tournaments.formats.records import Game, Number, Records, Row
from apps.tournaments.formats.results import TeamKey

FLOOR = Fraction(33, 100)
"""The least percentage that counts for an opponent (Magic Tournament Rules, appendix C): not a third."""

Measure = Callable[[Row, Records, frozenset[TeamKey]], Number]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its measure, and how it is called in a table's head and in full, with its source."""

    measure: Measure
    short: str | Promise
    title: str | Promise
    percent: bool = False


def opponents(games: list[Game]) -> list[TeamKey]:
    """Return whom a team has met, without byes."""
    return [game.opponent for game in games if game.opponent is not None]


def adjusted(team: TeamKey, records: Records) -> Number:
    """Return a team's points as they count for its opponents: rounds it did not play are draws."""
    if (known := records.adjusted.get(team)) is not None:
        return known
    met = [game.points for game in records.by_round[team].values() if game.met]
    found = sum(met) + halves(records, records.rounds - len(met))
    records.adjusted[team] = found
    return found


def halves(records: Records, rounds: int) -> Number:
    """Return what draws are worth in rounds that were not played: of none, a whole number, for speed."""
    return Fraction(records.points.win, 2) * rounds if rounds else 0


def virtual_opponent(team: TeamKey, number: int, records: Records) -> Number:
    """Return the points of the opponent that stands for a round that a team did not play.

    Those of the team before it, what the team did not get in it, and a draw for each round after it.
    """
    games = records.by_round[team]
    before = sum(game.points for at, game in games.items() if at < number)
    got = games[number].points if number in games else 0
    return before + (records.points.win - got) + halves(records, records.rounds - number)


def opponents_points(team: TeamKey, records: Records) -> list[Number]:
    """Return the points of a team's opponents, one a round, the lowest first."""
    if team in records.opponents_points:
        return records.opponents_points[team]
    games = records.by_round[team]
    found = []
    for number in range(1, records.rounds + 1):
        game = games.get(number)
        if game and game.met and game.opponent is not None:
            found.append(adjusted(game.opponent, records))
        else:
            found.append(virtual_opponent(team, number, records))
    records.opponents_points[team] = sorted(found)
    return records.opponents_points[team]


def buchholz(row: Row, records: Records, tied: frozenset[TeamKey], *, low: int = 0, high: int = 0) -> Number:
    """Sum the points of all opponents, without some of the lowest and the highest."""
    points = opponents_points(row.team, records)
    return sum(points[low : len(points) - high])


def sonneborn_berger(row: Row, records: Records, tied: frozenset[TeamKey]) -> Number:
    """Sum the points of the beaten opponents, and half of those it drew with."""
    return sum(
        records.rows[game.opponent].points * (Fraction(1) if game.won else Fraction(1, 2))
        for game in records.games[row.team]
        if game.opponent is not None and game.met and (game.won or game.drawn)
    )


def progressive(row: Row, records: Records, tied: frozenset[TeamKey]) -> Number:
    """Sum the points that a team had after each round."""
    games = records.by_round[row.team]
    return sum(game.points * (records.rounds - number + 1) for number, game in games.items())


def match_win_share(team: TeamKey, records: Records, *, byes: bool = False) -> Fraction:
    """Return the share of the points that a team could have won in the rounds it played; a bye may be one."""
    played = [game for game in records.games[team] if byes or game.opponent is not None]
    most = records.points.win * len(played)
    return max(FLOOR, Fraction(sum(game.points for game in played)) / most) if most else FLOOR


def game_win_share(row: Row, records: Records, tied: frozenset[TeamKey] = frozenset()) -> Fraction:
    """Return the share of games won, with a third of those drawn; a bye counts with the games it gives."""
    games = records.games[row.team]
    won = sum(3 * game.score + game.games_drawn for game in games)
    all_games = sum(game.score + game.other_score + game.games_drawn for game in games)
    return Fraction(won, 3 * all_games) if all_games else Fraction(0)


def mean(values: list[Fraction]) -> Fraction:
    """Return the mean, 0 of nothing."""
    return sum(values, Fraction(0)) / len(values) if values else Fraction(0)


def opponents_match_wins(
    row: Row, records: Records, tied: frozenset[TeamKey], *, byes: bool = False
) -> Fraction:
    """Return the mean of the opponents' match-win shares, each at least 0.33; no bye is an opponent."""
    met = opponents(records.games[row.team])
    return mean([match_win_share(team, records, byes=byes) for team in met])


def opponents_game_wins(row: Row, records: Records, tied: frozenset[TeamKey]) -> Fraction:
    """Return the mean of the opponents' game-win shares, each at least 0.33; byes are left out."""
    own = opponents(records.games[row.team])
    return mean([max(FLOOR, game_win_share(records.rows[team], records)) for team in own])


def difficulty(row: Row, records: Records, tied: frozenset[TeamKey]) -> int:
    """Sum the opponents' matches won less those lost."""
    rows = [records.rows[team] for team in opponents(records.games[row.team])]
    return sum(other.won - other.lost for other in rows)


def head_to_head(row: Row, records: Records, tied: frozenset[TeamKey]) -> int:
    """Measure the matches that the tied teams played against each other."""
    record = records.against(row.team, tied)
    return record.won - record.lost


def head_to_head_games(row: Row, records: Records, tied: frozenset[TeamKey]) -> int:
    """Measure the games that the tied teams played against each other."""
    return records.against(row.team, tied).difference


def tie_break_matches(row: Row, records: Records, tied: frozenset[TeamKey]) -> int:
    """Measure the matches that were played to part the tie."""
    parting = [result for result in records.extra if tied.issuperset(result.teams)]
    won = sum(result.winner == row.team for result in parting)
    return won - sum(result.loser == row.team for result in parting)


def lot(row: Row, records: Records, tied: frozenset[TeamKey]) -> int:
    """Measure the lot that was drawn before the first match: the first one is the best."""
    return -records.lots.get(row.team, len(records.lots))


RULES: dict[str, Rule] = {
    "points": Rule(lambda row, records, tied: row.points, _("Pts"), _("Points")),
    "won": Rule(lambda row, records, tied: row.won, _("W"), _("Matches won")),
    "fewer_lost": Rule(lambda row, records, tied: -row.lost, _("L"), _("Fewer matches lost")),
    "played": Rule(lambda row, records, tied: row.played, _("Pl"), _("Rounds played")),
    "tie_break_matches": Rule(tie_break_matches, _("TB"), _("Tie-break matches")),
    "head_to_head": Rule(head_to_head, _("H2H"), _("Matches among the tied")),
    "head_to_head_games": Rule(head_to_head_games, _("H2H ±"), _("Games among the tied")),
    "difference": Rule(lambda row, records, tied: row.difference, _("±"), _("Games won less games lost")),
    "games_won": Rule(lambda row, records, tied: row.games_won, _("GW"), _("Games won")),
    "buchholz": Rule(buchholz, _("BH"), _("Buchholz")),
    "buchholz_cut1": Rule(partial(buchholz, low=1), _("BH-1"), _("Buchholz without the lowest")),
    "median_buchholz": Rule(partial(buchholz, low=1, high=1), _("MBH"), _("Median-Buchholz")),
    "sonneborn_berger": Rule(sonneborn_berger, _("SB"), _("Sonneborn-Berger")),
    "progressive": Rule(progressive, _("Prog"), _("Progressive score")),
    "difficulty": Rule(difficulty, _("Diff"), _("Opponents' wins less losses")),
    "omw": Rule(opponents_match_wins, _("OMW"), _("Opponents' match wins"), percent=True),
    "omw_with_byes": Rule(
        partial(opponents_match_wins, byes=True),
        _("OMW"),
        _("Opponents' match wins, their byes among them"),
        percent=True,
    ),
    "gw": Rule(game_win_share, _("GW %"), _("Game wins"), percent=True),
    "ogw": Rule(opponents_game_wins, _("OGW"), _("Opponents' game wins"), percent=True),
    "lot": Rule(lot, _("Lot"), _("Seed")),
}
"""All rules, by the names that settings use."""

AMONG_EQUALS = frozenset({"tie_break_matches", "head_to_head", "head_to_head_games"})

LEAGUE = (
    "won", "fewer_lost", "tie_break_matches", "head_to_head", "head_to_head_games", "difference", "games_won",
)  # fmt: skip
"""Of a table whose matches are not all known: won, then fewer lost, then as the leagues of 2018 did."""
