"""The way through the operators' pages."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

register = template.Library()

DASH = "\N{EN DASH}"
UNITS = (("d", "h", 86_400, 3_600), ("h", "min", 3_600, 60), ("min", "s", 60, 1))


@dataclass(frozen=True)
class Place:
    """A screen; `within` are the pages that belong to it."""

    name: str
    icon: str
    label: Promise
    within: frozenset[str] = frozenset()


PLACES = [
    Place("monitoring:dashboard", "activity", _("Health")),
    Place(
        "monitoring:events", "list-tree", _("Events"), frozenset({"monitoring:event", "monitoring:request"})
    ),
    Place("monitoring:dead-letters", "mail-x", _("Dead letters"), frozenset({"monitoring:dead-letter"})),
    Place("monitoring:subscribers", "rss", _("Subscribers"), frozenset({"monitoring:subscriber"})),
    Place("monitoring:operations", "wrench", _("Operations"), frozenset({"monitoring:operation"})),
    Place("monitoring:audit", "scroll-text", _("Audit")),
    Place("monitoring:analytics", "chart-column", _("Analytics")),
    Place(
        "monitoring:alerts",
        "bell-ring",
        _("Alerts"),
        frozenset({"monitoring:runbooks", "monitoring:sensitivity"}),
    ),
]


@register.inclusion_tag("monitoring/nav.html", takes_context=True)
def ops_nav(context: template.Context) -> dict[str, Any]:
    """List the screens, the present one marked."""
    match = getattr(context.get("request"), "resolver_match", None)
    here = match.view_name if match else ""
    places = [(reverse(place.name), place, here == place.name, here in place.within) for place in PLACES]
    return {"places": places}


@register.filter
def percent(value: float | None) -> str:
    """Return per cent with one decimal, or a dash; only what is whole is called 100."""
    if value is None:
        return DASH
    return f"{min(value, 99.9) if value < 100 else 100:.1f}%"


@register.filter
def milliseconds(value: float | None) -> str:
    """Return a time that is given in milliseconds, as long as it has to be."""
    if value is None:
        return DASH
    if value >= 1000:
        return seconds(value / 1000)
    return f"{value:.0f} ms" if value >= 10 else f"{value:.2f} ms"


@register.filter
def seconds(value: float | None) -> str:
    """Return a length of time in its two largest units, or a dash."""
    if value is None:
        return DASH
    if value < 10:
        return f"{value:.1f} s"
    for unit, smaller, size, part in UNITS:
        if value >= size:
            whole, rest = divmod(int(value), size)
            return f"{whole} {unit} {rest // part} {smaller}" if rest // part else f"{whole} {unit}"
    return f"{value:.0f} s"


@register.filter
def rate(value: float) -> str:
    """Return how many a minute."""
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"
