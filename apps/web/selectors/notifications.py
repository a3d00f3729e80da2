"""What a player is told, in sentences with the names of now."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from apps.user_profile import selectors as profiles
from apps.user_profile.selectors.privacy import Part, Viewer, seen_by

ICONS = {
    "followed": "user-plus",
    "follow_requested": "user-check",
    "follow_approved": "user-check",
    "webhook_disabled": "webhook",
    "post_liked": "heart",
    "comment_added": "message-circle",
    "mention": "at-sign",
}
PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class NotificationRow:
    """One line; without an actor, or where the viewer may not see him, an icon stands for the picture."""

    id: int
    icon: str
    actor: profiles.PlayerCard | None
    sentence: SafeString
    href: str
    occurred_at: datetime
    is_read: bool


def notification_rows(viewer: Viewer, rows: Iterable[Any]) -> list[NotificationRow]:
    """Tell a player's notifications; whom he may not see is not named. Two queries."""
    rows = list(rows)
    actor_ids = {row.actor_id for row in rows if row.actor_id is not None}
    visible = {user_id for user_id, seen in seen_by(viewer, actor_ids).items() if seen.shows(Part.CARD)}
    cards = profiles.cards(visible) if visible else {}
    return [_row(row, cards.get(row.actor_id)) for row in rows]


def _row(row: Any, actor: profiles.PlayerCard | None) -> NotificationRow:
    hidden = row.actor_id is not None and actor is None
    page = reverse("web:player", args=[actor.username]) if actor else ""
    return NotificationRow(
        id=row.pk,
        icon=ICONS.get(row.kind, "bell"),
        actor=actor,
        sentence=sentence(row.text, row.values, actor.display_name if actor else _("Somebody")),
        href="" if hidden else row.url or page,
        occurred_at=row.occurred_at,
        is_read=row.read_at is not None,
    )


def sentence(text: str, values: dict[str, Any], actor: str) -> SafeString:
    """Return a text with its placeholders filled; one that nothing fills stays as it is written."""
    given = {**values, "actor": actor}

    def fill(match: re.Match[str]) -> str:
        name = match.group(1)
        return format_html("<strong>{}</strong>", given[name]) if name in given else match.group(0)

    # Escaped as a whole before, and each value by itself.
    return mark_safe(PLACEHOLDER.sub(fill, conditional_escape(_(text))))
