"""Tournaments: who entered, who plays whom where, and how it ended.

Rows hold the id and the name of that day: a team that is renamed is shown under its name of now, with the one
it played under beside it.

A foreign key has no index of its own where another index begins with it, or where nobody asks by it.
"""

from apps.tournaments.formats.results import Outcome
from apps.tournaments.models.actions import Done, TournamentAction
from apps.tournaments.models.corrections import Correction
from apps.tournaments.models.entries import (
    HOLDING,
    Leaving,
    Registration,
    TournamentEntry,
    TournamentParticipant,
    WrongTurn,
)
from apps.tournaments.models.matches import Match, MatchMap, MatchParticipant, MatchStatus
from apps.tournaments.models.phases import Phase, PhaseEntry, PhaseStatus, Seeding
from apps.tournaments.models.prizes import Prize
from apps.tournaments.models.reports import Dispute, Evidence, MatchReport, Reason, Stand
from apps.tournaments.models.sources import SourceName
from apps.tournaments.models.tournament import (
    CAPACITY_MAX,
    NAME_CHARS_MAX,
    CheckIn,
    Entrance,
    Entrants,
    Status,
    Tournament,
    WrongStatus,
    moment,
)

__all__ = [
    "CAPACITY_MAX",
    "HOLDING",
    "NAME_CHARS_MAX",
    "CheckIn",
    "Correction",
    "Dispute",
    "Done",
    "Entrance",
    "Entrants",
    "Evidence",
    "Leaving",
    "Match",
    "MatchMap",
    "MatchParticipant",
    "MatchReport",
    "MatchStatus",
    "Outcome",
    "Phase",
    "PhaseEntry",
    "PhaseStatus",
    "Prize",
    "Reason",
    "Registration",
    "Seeding",
    "SourceName",
    "Stand",
    "Status",
    "Tournament",
    "TournamentAction",
    "TournamentEntry",
    "TournamentParticipant",
    "WrongStatus",
    "WrongTurn",
    "moment",
]
