"""The streams under `/live/`, in one small ASGI process: server-sent events.

First comes `snapshot`, then `state` whenever it changed; ids are positions of the event stream. Each message
is rendered when it leaves, so it obeys privacy as it is then. A comment every few seconds keeps proxies
patient. `/live/<token>/` is for pages of the site, `/live/<door>/...` for who brings a secret of his own.
"""

import asyncio
from dataclasses import replace
from urllib.parse import parse_qsl

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist

from apps.api import callers
from apps.api.limits import Tier
from apps.events import steady
from apps.live import channels, sse, tailing, tokens
from apps.live.admission import count
from apps.live.channels import Refused, Request, Tail, Watch
from apps.live.hub import Hub
from apps.live.listening import Listener, heed
from apps.live.sharing import now, patiently
from apps.live.sse import Message, Receive, Send
from apps.live.watching import Audience, House, attend

PREFIX = "/live/"


class Live:
    """The ASGI application."""

    def __init__(self) -> None:
        self.hub = Hub()
        self.house = House(self.hub)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "lifespan":
            await self.lifespan(receive, send)
            return
        try:
            await self.serve(scope, receive, send)
        except Refused as refused:
            await sse.answer(scope, send, refused)

    async def lifespan(self, receive: Receive, send: Send) -> None:
        """Begin and end with the server."""
        steady.settle()
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
        hears = await patiently(lambda: watch.channel.hears)
        with self.house.seat(watch, hears) as audience:
            # Asked after the audience's bell is hung, so that nothing falls between.
            await audience.look(now())
            if not audience.sees_anything():
                raise Refused(404, "There is nothing to see.")
            await sse.begin(scope, send)
            await sse.reset(send, request.headers.get("last-event-id", ""), self.hub.position)
            await self.show(watch, audience, receive, send)

    async def show(self, watch: Watch, audience: Audience, receive: Receive, send: Send) -> None:
        """Let a stream hear what its audience is told, until one of its ends comes."""
        listener = Listener(send)
        others = [asyncio.create_task(left(receive))]
        if watch.ticket is not None:
            others.append(asyncio.create_task(heed(watch.ticket, listener, self.hub)))
        try:
            await attend(audience, listener, *others)
        finally:
            for each in others:
                each.cancel()

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
    address, _port = scope.get("client") or ("", 0)
    origin = callers.origin_of(address, headers.get("x-forwarded-for", ""))
    return Request(scope["path"].removeprefix(PREFIX).strip("/"), query, headers, origin)


def opened(request: Request) -> Watch | Tail:
    """Return what a door or a token lets its bearer watch. Raises Refused."""
    count(f"live:{request.origin}", Tier("streams", settings.LIVE_PER_MINUTE))
    name, _slash, rest = request.rest.partition("/")
    if name in channels.doors:
        return channels.doors[name](replace(request, rest=rest))
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
