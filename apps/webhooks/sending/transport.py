"""The way out: httpx over a pool whose connections go to checked addresses only."""

import ssl
import typing
from collections.abc import AsyncIterator, Iterable
from functools import cache

import httpcore
import httpx

from apps.webhooks.limits import IN_FLIGHT_MAX
from apps.webhooks.sending import guard

KEEPALIVE_MAX = 200
KEEPALIVE_S = 30.0


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


class Answer(httpx.AsyncByteStream):
    """The body of an answer, as it comes."""

    def __init__(self, stream: typing.Any) -> None:
        self.stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield the body."""
        async for part in self.stream:
            yield part

    async def aclose(self) -> None:
        """Give the connection back, or close it when there is more to come."""
        await self.stream.aclose()


class GuardedTransport(httpx.AsyncBaseTransport):
    """An httpx transport of one pool, without proxies from the environment."""

    def __init__(self) -> None:
        self.pool = httpcore.AsyncConnectionPool(
            ssl_context=trust(),
            max_connections=IN_FLIGHT_MAX,
            max_keepalive_connections=KEEPALIVE_MAX,
            keepalive_expiry=KEEPALIVE_S,
            network_backend=GuardedBackend(),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request."""
        answer = await self.pool.handle_async_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            answer.status, headers=answer.headers, stream=Answer(answer.stream), extensions=answer.extensions
        )

    async def aclose(self) -> None:
        """Close every connection."""
        await self.pool.aclose()


def client() -> httpx.AsyncClient:
    """Return a client that follows nothing and believes no environment."""
    return httpx.AsyncClient(transport=GuardedTransport(), follow_redirects=False, trust_env=False)
