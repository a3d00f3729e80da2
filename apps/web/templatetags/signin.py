"""Other sites with whose accounts one may sign in."""

from typing import Any

from allauth.socialaccount.adapter import get_adapter
from django import template

register = template.Library()
OFFERED = ("discord", "steam", "twitch")
"""`openid`, which Steam is made of, is not: anybody can run such a site, and say who anybody is."""


@register.simple_tag(takes_context=True)
def sign_in_providers(context: template.Context) -> list[Any]:
    """Return the sites that are set up, by name."""
    providers = get_adapter().list_providers(context["request"])
    return sorted((each for each in providers if each.id in OFFERED), key=lambda each: each.name)
