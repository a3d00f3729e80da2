"""Where no message goes, in every way of writing it, and a name that answers otherwise a moment later."""

import asyncio
import ipaddress
import socket
from typing import Any

import pytest

from apps.webhooks.sending import exchange, guard, transport
from apps.webhooks.sending.exchange import Message, Reply
from apps.webhooks.testing import receiving

INSIDE = [
    "127.0.0.1", "127.8.8.8", "::1", "0.0.0.0", "::", "10.0.0.1", "172.16.0.1", "192.168.1.1",
    "169.254.169.254", "fe80::1", "fc00::1", "fd00:ec2::254", "fec0::1", "100.64.0.1", "192.0.0.8",
    "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "ff02::1", "240.0.0.1",
    "255.255.255.255", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:93.184.216.34", "64:ff9b::7f00:1",
    "2002:7f00:1::", "2001::7f00:1", "2001:db8::1", "100::1", "192.88.99.1",
]  # fmt: skip
OUTSIDE = ["93.184.216.34", "1.1.1.1", "2606:4700:4700::1111", "172.32.0.1", "172.15.255.255", "100.128.0.1"]


@pytest.fixture
def production(settings: Any) -> None:
    settings.WEBHOOKS_LOOPBACK = False


@pytest.mark.parametrize("address", INSIDE)
@pytest.mark.usefixtures("production")
def test_addresses_inside_are_refused(address: str) -> None:
    with pytest.raises(guard.Refused):
        guard.check_address(ipaddress.ip_address(address))
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(guard.Refused):
        guard.check_url(f"https://{host}/hook")


@pytest.mark.parametrize("address", OUTSIDE)
@pytest.mark.usefixtures("production")
def test_addresses_outside_are_not(address: str) -> None:
    guard.check_address(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/hook",
        "https://example.org:22/hook",
        "https://example.org:0/hook",
        "https://example.org:99999/hook",
        "https://user:secret@example.org/",
        "https://user@example.org/",
        "https://example.org/#part",
        "https://localhost/",
        "https://localhost:8443/",
        "https://db.internal/",
        "https://printer.local/",
        "https://intranet/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://①②⑦.0.0.1/",
        "https://example.org\\@127.0.0.1/",
        "https://exam ple.org/",
        "https://example.org/\r\nHost: x",
        "https://example.org/\0",
        "ftp://example.org/",
        "file:///etc/passwd",
        "gopher://example.org/",
        "//example.org/",
        "https:///hook",
        "https://[::1",
        "nonsense",
        "",
        "https://example.org/" + "x" * 1000,
    ],
)
@pytest.mark.usefixtures("production")
def test_what_is_no_address_outside(url: str) -> None:
    with pytest.raises(guard.Refused):
        guard.check_url(url)


@pytest.mark.parametrize(
    "url", ["https://example.org/hook?x=1", "https://example.org:8443/", "https://münchen.example.de/"]
)
@pytest.mark.usefixtures("production")
def test_what_is_one(url: str) -> None:
    assert guard.check_url(url).scheme == "https"


def test_this_machine_is_one_in_development_only() -> None:
    assert guard.check_url("http://127.0.0.1:9000/hook").port == 9000
    for url in ("http://10.0.0.1:9000/", "http://169.254.169.254/", "http://example.org/"):
        with pytest.raises(guard.Refused):
            guard.check_url(url)


def look_up(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Let names be looked up as these answers say, one after the other; return what was asked."""
    asked: list[str] = []

    def getaddrinfo(host: str, port: int, *args: Any, **options: Any) -> list[Any]:
        if host.replace(".", "").isdigit():
            return real(host, port, *args, **options)
        asked.append(host)
        found = answers[min(len(asked), len(answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    real = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


def reply_of(url: str) -> Reply:
    async def once() -> Reply:
        async with transport.client() as client:
            return await exchange.perform(client, Message("POST", url, {}, "{}"), timeout_s=5)

    return asyncio.run(once())


def test_one_private_address_among_public_ones_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    look_up(monkeypatch, ["93.184.216.34", "10.0.0.1"])
    reply = reply_of("https://rebinding.example.org/hook")
    assert (reply.status, reply.error) == (None, "refused: 10.0.0.1 is not a public address")


def test_a_name_that_changes_between_look_ups(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is looked up once a connection, and the connection goes to what was checked."""
    with receiving() as receiver:
        port = receiver.url.rpartition(":")[2]
        asked = look_up(monkeypatch, ["127.0.0.1"], ["169.254.169.254"])
        first, second = (reply_of(f"http://localhost:{port}/hook") for _ in range(2))
    assert (first.status, asked) == (200, ["localhost", "localhost"])
    assert second.error == "refused: 169.254.169.254 is not a public address"
    assert len(receiver.received) == 1


@pytest.mark.usefixtures("production")
def test_nothing_reaches_this_machine_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as receiver:
        reply_of(receiver.url)
        look_up(monkeypatch, ["127.0.0.1"])
        reply = reply_of("https://innocent.example.org/hook")
    assert reply.error == "refused: 127.0.0.1 is not a public address"
    assert receiver.received == []
