"""What of the API is going to end, and how its answers say so (docs/api.md, "What may change")."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.http import http_date

NOTICE = timedelta(days=183)


@dataclass(frozen=True, slots=True)
class Ending:
    """From when on an address is discouraged, and from when on it is gone: NOTICE later or more."""

    deprecated_at: datetime
    sunset_at: datetime

    def __post_init__(self) -> None:
        if self.sunset_at - self.deprecated_at < NOTICE:
            raise ValueError(f"whoever uses it has {NOTICE.days} days to change: let it end later")


# By the route, as the resolver names it: "api/v1/games/<slug>/". Nothing is ending now.
ENDINGS: dict[str, Ending] = {}


def tell(request: HttpRequest, response: HttpResponseBase) -> None:
    """Say of an answer when its address ends, by the headers of RFC 9745 and RFC 8594."""
    match = request.resolver_match
    ending = ENDINGS.get(match.route) if match else None
    if ending:
        response.headers["Deprecation"] = f"@{int(ending.deprecated_at.timestamp())}"
        response.headers["Sunset"] = http_date(ending.sunset_at.timestamp())
