"""Strong entity tags: a digest of the very bytes, and so of every decision about privacy that made them."""

from hashlib import blake2b

from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_etags

from apps.api.problems import PRECONDITION_FAILED, Problem


def tag_of(body: bytes) -> str:
    """Return the entity tag of a representation."""
    return f'"{blake2b(body, digest_size=16).hexdigest()}"'


def tagged(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Tag what was read; empty it to a 304 when the caller has it."""
    tag = response.headers["ETag"] = tag_of(response.content)
    known = request.META.get("HTTP_IF_NONE_MATCH")
    if known and (known == tag or {"*", tag}.intersection(strong(known))):
        response.status_code = 304
        response.content = b""
        del response.headers["Content-Type"]
        response.headers.pop("Content-Length", None)
    return response


def strong(tags: str) -> list[str]:
    """Return the tags of a header, whether they are marked as weak or not."""
    return [tag.removeprefix("W/") for tag in parse_etags(tags)]


def require_match(request: HttpRequest, body: bytes) -> None:
    """Raise Problem when the caller wants to change another state than this one; he need not say which."""
    wanted = request.META.get("HTTP_IF_MATCH")
    if wanted is not None and not {"*", tag_of(body)}.intersection(parse_etags(wanted)):
        raise Problem(PRECONDITION_FAILED)
