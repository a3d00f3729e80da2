"""The OpenAPI document: `python -m config.openapi [--check] FILE` writes it; CI fails when it is stale."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

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


@require_safe
def served(request: HttpRequest) -> HttpResponse:
    """Answer with the document."""
    return HttpResponse(text(), content_type="application/json")


def text() -> str:
    """Return the document as it is committed."""
    from config.api import document

    return json.dumps(document(), indent=2) + "\n"


def main(arguments: list[str]) -> int:
    """Write the document, or with --check only compare."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    path = Path(arguments[-1])
    if "--check" not in arguments:
        path.write_text(text())
    elif not path.exists() or path.read_text() != text():
        sys.stderr.write(
            f"{path} is stale: python -m config.openapi {path}, and a line in docs/api-changelog.md\n"
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
