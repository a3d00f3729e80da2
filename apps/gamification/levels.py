"""The level curve: level L begins at 50 L² - 50 experience points, level 1 at none."""

from math import isqrt

STEP = 50


def begins_at(level: int) -> int:
    """Return the points with which a level begins."""
    return STEP * level * level - STEP


def level_of(points: int) -> int:
    """Return the level that so many points are."""
    return isqrt((max(points, 0) + STEP) // STEP)
