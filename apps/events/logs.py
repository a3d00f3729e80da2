"""Log lines that can be followed: each carries the correlation id of its request or event."""

import logging

from apps.events import context


class CorrelationFilter(logging.Filter):
    """Adds the correlation id to records that have none of their own; lets every record pass."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Complete the record."""
        if not hasattr(record, "correlation_id"):
            record.correlation_id = str(context.current().correlation_id or "-")
        return True
