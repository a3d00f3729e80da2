"""Tables of the operators' pages."""

from apps.monitoring.models.operations import Operation

__all__ = ["Operation"]
