"""Who looks at a page: his card, which was read with him."""

from typing import Any

from apps.user_profile import selectors as profiles


def own_card(request: Any) -> profiles.PlayerCard | None:
    """Return the signed-in player's card, or None. No query: his session was read with his profile."""
    profile = getattr(request.user, "userprofile", None)
    return profiles.card(profile) if profile is not None else None
