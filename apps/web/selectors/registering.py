"""The page on which players and teams enter a tournament."""

from collections.abc import Collection
from dataclasses import dataclass

from apps.teams import selectors as teams
from apps.tournaments import selectors as tournaments
from apps.tournaments.selectors import eligibility
from apps.tournaments.selectors.eligibility import Facts, Verdict
from apps.tournaments.services.check_in import is_open as check_in_open
from apps.web.selectors import Row

PLAYING_ROLES = frozenset({"CAPTAIN", "PLAYER", "SUB"})


@dataclass(frozen=True)
class Choice:
    """A player of a team, chosen or not."""

    user_id: int
    name: str
    chosen: bool


@dataclass(frozen=True)
class Party:
    """Somebody who may enter: the viewer alone, or a team that he leads; and whether it would do.

    `entry` is a registration that stands or was turned down; `in_line` counts from 1.
    """

    team: Row | None
    entry: Row | None
    in_line: int
    verdicts: list[Verdict]
    choices: list[Choice]

    @property
    def eligible(self) -> bool:
        """Whether every condition is met."""
        return not eligibility.failed(self.verdicts)

    @property
    def stands(self) -> bool:
        """Whether it is registered, or waits."""
        return self.entry is not None and bool(self.entry.stands)


@dataclass(frozen=True)
class RegistrationPage:
    """All that the page shows."""

    tournament: Row
    taken: int
    waiting: int
    parties: list[Party]

    @property
    def checks_in(self) -> bool:
        """Whether entrants can check in now."""
        return check_in_open(self.tournament)

    @property
    def is_open(self) -> bool:
        """Whether somebody can register now."""
        return bool(self.tournament.status == "UPCOMING" and self.tournament.takes_now())


def registration_page(
    slug: str, viewer_id: int | None, chosen: dict[str, set[int]]
) -> RegistrationPage | None:
    """Compose the page; `chosen` has the players that the viewer picked, by the slug of a team."""
    tournament = tournaments.tournament_by_slug(slug)
    if tournament is None:
        return None
    taken, waiting = tournaments.places_taken(tournament.pk)
    parties = parties_of(tournament, viewer_id, chosen) if viewer_id else []
    return RegistrationPage(tournament, taken, waiting, parties)


def parties_of(tournament: Row, viewer_id: int, chosen: dict[str, set[int]]) -> list[Party]:
    """Return who the viewer can enter with: himself, and his teams of the game."""
    found = []
    if tournament.entrants != "TEAMS":
        found.append(party(eligibility.facts_of(tournament, None, [viewer_id]), []))
    if tournament.entrants != "PLAYERS":
        for team in teams.led_by(viewer_id):
            if team.game_id in (None, tournament.game_id):
                found.append(party_of_team(tournament, team, chosen.get(team.slug)))
    return found


def party_of_team(tournament: Row, team: Row, chosen: set[int] | None) -> Party:
    """Return a team, with the players chosen, else those who are registered, else its first ones."""
    roster = teams.get_team_roster(team.pk)
    entry = tournament.entries.filter(team=team).first()
    if entry is not None and entry.stands:
        picked: Collection[int] = set(entry.participants.values_list("user_id", flat=True))
    elif chosen is not None:
        picked = chosen
    else:
        playing = [seat["user_id"] for seat in roster if seat["role"] in PLAYING_ROLES]
        picked = set(playing[: tournament.squad_max])
    choices = [Choice(seat["user_id"], seat["display_name"], seat["user_id"] in picked) for seat in roster]
    return party(eligibility.facts_of(tournament, team, picked), choices)


def party(facts: Facts, choices: list[Choice]) -> Party:
    """Return somebody who may enter, with the verdicts before it or, where he has entered, after it."""
    entry = facts.entry if facts.stands else None
    entered = entry is not None and entry.stands
    in_line = 0
    if entry is not None and entry.status == "WAITLISTED":
        line = list(facts.tournament.entries.in_line().values_list("pk", flat=True))
        in_line = line.index(entry.pk) + 1
    return Party(facts.team, entry, in_line, eligibility.verdicts(facts, entered=entered), choices)
