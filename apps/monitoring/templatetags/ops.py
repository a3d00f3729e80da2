"""The way through the operators' pages."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

register = template.Library()


@dataclass(frozen=True)
class Place:
    """A screen; `within` are the pages that belong to it."""

    name: str
    icon: str
    label: Promise
    within: frozenset[str] = frozenset()


PLACES = [
    Place("monitoring:dashboard", "activity", _("Health")),
]


@register.inclusion_tag("monitoring/nav.html", takes_context=True)
def ops_nav(context: template.Context) -> dict[str, Any]:
    """List the screens, the present one marked."""
    match = getattr(context.get("request"), "resolver_match", None)
    here = match.view_name if match else ""
    places = [(reverse(place.name), place, here == place.name, here in place.within) for place in PLACES]
    return {"places": places}
