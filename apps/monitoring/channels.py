"""What operators' pages watch."""

from dataclasses import dataclass

from django.contrib.auth import get_user_model

from apps.events import sequencer
from apps.live.channels import EVERYTHING, State, channel


@dataclass(frozen=True)
class EventsPulse:
    """The stream of events: a word that changes with every one of them. Only staff hear it."""

    viewer_id: int | None

    @property
    def hears(self) -> frozenset[str]:
        """Everything."""
        return frozenset({EVERYTHING})

    def state(self) -> State | None:
        """Return the word; None for who is not, or no longer, staff."""
        staff = get_user_model().objects.filter(is_active=True, is_staff=True)
        if self.viewer_id is None or not staff.filter(pk=self.viewer_id).exists():
            return None
        return {"pulse": str(sequencer.head())}


@channel("ops-events", subjects="all")
def events(viewer_id: int | None, subject: str) -> EventsPulse:
    """Watch all events."""
    return EventsPulse(viewer_id)
