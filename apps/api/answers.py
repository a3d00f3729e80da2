"""Answers that an endpoint has ready as they are sent."""

import json
from typing import Any

from django.http import HttpResponse

JSON = "application/json"


def body_of(document: dict[str, Any]) -> bytes:
    """Return a document as it is sent."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def sent(body: bytes) -> HttpResponse:
    """Answer with a document."""
    return HttpResponse(body, content_type=JSON)
