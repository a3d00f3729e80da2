"""The streams under `/live/`, in one small ASGI process: server-sent events.

First comes `snapshot`, then `state` whenever it changed; ids are positions of the event stream. Each message
is rendered when it leaves, so it obeys privacy as it is then. A comment every few seconds keeps proxies
patient. `/live/<token>/` is for pages of the site, `/live/<door>/...` for who brings a secret of his own.
"""

import asyncio
from urllib.parse import parse_qsl

from django.core.exceptions import ObjectDoesNotExist

from apps.live import channels, sse, tailing, tokens
from apps.live.channels import Refused, Request, Tail, Watch
from apps.live.hub import Hub
from apps.live.sharing import Shelf, now, patiently
from apps.live.sse import Message, Receive, Send
from apps.live.watching import Stream

PREFIX = "/live/"


class Live:
    """The ASGI application."""

    def __init__(self) -> None:
        self.hub = Hub()
        self.shelf = Shelf()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "lifespan":
            await self.lifespan(receive, send)
            return
        try:
            await self.serve(scope, receive, send)
        except Refused as refused:
            await sse.answer(scope, send, refused.status, str(refused))

    async def lifespan(self, receive: Receive, send: Send) -> None:
        """Begin and end with the server."""
        while True:
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                await self.hub.stop()
                return

    async def serve(self, scope: Message, receive: Receive, send: Send) -> None:
        """Stream a channel until the browser leaves or there is nothing to see any more. Raises Refused."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "OPTIONS"):
            raise Refused(405, "Only GET.")
        if scope["method"] == "OPTIONS":
            raise Refused(204, "")
        if not scope["path"].startswith(PREFIX):
            raise Refused(404, "There is nothing here.")
        request = asked(scope)
        watch = await patiently(lambda: opened(request))
        await self.hub.start()
        if isinstance(watch, Tail):
            await self.tell(watch, scope, receive, send)
            return
        shared = self.shelf.of(watch.channel)
        hears = watch.channel.hears | (watch.ticket.hears if watch.ticket else frozenset())
        with self.hub.bell(hears) as bell:
            # Asked after the bell is hung, so that nothing falls between.
            moment = now()
            if (await shared.taken(moment)).facts is None:
                raise Refused(404, "There is nothing to see.")
            await sse.begin(scope, send)
            leaving = asyncio.create_task(left(receive))
            try:
                stream = Stream(watch, shared, self.hub, send)
                await sse.reset(send, request.headers.get("last-event-id", ""), self.hub.position)
                await stream.run(bell, leaving, moment)
            finally:
                leaving.cancel()

    async def tell(self, tail: Tail, scope: Message, receive: Receive, send: Send) -> None:
        """Stream events one after the other."""
        with self.hub.bell(tail.hears) as bell:
            await sse.begin(scope, send)
            leaving = asyncio.create_task(left(receive))
            try:
                await tailing.run(tail, self.hub, send, bell, leaving)
            finally:
                leaving.cancel()


def asked(scope: Message) -> Request:
    """Return what somebody asks for; a parameter that is given twice counts as the last says."""
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
    return Request(scope["path"].removeprefix(PREFIX).strip("/"), query, headers)


def opened(request: Request) -> Watch | Tail:
    """Return what a door or a token lets its bearer watch. Raises Refused."""
    name, _slash, rest = request.rest.partition("/")
    if name in channels.doors:
        return channels.doors[name](Request(rest, request.query, request.headers))
    try:
        watch = tokens.read(request.rest)
        return Watch(channels.kinds[watch.kind].make(watch.viewer_id, watch.subject))
    except (tokens.BadToken, KeyError):
        raise Refused(401, "The token is too old or not ours: reload the page.") from None
    except ObjectDoesNotExist:
        raise Refused(404, "There is nothing to see.") from None


async def left(receive: Receive) -> None:
    """Return when the browser has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
