"""A small season in which everything happens, told through the real services, for tests that need a full log.

Each app tells its own chapter: `tell(cast)` in `apps/<app>/tests/story.py`, in the order of INSTALLED_APPS. A
test wants every declared event to happen in it.
"""

import importlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.apps import apps


@dataclass
class Cast:
    """Who and what earlier chapters leave to the later ones: players by username, anything else by name."""

    players: dict[str, Any] = field(default_factory=dict)
    things: dict[str, Any] = field(default_factory=dict)

    def ids(self, *usernames: str) -> list[int]:
        """Return the ids of players."""
        return [self.players[username].pk for username in usernames]


def tell() -> Cast:
    """Let it all happen."""
    cast = Cast()
    for config in apps.get_app_configs():
        if config.name.startswith("apps.") and (Path(config.path) / "tests" / "story.py").exists():
            importlib.import_module(f"{config.name}.tests.story").tell(cast)
    return cast
