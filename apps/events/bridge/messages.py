"""An event as it leaves: a CloudEvent, with nothing in it that says something about a person."""

import json
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from apps.events import registry
from apps.events.asyncapi import CONTENT_TYPE, EPOCH_HEADER, SOURCE, SUBJECT
from apps.events.errors import InvalidEvent
from apps.events.stream import Entry


@dataclass(frozen=True, slots=True)
class Message:
    """What is published of one event."""

    position: int
    subject: str
    headers: dict[str, str]
    body: bytes


def message(entry: Entry, epoch: str) -> Message:
    """Return an event as a message.

    Raises InvalidEvent when this code cannot read it: then it does not know what in it is personal, either.
    """
    return Message(
        position=entry.position,
        subject=f"{SUBJECT}.{entry.type}",
        headers={"Nats-Msg-Id": f"{epoch}/{entry.uid}", EPOCH_HEADER: epoch, "Content-Type": CONTENT_TYPE},
        body=json.dumps(cloud_event(entry), separators=(",", ":"), ensure_ascii=False).encode(),
    )


def cloud_event(entry: Entry) -> dict[str, Any]:
    """Return an event in the present version, in the structured form of CloudEvents 1.0."""
    definition = registry.events.get(entry.type)
    if definition is None or not entry.is_readable():
        raise InvalidEvent(f"no code here reads {entry.type} version {entry.version}")
    payload = definition.upcast(entry.payload, entry.version)
    caused = {"causationid": str(entry.causation_id)} if entry.causation_id else {}
    return {
        "specversion": "1.0",
        "id": str(entry.uid),
        "source": SOURCE,
        "type": entry.type,
        "subject": entry.key,
        "time": entry.occurred_at.astimezone(UTC).isoformat(),
        "datacontenttype": "application/json",
        "version": definition.version,
        "position": entry.position,
        "partitionkey": entry.key,
        "correlationid": str(entry.correlation_id),
        **caused,
        "data": {**payload, **dict.fromkeys(definition.personal)},
    }
