"""Reads of overlays, for pages and streams."""

from apps.overlay.models import Overlay, OverlayQuerySet
from apps.overlay.services.overlays import digest_of, overlays_of

__all__ = ["Overlay", "OverlayQuerySet", "by_secret", "overlays_with_subjects"]

SECRET_CHARS_MAX = 100


def by_secret(secret: str) -> Overlay | None:
    """Return the overlay whose secret this is, while it is in force. One query."""
    if not secret.isascii() or len(secret) > SECRET_CHARS_MAX:
        return None
    return Overlay.objects.in_force().filter(digest=digest_of(secret)).first()


def overlays_with_subjects(owner_id: int) -> OverlayQuerySet:
    """Return somebody's overlays, with the tournaments and players that they are about."""
    return overlays_of(owner_id).select_related("tournament", "player__userprofile")
