"""Tokens: who may watch what, signed by the site, so that the streams need neither session nor cookie.

A token is needed only to connect: a stream that is open stays open, and asks privacy before every message.
"""

from dataclasses import dataclass

from django.core import signing

MAX_AGE_S = 600
SALT = "apps.live"


class BadToken(Exception):
    """The token is forged, too old, or names no channel: the page fetches another."""


@dataclass(frozen=True)
class Watch:
    """What a token lets its bearer watch."""

    kind: str
    subject: str
    viewer_id: int | None


def issue(kind: str, subject: str, viewer_id: int | None) -> str:
    """Return a token for a viewer (None: anonymous) of a channel."""
    return signing.dumps([kind, subject, viewer_id], salt=SALT, compress=True)


def read(token: str) -> Watch:
    """Return what a token is for. Raises BadToken."""
    try:
        kind, subject, viewer_id = signing.loads(token, salt=SALT, max_age=MAX_AGE_S)
    except (signing.BadSignature, ValueError) as error:
        raise BadToken(str(error)) from error
    return Watch(kind, subject, viewer_id)
