"""The pages about matches: the list of a tournament's, and one with all that is known of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from apps.tournaments import selectors as tournaments
from apps.tournaments.selectors.names import as_seen, named
from apps.tournaments.selectors.sheet import IN_ORDER
from apps.user_profile import selectors as players
from apps.user_profile.selectors import PlayerCard
from apps.user_profile.selectors.privacy import Part, Viewer
from apps.web.selectors import Row

STATES = {
    "open": (_("To be played"), Q(status__in=["PENDING", "READY"])),
    "live": (_("Live"), Q(status="LIVE")),
    "over": (_("Over"), Q(status="COMPLETED")),
}
"""The filters of a list of matches, by the word in the address."""


@dataclass(frozen=True)
class Choice:
    """A filter to pick: its word in the address, its name, and whether it is picked."""

    key: str
    title: Any
    picked: bool


@dataclass(frozen=True)
class Line:
    """A player's numbers in a match; hidden players are left without a card."""

    player: PlayerCard | None
    kills: int
    deaths: int
    assists: int


@dataclass(frozen=True)
class Team:
    """One side of a match with its players."""

    side: tournaments.Side
    lines: list[Line]


@dataclass(frozen=True)
class Meetings:
    """How often each of two won against the other, and the latest of their matches."""

    won_a: int
    won_b: int
    level: int
    matches: list[tournaments.MatchCard]


@dataclass(frozen=True)
class MatchPage:
    """All that the page of a match shows; `own_entry_id` is the side for which the viewer speaks."""

    tournament: Row
    match: tournaments.MatchCard
    games: Sequence[Any]
    teams: list[Team]
    meetings: Meetings
    corrections: Sequence[Row]
    own_entry_id: int | None
    has_room: bool

    @property
    def played(self) -> bool:
        """Whether anybody's numbers are known."""
        return any(team.lines for team in self.teams)


def states(picked: str) -> list[Choice]:
    """Return the filters, `all` first."""
    choices = [Choice("", _("All"), picked not in STATES)]
    return choices + [Choice(key, title, key == picked) for key, (title, _where) in STATES.items()]


def matches_of(tournament_id: int, state: str) -> QuerySet[Any]:
    """Return the matches of a tournament in a state, in the order in which they are played."""
    found = tournaments.matches_in(tournament_id)
    if state in STATES:
        found = found.filter(STATES[state][1])
    return found.order_by(*IN_ORDER)


def match_rows(viewer: Viewer) -> Any:
    """Return the function that turns matches into cards as a viewer may see them."""

    def rows(found: Iterable[Any]) -> list[tournaments.MatchCard]:
        return as_seen([tournaments.card(match) for match in found], viewer)

    return rows


def match_page(slug: str, match_id: int, viewer: Viewer) -> MatchPage | None:
    """Compose the page of a match as a viewer may see it, or None when there is no such one."""
    detail = tournaments.match_detail(slug, match_id, viewer.user_id)
    if detail is None:
        return None
    met = tournaments.meetings(detail.card)
    sides = (detail.card.a, detail.card.b)
    alone = {side.user_id for side in sides if side.user_id}
    found = players.cards_seen(viewer, alone | {line.user_id for line in detail.players})
    shown = {user_id: card for user_id, (card, seen) in found.items() if seen.shows(Part.CARD)}
    match = replace(detail.card, a=named(sides[0], shown), b=named(sides[1], shown))
    return MatchPage(
        tournament=detail.tournament,
        match=match,
        games=detail.games,
        teams=[
            Team(
                side,
                [
                    Line(shown.get(line.user_id), line.kills, line.deaths, line.assists)
                    for line in detail.players
                    if line.entry_id == side.entry_id and found[line.user_id][1].shows(Part.MATCH_HISTORY)
                ],
            )
            for side in (match.a, match.b)
        ],
        meetings=head_to_head(
            match, [replace(one, a=named(one.a, shown), b=named(one.b, shown)) for one in met]
        ),
        corrections=detail.corrections,
        own_entry_id=detail.own_entry_id,
        has_room=detail.has_room,
    )


def head_to_head(match: tournaments.MatchCard, met: Sequence[tournaments.MatchCard]) -> Meetings:
    """Count who won the earlier matches of two, seen from the sides of this one."""

    def won_by(side: tournaments.Side) -> int:
        who = (side.team_id, side.user_id)
        return sum((one.team_id, one.user_id) == who and one.won for each in met for one in (each.a, each.b))

    won_a, won_b = won_by(match.a), won_by(match.b)
    return Meetings(won_a, won_b, len(met) - won_a - won_b, list(met))
