"""One message out, one answer back, within its limits."""

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpcore

from apps.webhooks.limits import RESPONSE_BYTES_MAX, TIMEOUT_S
from apps.webhooks.sending import guard
from apps.webhooks.sending.transport import Client


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent, ready."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str]
    body: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of it. `status` is None when nothing answered; then `error` says what went wrong."""

    started_at: datetime
    duration_ms: int
    status: int | None = None
    error: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""

    @property
    def succeeded(self) -> bool:
        """Whether the receiver said yes. A redirect is no yes."""
        return self.status is not None and 200 <= self.status < 300

    def json(self) -> dict[str, object]:
        """Return the answer as an object, empty when it is none."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def retry_after_s(self) -> float | None:
        """Return how long the receiver asks to be left alone, None when it does not ask."""
        told = self.json().get("retry_after") if self.status == 429 else None
        if isinstance(told, int | float) and not isinstance(told, bool):
            return max(0.0, float(told))
        text = self.headers.get("retry-after", "")
        if text.isascii() and text.isdigit():
            return float(text[:12])
        try:
            at = parsedate_to_datetime(text)
        except ValueError:
            return None
        return max(0.0, (at - self.started_at).total_seconds()) if at.tzinfo else None


async def perform(client: Client, message: Message, *, timeout_s: float = TIMEOUT_S) -> Reply:
    """Send a message and read its answer, however the other side behaves."""
    started_at, began = datetime.now(UTC), time.perf_counter()
    status, error, headers, body = None, "", {}, b""
    try:
        async with asyncio.timeout(timeout_s):
            url = guard.check_url(message.url)
            request = client.answer(message.method, url, message.headers, message.body.encode())
            async with request as answer:
                body = await start_of(answer)
                # Only now: an answer that never ends its body in time is none.
                status, headers = answer.status, told(answer)
    except TimeoutError:
        error = f"no whole answer within {timeout_s:g} s"
    except guard.Refused as refused:
        error = f"refused: {refused}"
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, OSError) as failure:
        error = described(failure)
    return Reply(
        started_at=started_at,
        duration_ms=round((time.perf_counter() - began) * 1000),
        status=status,
        error=readable(error)[:300],
        headers={readable(name)[:100]: readable(value)[:300] for name, value in list(headers.items())[:50]},
        body=readable(body.decode(errors="replace")),
    )


def described(failure: BaseException) -> str:
    """Return what went wrong, in the words of the first cause that has any."""
    cause: BaseException | None = failure
    while cause is not None and not str(cause):
        cause = cause.__cause__
    return f"{type(failure).__name__}: {cause}" if cause else type(failure).__name__


def told(answer: httpcore.Response) -> dict[str, str]:
    """Return the headers of an answer, of a name that comes twice all values by comma."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in answer.headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


async def start_of(answer: httpcore.Response) -> bytes:
    """Return the beginning of a body: what comes after the limit is left where it is."""
    parts, size = [], 0
    # Not decoded: a small body may unpack to a huge one.
    async for part in answer.aiter_stream():
        parts.append(part)
        size += len(part)
        if size >= RESPONSE_BYTES_MAX:
            break
    return b"".join(parts)[:RESPONSE_BYTES_MAX]


def readable(text: str) -> str:
    """Return a text that the database can hold."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")
