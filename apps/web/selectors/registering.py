"""The page on which players and teams enter a tournament."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.teams import selectors as teams
from apps.tournaments import selectors as tournaments
from apps.tournaments.selectors import eligibility
from apps.tournaments.selectors.eligibility import Candidate, Facts, Known, Verdict
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
    slug: str, viewer: Any, chosen: Mapping[str, Collection[int]]
) -> RegistrationPage | None:
    """Compose the page; `chosen` has the players that the viewer picked, by the slug of a team.

    Seven queries, however many teams the viewer leads.
    """
    found = tournaments.places_by_slug(slug)
    if found is None:
        return None
    parties = parties_of(found.tournament, viewer, chosen) if viewer is not None else []
    return RegistrationPage(found.tournament, found.taken, found.waiting, parties)


def parties_of(tournament: Row, viewer: Any, chosen: Mapping[str, Collection[int]]) -> list[Party]:
    """Return who the viewer can enter with: himself, and his teams of the game."""
    led = [] if tournament.entrants == "PLAYERS" else teams.rosters_led_by(viewer.user_id)
    own = [(team, roster) for team, roster in led if team.game_id in (None, tournament.game_id)]
    picked = {user_id for ids in chosen.values() for user_id in ids}
    seated = {seat["user_id"] for _team, roster in own for seat in roster}
    known = eligibility.known_in(
        tournament, [team.pk for team, _roster in own], {viewer.user_id, *seated, *picked}
    )
    candidates = [candidate_of(tournament, team, roster, known, chosen) for team, roster in own]
    if tournament.entrants != "TEAMS":
        alone = frozenset({viewer.user_id})
        candidates.insert(0, Candidate(None, alone, alone))
    rosters = {team.pk: roster for team, roster in own}
    called = {seat["user_id"]: seat["display_name"] for roster in rosters.values() for seat in roster}
    called[viewer.user_id] = viewer.display_name
    return [
        party(facts, rosters.get(facts.team.pk, []) if facts.team else [], known, called)
        for facts in eligibility.facts_of_each(tournament, candidates, known)
    ]


def candidate_of(
    tournament: Row,
    team: Row,
    roster: Sequence[teams.RosterEntry],
    known: Known,
    chosen: Mapping[str, Collection[int]],
) -> Candidate:
    """Return a team with the players who are registered, else those chosen, else its first ones."""
    entry = known.entry_of(team, ())
    if entry is not None and entry.stands:
        picked = known.players_of(entry)
    elif team.slug in chosen:
        picked = frozenset(chosen[team.slug])
    else:
        playing = [seat["user_id"] for seat in roster if seat["role"] in PLAYING_ROLES]
        picked = frozenset(playing[: tournament.squad_max])
    return Candidate(team, picked, frozenset(seat["user_id"] for seat in roster))


def party(
    facts: Facts, roster: Sequence[teams.RosterEntry], known: Known, called: Mapping[int, str]
) -> Party:
    """Return somebody who may enter, with the verdicts before it or, where he has entered, after it."""
    entry = facts.entry if facts.stands else None
    return Party(
        team=facts.team,
        entry=entry,
        in_line=known.line.get(entry.pk, 0) if entry else 0,
        verdicts=eligibility.verdicts(facts, entered=entry is not None and entry.stands, called=called),
        choices=[
            Choice(seat["user_id"], seat["display_name"], seat["user_id"] in facts.player_ids)
            for seat in roster
        ],
    )
