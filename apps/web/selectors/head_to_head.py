"""The pages on which two players, or two teams, are compared by their matches against each other."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from apps.teams import selectors as teams
from apps.tournaments import selectors as tournaments
from apps.tournaments.selectors.names import as_seen
from apps.user_profile import selectors as profiles
from apps.user_profile.selectors import PlayerCard
from apps.user_profile.selectors.privacy import Part, Viewer, seen_by
from apps.web.selectors import Row
from apps.web.selectors.history import HistoryRow, seen_by_player, turned


@dataclass(frozen=True)
class HeadToHead:
    """How one fared against another; `opponent` is None while nobody is chosen whose matches may be seen."""

    own: tournaments.Side
    opponent: tournaments.Side | None
    tally: tournaments.Tally
    maps: Sequence[tournaments.MapTally]
    met: Any = ()

    @property
    def alone(self) -> bool:
        """Whether two players are compared, else two teams."""
        return self.own.player is not None


def of_players(username: str, against: str, viewer: Viewer) -> HeadToHead | None:
    """Compare a player with another, in teams or alone; None when his matches are not for the viewer.

    An opponent whose matches are not for the viewer is one who is not there: nothing tells the two apart.
    """
    profile = profiles.profile_by_username(username)
    other = profiles.profile_by_username(against) if profile and against else None
    if profile is None:
        return None
    seen = seen_by(viewer, {profile.user_id, other.user_id if other else profile.user_id})
    if not seen[profile.user_id].shows(Part.MATCH_HISTORY):
        return None
    own = _player(profiles.card(profile))
    if other is None or other == profile or not seen[other.user_id].shows(Part.MATCH_HISTORY):
        return HeadToHead(own, None, tournaments.Tally(), ())
    return _compared(
        own, _player(profiles.card(other)), tournaments.against_player(profile.user_id, other.user_id)
    )


def of_teams(slug: str, against: str, viewer: Viewer) -> HeadToHead | None:
    """Compare a team with another; None when the viewer does not find it."""
    team = teams.team_seen_by(slug, viewer)
    if team is None:
        return None
    other, own = teams.team_seen_by(against, viewer) if against else None, _team(team)
    if other is None or other == team:
        return HeadToHead(own, None, tournaments.Tally(), ())
    return _compared(own, _team(other), tournaments.against_team(team.pk, other.pk))


def _compared(own: tournaments.Side, opponent: tournaments.Side, met: tournaments.Meetings) -> HeadToHead:
    tally = tournaments.tally_of(met)
    maps = tournaments.maps_of(met) if tally.played else ()
    order = [f"-{met.match}played_at", "-match_id" if met.match else "-pk"]
    return HeadToHead(own, opponent, tally, maps, met.rows.order_by(*order))


def key_of(side: tournaments.Side) -> str:
    """Return what names a player or a team in addresses."""
    return side.player.username if side.player else side.team_slug


def rows_of(page: HeadToHead, viewer: Viewer) -> Any:
    """Return the function that turns meetings into rows from the side of the first."""

    def of_lines(found: Any) -> list[HistoryRow]:
        lines = tournaments.player_matches(found)
        cards = as_seen([line.match for line in lines], viewer)
        return [seen_by_player(replace(line, match=card)) for line, card in zip(lines, cards, strict=True)]

    def of_matches(found: Any) -> list[HistoryRow]:
        cards = as_seen([tournaments.card(match) for match in found], viewer)
        return [turned(card, own_first=card.a.team_id == page.own.team_id) for card in cards]

    return of_lines if page.alone else of_matches


def _player(card: PlayerCard) -> tournaments.Side:
    name = card.display_name
    return tournaments.Side(None, "", "", name, name, 0, won=False, user_id=card.user_id, player=card)


def _team(team: Row) -> tournaments.Side:
    return tournaments.Side(team.pk, team.slug, team.tag, team.name, team.name, 0, won=False)
