"""What overlays announce."""

from apps.events import domain_event


@domain_event(version=1)
def overlay_revoked(user_id: int, overlay_id: int) -> None:
    """The address of an overlay leads nowhere any more; `user_id` is whose it was.

    Announced by the overlay service.

    Nobody needs to hear it: the streams that are open follow it, and end.
    """


@domain_event(version=1)
def overlay_tested(user_id: int, overlay_id: int, event_type: str) -> None:
    """The owner of an overlay wants to see an example of an event in it, marked as a test.

    Announced by the overlay service.

    Nobody needs to hear it: the streams that are open follow it, and show it.
    """
