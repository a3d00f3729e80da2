"""What the OpenAPI document says of every operation, because the middleware does it for all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from apps.api import problems

if TYPE_CHECKING:
    from ninja import NinjaAPI

SCHEME = "Token"
READ: list[dict[str, list[str]]] = [{}, {SCHEME: []}]
"""Nobody has to say who he is to read."""
PARAMETERS = {
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "Sent again with the same request within 48 hours, the first answer is repeated.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    }
}


def documented(api: NinjaAPI) -> dict[str, Any]:
    """Return the document of an API, with what the middleware does for every operation."""
    found: dict[str, Any] = json.loads(
        json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), default=str)
    )
    components = found["components"]
    components["schemas"]["Problem"] = problems.SCHEMA
    components["responses"] = {"Problem": response_of_problem()}
    components["parameters"] = PARAMETERS
    for path in found["paths"].values():
        for method, operation in path.items():
            complete(method, operation)
    return found


def complete(method: str, operation: dict[str, Any]) -> None:
    """Add to an operation what every one has: its errors, and who may call it."""
    problem = {"$ref": "#/components/responses/Problem"}
    operation["responses"] = {str(status): one for status, one in operation["responses"].items()}
    if method == "get":
        operation.setdefault("security", READ)
        operation["responses"]["304"] = {
            "description": "The caller has it: `If-None-Match` named its `ETag`."
        }
    else:
        operation.setdefault("parameters", []).append({"$ref": "#/components/parameters/IdempotencyKey"})
    operation["responses"]["default"] = problem


def response_of_problem() -> dict[str, Any]:
    """Return how any error is answered."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": "A problem (RFC 9457).", "content": {problems.CONTENT_TYPE: {"schema": schema}}}
