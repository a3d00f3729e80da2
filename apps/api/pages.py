"""Long lists by key: a page says where the next one begins, and nothing is skipped or doubled in between."""

import functools
import operator
from collections.abc import Callable, Sequence
from typing import Any

from django.core import signing
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode
from ninja import Field, Schema

from apps.api.problems import INVALID_CURSOR, Problem

LIMIT_DEFAULT = 20
LIMIT_MAX = 100
CURSOR_CHARS_MAX = 500


class Paging(Schema):
    """Which part of a list."""

    limit: int = Field(LIMIT_DEFAULT, ge=1, le=LIMIT_MAX, description="How many items a page has at most.")
    cursor: str | None = Field(
        None,
        max_length=CURSOR_CHARS_MAX,
        description="`next` of the page before; without it, the first page.",
    )


class Page[Item](Schema):
    """A part of a list."""

    items: list[Item]
    next: str | None = Field(
        description="The cursor of the next page; null on the last. `Link` has its address."
    )


def page_of(
    request: HttpRequest,
    response: HttpResponse,
    rows: QuerySet[Any],
    paging: Paging,
    *,
    by: Sequence[str],
    show: Callable[[list[Any]], list[Any]],
) -> dict[str, Any]:
    """Return the part of a list that is asked for, ordered `by` fields that are unique together.

    Raises Problem for a cursor that is not of this list.
    """
    if paging.cursor:
        rows = rows.filter(after(by, read_cursor(request, rows, by, paging.cursor)))
    found = list(rows.order_by(*by)[: paging.limit + 1])
    shown, more = found[: paging.limit], len(found) > paging.limit
    cursor = write_cursor(request, [value_of(shown[-1], name) for name in by]) if more else None
    if cursor:
        query = urlencode({**request.GET.dict(), "cursor": cursor})
        response.headers["Link"] = f'<{request.build_absolute_uri(request.path)}?{query}>; rel="next"'
    return {"items": show(shown), "next": cursor}


def after(by: Sequence[str], values: Sequence[Any]) -> Q:
    """Return the condition for the rows behind these values."""
    steps = []
    for place, name in enumerate(by):
        same = Q(*[(other.lstrip("-"), value) for other, value in zip(by[:place], values, strict=False)])
        side = "lt" if name.startswith("-") else "gt"
        steps.append(same & Q((f"{name.lstrip('-')}__{side}", values[place])))
    return functools.reduce(operator.or_, steps)


def value_of(row: Any, name: str) -> Any:
    """Return a field of a row, also across a relation."""
    return functools.reduce(getattr, name.lstrip("-").split("__"), row)


def signer(request: HttpRequest) -> signing.Signer:
    """Return what signs the cursors of this list, and of no other."""
    return signing.Signer(sep=".", salt=f"api.cursor:{request.path}")


def write_cursor(request: HttpRequest, values: Sequence[Any]) -> str:
    """Return where a page ended, as nobody else can write it."""
    return signer(request).sign_object(list(values), serializer=Serializer)


def read_cursor(request: HttpRequest, rows: QuerySet[Any], by: Sequence[str], cursor: str) -> list[Any]:
    """Return where the page before ended. Raises Problem."""
    try:
        values = signer(request).unsign_object(cursor)
        return [field_of(rows, name).to_python(value) for name, value in zip(by, values, strict=True)]
    except (signing.BadSignature, ValidationError, FieldDoesNotExist, ValueError, TypeError) as error:
        raise Problem(INVALID_CURSOR) from error


def field_of(rows: QuerySet[Any], name: str) -> Any:
    """Return the field of this name, also across a relation."""
    model, field = rows.model, None
    for part in name.lstrip("-").split("__"):
        field = model._meta.get_field(part)
        model = field.related_model or model
    return field


class Serializer:
    """JSON with times."""

    def dumps(self, value: Any) -> bytes:
        """Return the text of a value."""
        return DjangoJSONEncoder(separators=(",", ":")).encode(value).encode("latin-1")

    def loads(self, data: bytes) -> Any:
        """Return the value of a text."""
        return signing.JSONSerializer().loads(data)
