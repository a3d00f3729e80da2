"""Tables of the operators' pages."""

from apps.monitoring.models.counts import ActivePlayer, Activity, Counted, EventCount
from apps.monitoring.models.incidents import (
    Heartbeat,
    Incident,
    Notice,
    Sensitivity,
    Severity,
    Verification,
)
from apps.monitoring.models.milestones import Milestone
from apps.monitoring.models.operations import Operation

__all__ = [
    "ActivePlayer",
    "Activity",
    "Counted",
    "EventCount",
    "Heartbeat",
    "Incident",
    "Milestone",
    "Notice",
    "Operation",
    "Sensitivity",
    "Severity",
    "Verification",
]
