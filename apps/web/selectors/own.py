"""Who looks at a page: his card, read once a page."""

from typing import Any

from apps.user_profile import selectors as profiles


def own_card(request: Any) -> profiles.PlayerCard | None:
    """Return the signed-in player's card, or None; asks the database at most once a page."""
    if not request.user.is_authenticated:
        return None
    if not hasattr(request, "viewer_card"):
        request.viewer_card = profiles.cards([request.user.pk]).get(request.user.pk)
    card: profiles.PlayerCard | None = request.viewer_card
    return card
