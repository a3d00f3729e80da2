"""Tournaments and matches, for programs."""

from apps.tournaments.api import entering, histories, matches, reading, reporting, running
from apps.tournaments.api.routes import router

__all__ = ["entering", "histories", "matches", "reading", "reporting", "router", "running"]
