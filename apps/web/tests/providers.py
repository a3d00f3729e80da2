"""Discord, Steam and Twitch as far as signing in needs them, served on loopback."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.request import Request, urlopen

import requests
from openid.fetchers import HTTPFetcher, HTTPResponse
from requests.adapters import HTTPAdapter

STEAM_ID = "76561198000000001"
STEAM = "https://steamcommunity.com/openid"
XRDS = """<?xml version="1.0" encoding="UTF-8"?>
<xrds:XRDS xmlns:xrds="xri://$xrds" xmlns="xri://$xrd*($v*2.0)"><XRD><Service priority="0">
<Type>http://specs.openid.net/auth/2.0/{kind}</Type><URI>{steam}/login</URI></Service></XRD></xrds:XRDS>"""


def replies() -> dict[str, tuple[int, str, str]]:
    """Return what each address of a provider answers: status, type of content, text."""
    discord = {
        "id": "800",
        "username": "ada.l",
        "global_name": "Ada L",
        "email": "ada@example.org",
        "verified": True,
    }
    twitch = {"data": [{"id": "900", "login": "adastreams", "display_name": "AdaStreams"}]}
    steam = {"response": {"players": [{"steamid": STEAM_ID, "personaname": "Ada on Steam"}]}}
    token = {"access_token": "only-for-once", "token_type": "bearer", "expires_in": 3600}
    as_json = "application/json"
    return {
        "discord.com/api/oauth2/token": (200, as_json, json.dumps(token)),
        "discord.com/api/users/@me": (200, as_json, json.dumps(discord)),
        "id.twitch.tv/oauth2/token": (200, as_json, json.dumps(token)),
        "api.twitch.tv/helix/users": (200, as_json, json.dumps(twitch)),
        "steamcommunity.com/openid": (200, "application/xrds+xml", XRDS.format(kind="server", steam=STEAM)),
        f"steamcommunity.com/openid/id/{STEAM_ID}": (
            200, "application/xrds+xml", XRDS.format(kind="signon", steam=STEAM)
        ),
        "steamcommunity.com/openid/login": (200, "text/plain", "ns:http://specs.openid.net/auth/2.0\nis_valid:true\n"),
        "api.steampowered.com/ISteamUser/GetPlayerSummaries/v0002/": (200, as_json, json.dumps(steam)),
    }  # fmt: skip


class Providers:
    """The providers while they are served; `replies` may be changed, `asked` says what was wanted of them."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.replies = replies()
        self.asked: list[str] = []

    def here(self, url: str) -> str:
        """Return where an address of a provider is on loopback."""
        return f"{self.address}/{url.removeprefix('https://')}"


@contextmanager
def served() -> Iterator[Providers]:
    """Serve the providers on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            path = self.path.partition("?")[0].removeprefix("/")
            providers.asked.append(path)
            status, kind, text = providers.replies.get(path, (404, "text/plain", ""))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_POST = answer  # noqa: N815 - names of the standard library

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        providers = Providers(f"http://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield providers
        finally:
            server.shutdown()
            thread.join()


class ToLoopback(HTTPAdapter):
    """Sends what is meant for a provider to where it is served."""

    def __init__(self, providers: Providers) -> None:
        super().__init__()
        self.providers = providers

    def send(self, request: Any, *args: Any, **options: Any) -> Any:
        """Send it."""
        request.url = self.providers.here(request.url)
        return super().send(request, *args, **options)


def session_to(providers: Providers) -> requests.Session:
    """Return a session that reaches the providers on loopback alone."""
    session = requests.Session()
    session.trust_env = False
    session.mount("https://", ToLoopback(providers))
    return session


class OpenIdFetcher(HTTPFetcher):
    """Fetches for OpenID what is meant for a provider from where it is served."""

    def __init__(self, providers: Providers) -> None:
        self.providers = providers

    def fetch(self, url: str, body: Any = None, headers: Any = None) -> HTTPResponse:
        """Fetch it."""
        data = body.encode() if isinstance(body, str) else body
        request = Request(self.providers.here(url), data=data, headers=headers or {})
        with urlopen(request, timeout=10) as answer:
            found = {name.lower(): value for name, value in answer.headers.items()}
            return HTTPResponse(url, answer.status, found, answer.read())
