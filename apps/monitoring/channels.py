"""What the operators' pages watch: health, which draws itself anew once a minute, and the tail of the log."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import get_user_model
from django.utils import timezone

from apps.events import sequencer
from apps.live.channels import CLOCK, EVERYTHING, State, channel
from apps.monitoring.selectors import incidents


def pulse_of(state: incidents.State, now: datetime) -> str:
    """Return a word that changes with every minute and every incident."""
    return f"{now:%H:%M} {state.pulse}"


@dataclass(frozen=True)
class Health:
    """How everything is; for staff alone, asked at every message."""

    viewer_id: int | None

    @property
    def hears(self) -> frozenset[str]:
        """It looks every few seconds: what stands still sends no event."""
        return frozenset({CLOCK})

    def state(self) -> State | None:
        """Return the word."""
        users = get_user_model().objects.filter(pk=self.viewer_id, is_staff=True, is_active=True)
        return {"pulse": pulse_of(incidents.state(), timezone.now())} if users.exists() else None


@channel("ops", subjects="health")
def ops(viewer_id: int | None, subject: str) -> Health:
    """Watch how everything is."""
    return Health(viewer_id)


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
