"""Long lists, page by page."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest


def paged(
    request: HttpRequest,
    found: QuerySet[Any] | Sequence[Any],
    per_page: int,
    rows: Callable[[Iterable[Any]], list[Any]],
    count: int | None = None,
) -> dict[str, Any]:
    """Return the page that the address asks for, as rows; a page that is not there is the nearest one.

    Give the `count` where it is known: it is not asked for again.
    """
    paginator = Paginator(found, per_page)
    if count is not None:
        paginator.count = count
    page = paginator.get_page(request.GET.get("page"))
    page.object_list = rows(page.object_list)
    return {"page": page, "page_range": paginator.get_elided_page_range(page.number)}
