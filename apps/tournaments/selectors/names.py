"""Players who entered alone under their names of now, as a viewer may see them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from apps.tournaments.selectors.matches import MatchCard, Side
from apps.user_profile import selectors as players
from apps.user_profile.selectors import PlayerCard
from apps.user_profile.selectors.privacy import Part, Viewer


def as_seen(found: Sequence[MatchCard], viewer: Viewer) -> list[MatchCard]:
    """Show players who entered alone under their names of now, with their pages where those may be seen.

    One query, none where only teams play.
    """
    alone = {side.user_id for match in found for side in (match.a, match.b) if side.user_id}
    shown = cards_seen(alone, viewer)
    return [replace(match, a=named(match.a, shown), b=named(match.b, shown)) for match in found]


def cards_seen(user_ids: Iterable[int], viewer: Viewer) -> dict[int, PlayerCard]:
    """Return the cards of players that a viewer may see. One query, none for nobody."""
    found = players.cards_seen(viewer, user_ids)
    return {user_id: card for user_id, (card, seen) in found.items() if seen.shows(Part.CARD)}


def named(side: Side, shown: dict[int, PlayerCard]) -> Side:
    """Return a side under the player's name of now; one who is hidden keeps the name in the record."""
    card = shown.get(side.user_id or 0)
    return replace(side, name=card.display_name, player=card) if card else side
