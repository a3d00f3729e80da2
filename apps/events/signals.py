"""What the backbone itself announces."""

from apps.events import domain_event


@domain_event(version=1)
def user_erased(user_id: int) -> None:
    """A player's personal values were taken out of the log; copies of them have to go too.

    Announced by apps.events.erasure.erase.
    """
