"""Reads for pages and other apps, each in a fixed number of queries however much it returns."""

from apps.tournaments.selectors.brackets import Bracket, Round, bracket
from apps.tournaments.selectors.entries import (
    Champion,
    Standing,
    TeamEntry,
    champions,
    entrant_counts,
    entries_of_team,
    standings,
)
from apps.tournaments.selectors.form import Form, in_form
from apps.tournaments.selectors.matches import (
    MatchCard,
    PlayerMatch,
    Record,
    Side,
    latest_results,
    matches_of,
    matches_of_team,
    records,
    series_of,
)
from apps.tournaments.selectors.prizes import Share, players_of, prizes_of, shares_of
from apps.tournaments.selectors.tables import GroupRow, GroupTable, group_tables
from apps.tournaments.selectors.tournaments import (
    Totals,
    greatest_id,
    names_of,
    season_progress,
    slugs_between,
    totals,
    tournament_by_slug,
    tournaments_list,
    tournaments_of_matches,
)

__all__ = [
    "Bracket",
    "Champion",
    "Form",
    "GroupRow",
    "GroupTable",
    "MatchCard",
    "PlayerMatch",
    "Record",
    "Round",
    "Share",
    "Side",
    "Standing",
    "TeamEntry",
    "Totals",
    "bracket",
    "champions",
    "entrant_counts",
    "entries_of_team",
    "greatest_id",
    "group_tables",
    "in_form",
    "latest_results",
    "matches_of",
    "matches_of_team",
    "names_of",
    "players_of",
    "prizes_of",
    "records",
    "season_progress",
    "series_of",
    "shares_of",
    "slugs_between",
    "standings",
    "totals",
    "tournament_by_slug",
    "tournaments_list",
    "tournaments_of_matches",
]
