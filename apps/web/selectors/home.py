"""The start page: the season so far, what is being played, who leads."""

from dataclasses import dataclass

from apps.teams import selectors as teams
from apps.tournaments import selectors as tournaments
from apps.user_profile import selectors as profiles
from apps.web.selectors import Row
from apps.web.selectors.tournaments import TournamentRow, tournament_rows

TOURNAMENTS_SHOWN = 4
RESULTS_SHOWN = 12
LEADERS_SHOWN = 5
RISING_SHOWN = 5


@dataclass(frozen=True)
class Season:
    """How far the season is, how large it has become, and the tournament that was decided last."""

    tournament_count: int
    completed: int
    matches: int
    players: int
    teams: int
    live: list[Row]
    decided: TournamentRow | None


@dataclass(frozen=True)
class Leader:
    """A line of the table of winners."""

    rank: int
    player: profiles.PlayerCard
    stats: Row


@dataclass(frozen=True)
class Rising:
    """A line of the table of players in form."""

    rank: int
    player: profiles.PlayerCard
    form: tournaments.Form


@dataclass(frozen=True)
class HomePage:
    """All that the start page shows."""

    season: Season
    newest: list[TournamentRow]
    results: list[tournaments.MatchCard]
    leaders: list[Leader]
    rising: list[Rising]


def home() -> HomePage:
    """Compose the start page."""
    rows = tournament_rows(tournaments.tournaments_list()[:TOURNAMENTS_SHOWN])
    return HomePage(
        season=_season(rows),
        newest=rows,
        results=tournaments.latest_results(RESULTS_SHOWN),
        leaders=[
            Leader(rank, profiles.card(stats.user.userprofile), stats)
            for rank, stats in enumerate(profiles.winners(LEADERS_SHOWN), start=1)
        ],
        rising=_rising(),
    )


def _rising() -> list[Rising]:
    found = tournaments.in_form(RISING_SHOWN)
    cards = profiles.cards(form.user_id for form in found)
    return [Rising(rank, cards[form.user_id], form) for rank, form in enumerate(found, start=1)]


def _season(rows: list[TournamentRow]) -> Season:
    """Count the season; ``rows`` are its newest tournaments, those being played first."""
    totals = tournaments.totals()
    return Season(
        tournament_count=totals.tournaments,
        completed=totals.completed,
        matches=totals.matches,
        players=profiles.player_count(),
        teams=teams.team_count(),
        live=[row.tournament for row in rows if row.tournament.status == "LIVE"],
        decided=next((row for row in rows if row.champion), None),
    )
