"""What the operators' pages watch: they draw themselves anew when something went wrong, and once a minute."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import get_user_model
from django.utils import timezone

from apps.live.channels import State, channel
from apps.monitoring.selectors import incidents
from apps.monitoring.signals import alert_opened, alert_resolved


def pulse_of(state: incidents.State, now: datetime) -> str:
    """Return a word that changes with every minute and every incident."""
    return f"{now:%H:%M} {state.pulse}"


@dataclass(frozen=True)
class Health:
    """How everything is; for staff alone, asked at every look."""

    viewer_id: int | None

    @property
    def hears(self) -> frozenset[str]:
        """The alerts. What stands still sends no event: for that each stream looks by itself now and then."""
        return frozenset({f"type:{alert_opened.name}", f"type:{alert_resolved.name}"})

    def facts(self) -> str | None:
        """Return the word; None to who is no operator."""
        users = get_user_model().objects.filter(pk=self.viewer_id, is_staff=True, is_active=True)
        return pulse_of(incidents.state(), timezone.now()) if users.exists() else None

    def show(self, facts: str) -> State:
        """Say it."""
        return {"pulse": facts}


@channel("ops", subjects="health")
def ops(viewer_id: int | None, subject: str) -> Health:
    """Watch how everything is."""
    return Health(viewer_id)
