"""What the operators' pages watch: health, which draws itself anew once a minute, and the tail of the log."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import get_user_model
from django.utils import timezone

from apps.events import registry, sequencer
from apps.live.channels import State, channel
from apps.monitoring.selectors import incidents
from apps.monitoring.signals import alert_opened, alert_resolved


def pulse_of(state: incidents.State, now: datetime) -> str:
    """Return a word that changes with every minute and every incident."""
    return f"{now:%H:%M} {state.pulse}"


def is_operator(viewer_id: int | None) -> bool:
    """Tell whether somebody is staff, and still is."""
    return bool(get_user_model().objects.filter(pk=viewer_id, is_staff=True, is_active=True).exists())


@dataclass(frozen=True)
class Health:
    """How everything is; for staff alone, asked at every message."""

    viewer_id: int | None

    @property
    def hears(self) -> frozenset[str]:
        """The alerts. What stands still sends no event: for that a stream looks by itself now and then."""
        return frozenset({f"type:{alert_opened.name}", f"type:{alert_resolved.name}"})

    def facts(self) -> str | None:
        """Return the word."""
        return pulse_of(incidents.state(), timezone.now()) if is_operator(self.viewer_id) else None

    def show(self, facts: str) -> State | None:
        """Say it to who is staff by now."""
        return {"pulse": facts} if is_operator(self.viewer_id) else None


@dataclass(frozen=True)
class Tail:
    """The stream of events: a word that changes with every one of them; for staff alone."""

    viewer_id: int | None

    @property
    def hears(self) -> frozenset[str]:
        """Every event that there is."""
        return frozenset(f"type:{name}" for name in registry.events)

    def facts(self) -> str | None:
        """Return the word."""
        return str(sequencer.head()) if is_operator(self.viewer_id) else None

    def show(self, facts: str) -> State | None:
        """Say it to who is staff by now."""
        return {"pulse": facts} if is_operator(self.viewer_id) else None


@channel("ops", subjects="health")
def ops(viewer_id: int | None, subject: str) -> Health:
    """Watch how everything is."""
    return Health(viewer_id)


@channel("ops-events", subjects="all")
def events(viewer_id: int | None, subject: str) -> Tail:
    """Watch all events."""
    return Tail(viewer_id)
