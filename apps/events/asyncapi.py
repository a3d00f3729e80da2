"""The AsyncAPI 3 document: every event as it leaves by the bridge, a CloudEvent on a subject of its own."""

import json
from typing import Any

from pydantic.json_schema import models_json_schema

from apps.events import catalog, registry

SUBJECT = "deltacrown.events"
SOURCE = "deltacrown"
CONTENT_TYPE = "application/cloudevents+json"
EPOCH_HEADER = "DeltaCrown-Epoch"
REF = "#/components/schemas/{model}"

INFO = """Domain events of DeltaCrown in the order of their commits, as
`manage.py bridge_jetstream` publishes them.

Every message is a CloudEvent. Its `id` is the event's: a consumer keeps it in an inbox and handles each
once. Personal values are always null here; whoever may see them asks the API."""

HEADERS = {
    "type": "object",
    "required": ["Nats-Msg-Id", EPOCH_HEADER],
    "properties": {
        "Nats-Msg-Id": {"type": "string", "description": "The epoch and the event's id, for the broker."},
        EPOCH_HEADER: {
            "type": "string",
            "description": "Which life of the log the message is from; another one after a restore.",
        },
    },
}
ENVELOPE = {
    "type": "object",
    "required": [
        "specversion",
        "id",
        "source",
        "type",
        "time",
        "data",
        "version",
        "position",
        "partitionkey",
    ],
    "properties": {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "format": "uuid"},
        "source": {"const": SOURCE},
        "type": {"type": "string"},
        "subject": {"type": "string", "description": "What orders the event, `user:7`."},
        "time": {"type": "string", "format": "date-time", "description": "When it happened."},
        "datacontenttype": {"const": "application/json"},
        "version": {"type": "integer", "minimum": 1, "description": "Of the arguments in `data`."},
        "position": {"type": "integer", "minimum": 1, "description": "In the stream: dense, from 1."},
        "partitionkey": {"type": "string", "description": "The same as `subject`."},
        "correlationid": {"type": "string", "format": "uuid", "description": "The request that led to it."},
        "causationid": {"type": "string", "format": "uuid", "description": "The event that led to it."},
        "data": {"type": "object", "description": "The arguments of the event."},
    },
}  # fmt: skip


def text() -> str:
    """Return the document as it is committed."""
    return json.dumps(document(), indent=2) + "\n"


def document() -> dict[str, Any]:
    """Return the document."""
    entries = catalog.entries()
    return {
        "asyncapi": "3.0.0",
        "id": "urn:deltacrown:events",
        "info": {"title": "DeltaCrown events", "version": "1.0.0", "description": INFO},
        "defaultContentType": CONTENT_TYPE,
        "servers": {
            "jetstream": {
                "host": "localhost:4222",
                "protocol": "nats",
                "description": "The NATS server that NATS_URL names.",
            }
        },
        "channels": {entry.name: channel(entry) for entry in entries},
        "operations": {
            f"publish_{entry.name}": {
                "action": "send",
                "channel": {"$ref": f"#/channels/{entry.name}"},
                "summary": entry.summary,
            }
            for entry in entries
        },
        "components": {
            "messages": {entry.name: message(entry) for entry in entries},
            "schemas": {"CloudEvent": ENVELOPE, "Headers": HEADERS, **schemas(entries)},
        },
    }


def channel(entry: catalog.Entry) -> dict[str, Any]:
    """Return the subject of one event."""
    return {
        "address": f"{SUBJECT}.{entry.name}",
        "messages": {entry.name: {"$ref": f"#/components/messages/{entry.name}"}},
    }


def message(entry: catalog.Entry) -> dict[str, Any]:
    """Return one event as a message."""
    told = {"type": {"const": entry.name}, "data": {"$ref": REF.format(model=entry.name)}}
    return {
        "name": entry.name,
        "summary": entry.summary,
        "description": " ".join(filter(None, [entry.announced, entry.unheard])),
        "contentType": CONTENT_TYPE,
        "headers": {"$ref": REF.format(model="Headers")},
        "payload": {"allOf": [{"$ref": REF.format(model="CloudEvent")}, {"properties": told}]},
        "x-version": entry.version,
        "x-key": entry.key,
        "x-personal": [argument.name for argument in entry.arguments if argument.personal],
    }


def schemas(entries: list[catalog.Entry]) -> dict[str, Any]:
    """Return the arguments of every event as a JSON schema; personal ones may be null."""
    models = [(registry.events[entry.name].stored_model, "validation") for entry in entries]
    _, bundle = models_json_schema(models, ref_template=REF)  # type: ignore[arg-type]
    # A version may grow optional arguments, and whoever reads it has to bear that.
    return {
        name: {k: v for k, v in one.items() if k != "additionalProperties"}
        for name, one in bundle["$defs"].items()
    }
