"""Words for notifications: where a line leads, and what stands for it without a picture."""

from django import template
from django.urls import reverse

from apps.notifications.selectors import Line

register = template.Library()

ICONS = {
    "followed": "user-plus",
    "follow_requested": "user-check",
    "follow_approved": "user-check",
    "webhook_disabled": "webhook",
    "post_liked": "heart",
    "comment_added": "message-circle",
    "mention": "at-sign",
    "achievement": "award",
    "level_up": "trending-up",
    "coins_received": "coins",
    "tournament_open": "trophy",
    "tournament_entry": "trophy",
    "tournament_match": "swords",
    "tournament_placement": "trophy",
    "match_result": "swords",
    "team_joined": "shield",
    "team_role": "shield",
    "team_removed": "shield",
}


@register.simple_tag
def line_icon(line: Line) -> str:
    """Return the icon of a line."""
    return ICONS.get(line.kind, "bell")


@register.simple_tag
def line_address(line: Line) -> str:
    """Return where a line leads: what it is about, else who did it; nowhere when that is hidden."""
    return line.url or (reverse("web:player", args=[line.actor.username]) if line.actor else "")
