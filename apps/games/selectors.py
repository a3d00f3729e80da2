"""Reads of games for other apps."""

from collections.abc import Sequence

from apps.games.models import Game


def all_games() -> Sequence[Game]:
    """Return every game by name."""
    return list(Game.objects.all())


def game_by_slug(slug: str) -> Game | None:
    """Return the game of this slug."""
    return Game.objects.filter(slug=slug).first()
