"""Who asks: the holder of a token, somebody signed in, or anybody."""

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from ipaddress import IPv6Address, ip_address
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from ninja.security.http import HttpAuthBase

from apps.api.limits import Tier
from apps.api.problems import FORBIDDEN, UNAUTHORIZED, Problem
from apps.api.scopes import Scope
from apps.api.services import tokens

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
NOBODY = AnonymousUser()


NO_TOKEN = "No token was sent. Make one on your token page, send it as `Authorization: Bearer <token>`."


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, what he may do, and by which name and tier he is counted."""

    user: Any
    scopes: frozenset[str]
    name: str
    tier: Tier


def identify(request: HttpRequest) -> Caller:
    """Return who asks.

    A session counts for reading only: nothing that a browser sends by itself changes anything here. Raises
    Problem for a token that is not in force.
    """
    given = request.META.get("HTTP_AUTHORIZATION")
    if given is not None:
        user = tokens.holder(bearer(given))
        if user is None:
            raise Problem(UNAUTHORIZED, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
        return Caller(user, frozenset(user.token_scopes), f"user:{user.pk}", tier_of_users())
    user = signed_in(request) if request.method in SAFE else None
    if user is not None:
        return Caller(user, frozenset({Scope.READ.value}), f"user:{user.pk}", tier_of_users())
    return anybody(request)


def anybody(request: HttpRequest) -> Caller:
    """Return the caller of whom only the address is known."""
    return Caller(NOBODY, frozenset({Scope.READ.value}), f"from:{origin(request)}", tier_of_anybody())


def bearer(header: str) -> str:
    """Return the token of an Authorization header, empty when it holds none."""
    scheme, _, secret = header.partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""


def signed_in(request: HttpRequest) -> Any:
    """Return who is signed in in this browser, None when nobody is."""
    if "HTTP_COOKIE" not in request.META:
        return None
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    if not key:
        return None
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    user = get_user(request)
    return user if user.is_authenticated else None


def origin(request: HttpRequest) -> str:
    """Return a digest of where a request comes from; of IPv6 the network, which one customer has whole."""
    return origin_of(request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_X_FORWARDED_FOR", ""))


def origin_of(address: str, forwarded_for: str) -> str:
    """Return the digest of an address, or of the one that a trusted proxy names."""
    if settings.TRUST_PROXY:
        address = forwarded_for.split(",")[-1].strip() or address
    return digest_of(address)


def digest_of(address: str) -> str:
    """Return a keyed digest of an address: it is a personal value, and only has to be recognised."""
    try:
        parsed = ip_address(address)
    except ValueError:
        parsed = None
    if isinstance(parsed, IPv6Address):
        address = str(parsed.ipv4_mapped) if parsed.ipv4_mapped else str(int(parsed) >> 64)
    return hashlib.blake2b(address.encode(), key=digest_key(), digest_size=16).hexdigest()


@cache
def digest_key() -> bytes:
    """Return the key of the digests."""
    return hashlib.sha256(settings.SECRET_KEY.encode()).digest()


def tier_of_anybody() -> Tier:
    """Return what each address may ask."""
    return Tier("anonymous", settings.API_PER_MINUTE)


def tier_of_users() -> Tier:
    """Return what each user may ask, with all tokens together."""
    return Tier("user", settings.API_PER_MINUTE_SIGNED_IN)


def caller_of(request: HttpRequest) -> Caller:
    """Return who asks, as the middleware found."""
    caller: Caller = request.caller  # type: ignore[attr-defined]
    return caller


def require(caller: Caller, scope: str) -> None:
    """Raise Problem unless the caller may do what the scope names."""
    if scope not in caller.scopes:
        challenge = f'Bearer error="insufficient_scope", scope="{scope}"'
        raise Problem(
            FORBIDDEN, f"This needs a token with the scope {scope}.", headers={"WWW-Authenticate": challenge}
        )


class Token(HttpAuthBase):
    """The `auth=` of an endpoint that needs a token with a scope."""

    openapi_scheme = "bearer"

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self.scope = scope

    def __call__(self, request: HttpRequest) -> Any:
        """Return the user. Raises Problem."""
        caller = caller_of(request)
        if not caller.user.is_authenticated:
            raise Problem(UNAUTHORIZED, NO_TOKEN, headers={"WWW-Authenticate": "Bearer"})
        require(caller, self.scope.value)
        return caller.user
