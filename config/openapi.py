"""The OpenAPI document: `python -m config.openapi [--check] FILE` writes it; CI fails when it is stale."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe


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
