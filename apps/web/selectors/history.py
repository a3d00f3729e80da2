"""Series as one side saw them."""

from dataclasses import dataclass, replace

from apps.tournaments import selectors as tournaments


@dataclass(frozen=True)
class HistoryRow:
    """A series from the view of ``own``; ``won`` is None when it ended level."""

    match: tournaments.MatchCard
    own: tournaments.Side
    other: tournaments.Side
    won: bool | None
    kills: int = 0
    deaths: int = 0
    assists: int = 0


def seen_by_team(match: tournaments.MatchCard, team_id: int) -> HistoryRow:
    """Turn a match so that the team ``team_id`` stands first."""
    return turned(match, own_first=match.a.team_id == team_id)


def turned(match: tournaments.MatchCard, *, own_first: bool) -> HistoryRow:
    """Turn a match so that the side whose history it is stands first."""
    own, other = (match.a, match.b) if own_first else (match.b, match.a)
    return HistoryRow(match, own, other, won=own.won if own.won or other.won else None)


def seen_by_player(line: tournaments.PlayerMatch) -> HistoryRow:
    """Turn a match so that the player's side stands first, with his numbers."""
    row = turned(line.match, own_first=line.match.a.entry_id == line.entry_id)
    return replace(row, won=line.won, kills=line.kills, deaths=line.deaths, assists=line.assists)
