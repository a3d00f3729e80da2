"""Tables of the operators' pages."""

from apps.monitoring.models.milestones import Milestone
from apps.monitoring.models.operations import Operation

__all__ = ["Milestone", "Operation"]
