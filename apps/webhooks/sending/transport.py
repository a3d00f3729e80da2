"""The way out: connections that go to checked addresses only, and are kept for the next message.

Not httpx's pool: with hundreds of connections each request there walks through all of them, several times.
"""

import ssl
import typing
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from functools import cache
from urllib.parse import SplitResult, quote

import httpcore
from httpcore import AsyncHTTPConnection

from apps.webhooks.sending import guard

KEEPALIVE_MAX = 200
KEEPALIVE_S = 30.0
# What may stand in a path or a query as it is; an escape that is there stays one.
AS_IT_IS = "/?:@!$&'()*+,;=~-._%[]"


type Origin = tuple[bytes, bytes, int]


@cache
def trust() -> ssl.SSLContext:
    """Return whose certificates are believed: those of the system. Reading them takes a while."""
    return ssl.create_default_context()


class GuardedBackend(httpcore.AnyIOBackend):
    """Connects to the address that was checked. The certificate is still compared with the name."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[typing.Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Look up, check, connect."""
        try:
            address = await guard.resolve(host, port)
        except OSError as error:
            raise httpcore.ConnectError(f"{host} cannot be looked up: {error}") from error
        return await super().connect_tcp(address, port, timeout, local_address, socket_options)

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[typing.Any] | None = None
    ) -> httpcore.AsyncNetworkStream:
        """Refuse: no message goes to a socket in the file system."""
        raise guard.Refused(f"{path} is not a public address")


class Client:
    """Sends requests, each on a connection of its own meanwhile. It follows nothing and knows no proxies.

    How many are under way is the caller's affair; of those that rest, only so many are kept, for a while.
    """

    def __init__(self) -> None:
        self.resting: defaultdict[Origin, list[AsyncHTTPConnection]] = defaultdict(list)
        self.kept = 0
        self.backend = GuardedBackend()

    @asynccontextmanager
    async def answer(
        self, method: str, url: SplitResult, headers: Mapping[str, str], body: bytes
    ) -> AsyncIterator[httpcore.Response]:
        """Send one request and give its answer, whose body is read inside the block, as much as is wanted.

        Raises what httpcore raises, OSError, and guard.Refused. There is no time limit here.
        """
        target = address(url)
        origin = (target.origin.scheme, target.origin.host, target.origin.port)
        connection = await self.taken(origin)
        try:
            request = httpcore.Request(method, target, headers=written(headers, target, body), content=body)
            found = await connection.handle_async_request(request)
            try:
                yield found
            finally:
                await found.aclose()
        finally:
            await self.give_back(origin, connection)

    async def taken(self, origin: Origin) -> AsyncHTTPConnection:
        """Return a connection that rests, the last one first, or another one."""
        resting = self.resting.get(origin, [])
        while resting:
            connection = resting.pop()
            self.kept -= 1
            if not connection.has_expired():
                return connection
            await connection.aclose()
        return AsyncHTTPConnection(
            httpcore.Origin(*origin),
            ssl_context=trust(),
            keepalive_expiry=KEEPALIVE_S,
            network_backend=self.backend,
        )

    async def give_back(self, origin: Origin, connection: AsyncHTTPConnection) -> None:
        """Keep a connection whose answer was read to its end, if there is room; else close it."""
        if connection.is_closed() or not connection.is_idle():
            await connection.aclose()
            return
        if self.kept >= KEEPALIVE_MAX:
            await self.tidy()
        if self.kept >= KEEPALIVE_MAX:
            await connection.aclose()
            return
        self.resting[origin].append(connection)
        self.kept += 1

    async def tidy(self) -> None:
        """Close the connections that rest for too long, or that the other side has closed."""
        for origin in list(self.resting):
            old = [each for each in self.resting[origin] if each.has_expired()]
            self.resting[origin] = [each for each in self.resting[origin] if each not in old]
            self.kept -= len(old)
            if not self.resting[origin]:
                del self.resting[origin]
            for connection in old:
                await connection.aclose()

    async def aclose(self) -> None:
        """Close every connection that rests."""
        for resting in self.resting.values():
            for connection in resting:
                await connection.aclose()
        self.resting.clear()
        self.kept = 0


def address(url: SplitResult) -> httpcore.URL:
    """Return a checked address as it is asked for: the name in ASCII, the rest escaped where it has to be."""
    assert url.hostname
    host = url.hostname if ":" in url.hostname else url.hostname.encode("idna").decode()
    query = f"?{quote(url.query, safe=AS_IT_IS)}" if url.query else ""
    return httpcore.URL(
        scheme=url.scheme, host=host, port=url.port, target=quote(url.path or "/", safe=AS_IT_IS) + query
    )


def written(headers: Mapping[str, str], target: httpcore.URL, body: bytes) -> list[tuple[str, str]]:
    """Return all headers of a request."""
    host = target.host.decode()
    host = f"[{host}]" if ":" in host else host
    named = host if target.port is None else f"{host}:{target.port}"
    return [("host", named), ("accept", "*/*"), ("content-length", str(len(body))), *headers.items()]


@asynccontextmanager
async def client() -> AsyncIterator[Client]:
    """Give a client for the length of the block."""
    one = Client()
    try:
        yield one
    finally:
        await one.aclose()
