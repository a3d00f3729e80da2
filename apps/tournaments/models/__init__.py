"""Tournaments: who entered, who plays whom where, and how it ended.

Rows hold the id and the name of that day: a team that is renamed is shown under its name of now, with the one
it played under beside it.

A foreign key has no index of its own where another index begins with it, or where nobody asks by it.
"""

from apps.tournaments.formats.results import Outcome
from apps.tournaments.models.corrections import Correction
from apps.tournaments.models.entries import Leaving, TournamentEntry, TournamentParticipant
from apps.tournaments.models.matches import Match, MatchMap, MatchParticipant, MatchStatus
from apps.tournaments.models.phases import Phase, PhaseEntry, PhaseStatus, Seeding
from apps.tournaments.models.prizes import Prize
from apps.tournaments.models.sources import SourceName
from apps.tournaments.models.tournament import NAME_CHARS_MAX, Status, Tournament, WrongStatus, moment

__all__ = [
    "NAME_CHARS_MAX",
    "Correction",
    "Leaving",
    "Match",
    "MatchMap",
    "MatchParticipant",
    "MatchStatus",
    "Outcome",
    "Phase",
    "PhaseEntry",
    "PhaseStatus",
    "Prize",
    "Seeding",
    "SourceName",
    "Status",
    "Tournament",
    "TournamentEntry",
    "TournamentParticipant",
    "WrongStatus",
    "moment",
]
