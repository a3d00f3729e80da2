"""Where messages may go: https on few ports, to addresses that everybody can reach.

A name is looked up, ALL its addresses are checked, and the connection goes to the one that was checked: a
name that answers otherwise a moment later changes nothing. Redirects are never followed.
"""

import asyncio
import ipaddress
import re
import socket
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from apps.webhooks.limits import URL_CHARS_MAX

PORTS = frozenset({443, 8443})
LOCAL_NAMES = (".localhost", ".local", ".internal", ".home.arpa", ".lan")
# Addresses that carry another one inside, or that `is_global` lets through.
NEVER = tuple(
    ipaddress.ip_network(each)
    for each in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "fec0::/10", "192.88.99.0/24")
)
# A control character or a space: two programs may read such an address as two different ones.
UNREADABLE = re.compile(r"[\x00-\x20\x7f\\]")

type Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Refused(ValueError):
    """This is no place to send messages to; the text says why, and may be shown."""


def check_url(url: str) -> SplitResult:
    """Return the parts of an address that may be sent to, as far as it tells by itself.

    Raises Refused. What its name stands for is checked at every connection.
    """
    if len(url) > URL_CHARS_MAX or UNREADABLE.search(url):
        raise Refused(_("The address is too long, or has characters that do not belong there."))
    try:
        parts = urlsplit(url)
        port = {"https": 443, "http": 80}.get(parts.scheme, 0) if parts.port is None else parts.port
        host = (parts.hostname or "").encode("idna").decode() if parts.hostname else ""
    except ValueError:
        raise Refused(_("This is not an address. It looks like https://example.org/hooks.")) from None
    if not host:
        raise Refused(_("This is not an address. It looks like https://example.org/hooks."))
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise Refused(_("Leave the user name, the password and the part after # out of the address."))
    local = settings.WEBHOOKS_LOOPBACK and is_loopback_name(host)
    if parts.scheme != "https" and not (local and parts.scheme == "http"):
        raise Refused(_("Only https:// addresses can be sent to."))
    if port not in PORTS and not local:
        raise Refused(_("Only the ports 443 and 8443 can be sent to."))
    if not local:
        check_host(host)
    return parts


def check_host(host: str) -> None:
    """Refuse names that only mean something inside, and addresses that are not public."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        name = f".{host.rstrip('.').lower()}"
        # A last part that is a number is an address in an old way of writing: 127.1, 2130706433, 0x7f000001.
        numeric = re.fullmatch(r"(0x[0-9a-f]*|\d+)", name.rpartition(".")[2])
        if name.count(".") < 2 or name.endswith(LOCAL_NAMES) or numeric:
            raise Refused(_("This name is not one that everybody can look up.")) from None
        return
    check_address(address)


def is_loopback_name(host: str) -> bool:
    """Tell whether a host of an address is this machine, as a developer writes it."""
    return host in ("localhost", "127.0.0.1", "::1")


def check_address(address: Address) -> None:
    """Refuse an address that is not a public one; this machine is one in development and in tests."""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    real = mapped or address
    if real.is_loopback and settings.WEBHOOKS_LOOPBACK:
        return
    inside = any(real.version == each.version and real in each for each in NEVER)
    if mapped or inside or not real.is_global or real.is_multicast or real.is_reserved:
        raise Refused(f"{address} is not a public address")


async def resolve(host: str, port: int) -> str:
    """Look a name up, check all its addresses, return the one to connect to.

    Raises Refused when any of them is not public, OSError when there is none.
    """
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    addresses = [str(info[4][0]) for info in found]
    if not addresses:
        raise OSError(f"{host} has no address")
    for each in addresses:
        check_address(ipaddress.ip_address(each.partition("%")[0]))
    return addresses[0]
