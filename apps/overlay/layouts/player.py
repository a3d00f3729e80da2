"""The card of a player: name, picture, figures."""

from typing import Any

from apps.gamification import selectors as levels
from apps.live.channels import State
from apps.overlay.layouts.subject import Layout, Subject, idle
from apps.user_profile import selectors as players
from apps.user_profile.selectors import Figures, PlayerCard
from apps.user_profile.selectors.privacy import ANONYMOUS, Part
from apps.webhooks.messages.facts import EXAMPLE, SOMEBODY, absolute

FIELDS = ("avatar", "tournaments_played", "matches_won", "current_rank", "level")
EXAMPLE_LEVEL = 5

type Facts = tuple[Figures, int]


def hears(subject: Subject) -> frozenset[str]:
    """Return whose events change it: whatever happens to the player, his privacy included."""
    return frozenset({subject.heard})


def facts(subject: Subject) -> Facts | None:
    """Return his figures, also those that he hides: `show` decides."""
    figures = players.figures_of([subject.id]).get(subject.id)
    return (figures, levels.level(subject.id).level) if figures else None


def show(subject: Subject, facts: Facts, fields: tuple[str, ...]) -> State:
    """Return what anybody may see of it now."""
    found = players.cards_seen(ANONYMOUS, [subject.id]).get(subject.id)
    if found is None or not found[1].shows(Part.CARD):
        return idle("player")
    card, seen = found
    figures, level = facts
    return told(card, figures.shown_to(seen), level if seen.shows(Part.LEVEL_XP) else None, fields)


def told(card: PlayerCard, figures: Figures, level: int | None, fields: tuple[str, ...]) -> State:
    """Return the fields that are wanted and not hidden."""
    stats: dict[str, Any] = {
        "tournaments_played": figures.tournaments_played,
        "matches_won": figures.matches_won,
        "current_rank": figures.current_rank,
        "level": level,
    }
    user: dict[str, Any] = {"username": card.username, "display_name": card.display_name}
    if "avatar" in fields:
        user["avatar_url"] = absolute(card.avatar_url)
    shown = {name: value for name, value in stats.items() if name in fields and value is not None}
    return {"layout": "player", "idle": False, "user": user, "stats": shown}


def example(fields: tuple[str, ...]) -> State:
    """Return the card of somebody who does not exist."""
    return told(SOMEBODY, EXAMPLE, EXAMPLE_LEVEL, fields)


LAYOUT = Layout(FIELDS, hears, facts, show, example)
