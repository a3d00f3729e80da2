"""A name that somebody takes between our look and our insert."""

import pytest

from apps.user_profile.services import usernames
from apps.user_profile.testing import create_user


def snatch(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Let somebody take the name right after the next look at whether it is free."""
    look = usernames.check_free

    def look_then_lose(username: str) -> None:
        look(username)
        monkeypatch.undo()
        create_user(name)

    monkeypatch.setattr(usernames, "check_free", look_then_lose)
