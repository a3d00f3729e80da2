"""What overlays can show. A layout is a module: `FIELDS`, `hears`, `facts`, `show`, `example`."""

from apps.overlay.layouts import match, player, ticker, tournament
from apps.overlay.layouts.subject import Layout, Subject

__all__ = ["FOR_PLAYERS", "FOR_TOURNAMENTS", "LAYOUTS", "Subject"]

LAYOUTS: dict[str, Layout] = {
    "player": player.LAYOUT,
    "match": match.LAYOUT,
    "ticker": ticker.LAYOUT,
    "tournament": tournament.LAYOUT,
}
# The first one is shown where the address names none.
FOR_PLAYERS = ("player", "match", "ticker")
FOR_TOURNAMENTS = ("match", "ticker", "tournament")
