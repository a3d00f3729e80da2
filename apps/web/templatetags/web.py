"""Small words of the page language: pictures, numbers, times, places."""

from datetime import datetime
from typing import Protocol

from django import template
from django.conf import settings as django_settings
from django.contrib.humanize.templatetags.humanize import ordinal
from django.template.defaultfilters import date as format_date
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.notifications import selectors as notifications
from apps.user_profile import selectors as profiles
from apps.web.art.avatars import avatar_key
from apps.web.art.colour import tint
from apps.web.art.crests import crest_key, crest_letters
from apps.web.selectors.own import own_card

register = template.Library()

EAGER_FROM_PX = 96
"""Pictures of this size stand at the head of a page; smaller ones are loaded when they come into view."""
DASH = "\N{EN DASH}"


class Pictured(Protocol):
    """Whoever has a picture: a player's card, or a seat on a roster."""

    @property
    def user_id(self) -> int:
        """Whose picture it is."""

    @property
    def avatar_url(self) -> str | None:
        """Where the uploaded picture is, None without one."""


@register.simple_tag
def avatar(player: Pictured, size: int = 32) -> SafeString:
    """Return a player's picture; decoration beside the name, so its alternative text is empty."""
    url = player.avatar_url or reverse("web:avatar", args=[avatar_key(player.user_id)])
    return _picture("avatar", url, size)


@register.simple_tag
def crest(team_id: int, tag: str, name: str = "", size: int = 32) -> SafeString:
    """Return the crest of a team; decoration beside its name."""
    url = reverse("web:crest", args=[crest_key(team_id), crest_letters(tag, name)])
    return _picture("crest", url, size)


@register.simple_tag
def player_tint(user_id: int) -> str:
    """Return the class that colours a page like the player's generated picture."""
    return f"tint-{tint(avatar_key(user_id))}"


@register.simple_tag
def item_tint(slug: str) -> str:
    """Return the class that colours what an item of the shop changes."""
    return f"tint-{tint(f'item:{slug}')}"


@register.simple_tag
def team_tint(team_id: int) -> str:
    """Return the class that colours a page like the team's crest."""
    return f"tint-{tint(crest_key(team_id))}"


def _picture(css_class: str, url: str, size: int) -> SafeString:
    loading = "eager" if size >= EAGER_FROM_PX else "lazy"
    return format_html(
        '<img class="{}" src="{}" alt="" width="{}" height="{}" loading="{}" decoding="async">',
        css_class,
        url,
        size,
        size,
        loading,
    )


@register.simple_tag
def address(kind: str, key: str) -> str:
    """Return the address of a player's, team's or tournament's page; a sample without a key has none."""
    return reverse(f"web:{kind}", args=[key]) if key else "#main"


@register.simple_tag(takes_context=True)
def viewer(context: template.Context) -> profiles.PlayerCard | None:
    """Return the signed-in player's card, or None; asks the database at most once a page."""
    request = context.get("request")
    return own_card(request) if request is not None and hasattr(request, "user") else None


@register.simple_tag(takes_context=True)
def unread(context: template.Context) -> int:
    """Count what the signed-in player has not read; one query."""
    user = getattr(context.get("request"), "user", None)
    return notifications.unread_count(user.pk) if user is not None and user.is_authenticated else 0


@register.simple_tag
def live() -> bool:
    """Tell whether there are streams, so that a page may follow what happens."""
    return bool(django_settings.LIVE_URL)


@register.filter
def number(value: int | None) -> str:
    """Return a whole number with its thousands apart."""
    return number_format(value or 0, decimal_pos=0, use_l10n=True, force_grouping=True)


@register.filter
def ratio(part: int | None, other: int | None) -> str:
    """Return ``part`` over ``other`` with two decimals; over nothing it is ``part`` itself."""
    return number_format(round((part or 0) / (other or 1), 2), decimal_pos=2, use_l10n=True)


@register.filter
def share(part: int | None, whole: int | None) -> str:
    """Return ``part`` of ``whole`` in per cent, or a dash where there is no whole."""
    return f"{round(100 * (part or 0) / whole)}%" if whole else DASH


@register.simple_tag
def place(first: int | None, last: int | None = None) -> str:
    """Return a final place: ``1st``, or ``5th`` to ``6th`` where it is shared."""
    if first is None:
        return DASH
    return str(ordinal(first)) if last in (None, first) else f"{ordinal(first)}{DASH}{ordinal(last)}"


@register.simple_tag
def when(moment: datetime | None, form: str = "j M Y") -> SafeString | str:
    """Return a time element; hovering shows the full time."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        local.isoformat(timespec="minutes"),
        format_date(local, "j M Y, H:i e"),
        format_date(local, form),
    )


@register.simple_tag
def span(start: datetime | None, end: datetime | None) -> SafeString | str:
    """Return a period of days, saying month and year only once where both ends share them."""
    if start is None:
        return ""
    first = timezone.localtime(start)
    last = timezone.localtime(end or start)
    if first.date() == last.date():
        return when(start)
    in_one_year, in_one_month = first.year == last.year, first.month == last.month
    form = ("j" if in_one_month else "j M") if in_one_year else "j M Y"
    return format_html(
        '<span><time datetime="{}">{}</time>{}<time datetime="{}">{}</time></span>',
        first.date().isoformat(),
        format_date(first, form),
        DASH,
        last.date().isoformat(),
        format_date(last, "j M Y"),
    )
