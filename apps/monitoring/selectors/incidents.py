"""What is wrong now, and what was."""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.monitoring.models import Incident, Severity

SHOWN = 50


@dataclass(frozen=True)
class State:
    """Whether anything is wrong: what was told, and what is watched and may pass by itself."""

    opened: Sequence[Incident]
    watched: Sequence[Incident]

    @property
    def colour(self) -> str:
        """Return `red` when somebody has to look at once, `amber` when soon, else `green`."""
        if any(one.severity == Severity.CRITICAL for one in self.opened):
            return "red"
        return "amber" if self.opened else "green"

    @property
    def pulse(self) -> str:
        """Return a word that changes when an incident comes, changes or goes."""
        return ",".join(f"{one.pk}{'!' if one.opened_at else '?'}" for one in (*self.opened, *self.watched))


def state() -> State:
    """Return what is wrong now, the worst and oldest first. One query."""
    found = sorted(
        Incident.objects.filter(resolved_at=None),
        key=lambda one: (one.severity != Severity.CRITICAL, one.began_at),
    )
    return State(
        [one for one in found if one.opened_at is not None], [one for one in found if one.opened_at is None]
    )


def history() -> Sequence[Incident]:
    """Return the latest incidents, with those that are open."""
    return list(Incident.objects.filter(opened_at__isnull=False).order_by("-opened_at")[:SHOWN])
