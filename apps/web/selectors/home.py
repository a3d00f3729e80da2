"""The start page: the season so far, what is being played, who leads."""

from dataclasses import dataclass

from apps.teams import selectors as teams
from apps.tournaments import selectors as tournaments
from apps.tournaments.selectors.names import as_seen
from apps.user_profile import selectors as profiles
from apps.user_profile.selectors.privacy import Part, Viewer, seen_by
from apps.web.selectors import Row
from apps.web.selectors.tournaments import TournamentRow, tournament_rows

TOURNAMENTS_SHOWN = 4
RESULTS_SHOWN = 12
LEADERS_SHOWN = 5
RISING_SHOWN = 5
CANDIDATES = 4
"""So many times as many players are read as tables show: some of them hide what the tables are made of."""


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


def home(viewer: Viewer) -> HomePage:
    """Compose the start page as a viewer may see it."""
    rows = tournament_rows(tournaments.tournaments_list()[:TOURNAMENTS_SHOWN])
    winners = profiles.winners(LEADERS_SHOWN * CANDIDATES)
    forms = tournaments.in_form(RISING_SHOWN * CANDIDATES)
    seen = seen_by(viewer, {row.user_id for row in winners} | {form.user_id for form in forms})
    shown = {user_id for user_id, each in seen.items() if each.shows(Part.STATS)}
    return HomePage(
        season=_season(rows),
        newest=rows,
        results=as_seen(tournaments.latest_results(RESULTS_SHOWN), viewer),
        leaders=_leaders([stats for stats in winners if stats.user_id in shown][:LEADERS_SHOWN]),
        rising=_rising([form for form in forms if form.user_id in shown][:RISING_SHOWN]),
    )


def _leaders(found: list[Row]) -> list[Leader]:
    return [
        Leader(rank, profiles.card(stats.user.userprofile), stats)
        for rank, stats in enumerate(found, start=1)
    ]


def _rising(found: list[tournaments.Form]) -> list[Rising]:
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
