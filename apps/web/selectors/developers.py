"""What developers find: every operation of the API, by what it is about, from the document that is served."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.api import problems
from apps.api.scopes import Scope

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Operation:
    """One thing that a program can ask or do."""

    method: str
    path: str
    text: str
    signed_in: bool


@dataclass(frozen=True)
class Area:
    """Operations that are about the same."""

    key: str
    operations: Sequence[Operation]


@dataclass(frozen=True)
class DevelopersPage:
    """All that the page for developers shows."""

    areas: Sequence[Area]
    problems: Sequence[problems.Kind]
    scopes: Sequence[Scope]


def developers_page(document: Mapping[str, Any]) -> DevelopersPage:
    """Compose the page from the API's own description."""
    areas: dict[str, list[Operation]] = {}
    for path, methods in document["paths"].items():
        for method in METHODS:
            if method in methods:
                found = methods[method]
                areas.setdefault(found["tags"][0], []).append(_operation(method, path, found))
    return DevelopersPage([Area(key, rows) for key, rows in areas.items()], problems.KINDS, list(Scope))


def _operation(method: str, path: str, found: Mapping[str, Any]) -> Operation:
    return Operation(method.upper(), path, found["description"], signed_in={} not in found["security"])
