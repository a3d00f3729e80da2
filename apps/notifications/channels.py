"""What the bell in the header watches."""

from dataclasses import dataclass

from apps.live.channels import State, channel
from apps.notifications import selectors


@dataclass(frozen=True)
class Unread:
    """What a player has not read: a word that changes whenever his bell and his page would."""

    viewer_id: int | None
    user_id: int

    @property
    def hears(self) -> frozenset[str]:
        """Rung by the services whenever what he is told changes."""
        return frozenset({f"told:{self.user_id}"})

    def facts(self) -> str | None:
        """Return the word; nobody but the player himself gets it."""
        return selectors.pulse(self.user_id) if self.viewer_id == self.user_id else None

    def show(self, facts: str) -> State:
        """Say it."""
        return {"pulse": facts}


@channel("unread")
def unread(viewer_id: int | None, subject: str) -> Unread:
    """Watch what a player has not read, by his id."""
    return Unread(viewer_id, int(subject))
