"""Middleware that only pages need: the API knows its callers by itself, and has no messages.

Together they cost an empty view about as much time as all else that Django does for it.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth import middleware as auth
from django.contrib.messages import middleware as messages
from django.contrib.sessions import middleware as sessions
from django.http import HttpRequest
from django.middleware import csp

from apps.api.middleware import ROOT


class PagesOnly:
    """Lets requests to the API pass."""

    get_response: Any

    def __call__(self, request: HttpRequest) -> Any:
        """Do for a page what the middleware is for."""
        if request.path_info.startswith(ROOT):
            return self.get_response(request)
        return super().__call__(request)  # type: ignore[misc]


class ContentSecurityPolicyMiddleware(PagesOnly, csp.ContentSecurityPolicyMiddleware):
    """What a page may load."""


class SessionMiddleware(PagesOnly, sessions.SessionMiddleware):
    """Sessions."""


class AuthenticationMiddleware(PagesOnly, auth.AuthenticationMiddleware):
    """Who is signed in."""


class MessageMiddleware(PagesOnly, messages.MessageMiddleware):
    """Messages for the next page."""
