"""A streamer makes an overlay, tries it, and revokes it."""

from typing import Any

from apps.overlay.services import overlays


def tell(cast: Any) -> None:
    """Let it happen."""
    owner_id = cast.players["ada"].pk
    overlay, _secret = overlays.create(owner_id=owner_id, name="Stream", player_id=owner_id)
    overlays.send_test(owner_id=owner_id, overlay_id=overlay.pk, event_type="stats_updated")
    overlays.revoke(owner_id=owner_id, overlay_id=overlay.pk)
