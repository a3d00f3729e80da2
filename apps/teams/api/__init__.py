"""Teams, for programs."""

from apps.teams.api import joining, reading, running
from apps.teams.api.routes import router

__all__ = ["joining", "reading", "router", "running"]
