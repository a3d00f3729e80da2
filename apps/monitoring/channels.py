"""What the operators' pages watch: they draw themselves anew when something went wrong, and once a minute."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import get_user_model
from django.utils import timezone

from apps.live.channels import CLOCK, State, channel
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
