"""Structured logs: one JSON object a line, with the correlation id. Never an event's arguments."""

import json
import logging
from datetime import UTC, datetime

from apps.events import context

EXTRA = ("correlation_id", "event_id", "subscriber")


class JsonFormatter(logging.Formatter):
    """Writes a log record as a JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "correlation_id": str(context.current().correlation_id or "") or None,
        }
        line |= {name: getattr(record, name) for name in EXTRA if hasattr(record, name)}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps({name: value for name, value in line.items() if value is not None})
