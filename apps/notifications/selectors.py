"""Reads of notifications, each of one player's own."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from apps.notifications import kinds, wording
from apps.notifications.models import Mail, Notification, NotificationQuerySet, Outcome
from apps.user_profile import selectors as players
from apps.user_profile.selectors.privacy import Part, Viewer, seen_by


@dataclass(frozen=True, slots=True)
class Line:
    """What a player is told, in words: of one, or of several together, the latest of whom is the actor.

    Whom he may not see now has no card, and what leads to him no address.
    """

    id: int
    kind: str
    thread: str
    actor: players.PlayerCard | None
    text: str
    values: dict[str, Any]
    url: str
    occurred_at: datetime
    is_read: bool
    count: int

    @property
    def html(self) -> SafeString:
        """Return the sentence, with the names in it set off."""
        return wording.html(self.text, self.values)

    @property
    def plain(self) -> str:
        """Return the sentence as text."""
        return wording.plain(self.text, self.values)


def notifications_of(recipient_id: int) -> NotificationQuerySet:
    """Return what a player was told and still holds, the latest first."""
    return Notification.objects.shown().filter(recipient_id=recipient_id).order_by("-id")


def threads_of(recipient_id: int) -> QuerySet[Any]:
    """Return what a player was told, put together where it belongs together, the latest first."""
    rows = Notification.objects.shown().filter(recipient_id=recipient_id).order_by()
    return (
        rows.values("thread")
        .annotate(
            latest=Max("id"),
            count=Count("id"),
            actors=Count("actor_id", distinct=True),
            unread=Count("id", filter=Q(read_at=None)),
        )
        .order_by("-latest")
    )


def lines_of(viewer: Viewer, threads: Iterable[dict[str, Any]]) -> list[Line]:
    """Return the lines of these threads of a player's own. Three queries."""
    found = list(threads)
    rows = {row.pk: row for row in Notification.objects.filter(pk__in=[each["latest"] for each in found])}
    # One that was taken back since the threads were read is not told any more.
    told = [(rows[each["latest"]], each) for each in found if each["latest"] in rows]
    cards = cards_for(viewer, (row for row, _ in told))
    return [line(row, cards, others=each["actors"] - 1, **counted(each)) for row, each in told]


def single_lines(viewer: Viewer, rows: Iterable[Notification]) -> list[Line]:
    """Return these notifications of a player's own, each by itself. Two queries."""
    found = list(rows)
    cards = cards_for(viewer, found)
    return [line(row, cards, others=0, count=1, is_read=row.read_at is not None) for row in found]


def counted(thread: dict[str, Any]) -> dict[str, Any]:
    """Return of how many a thread is, and whether all of it was read."""
    return {"count": thread["count"], "is_read": not thread["unread"]}


def cards_for(viewer: Viewer, rows: Iterable[Notification]) -> dict[int, players.PlayerCard]:
    """Return the cards of those who did it and whom the viewer may see. Two queries."""
    actor_ids = {row.actor_id for row in rows if row.actor_id is not None}
    visible = {user_id for user_id, seen in seen_by(viewer, actor_ids).items() if seen.shows(Part.CARD)}
    return players.cards(visible) if visible else {}


def line(
    row: Notification, cards: dict[int, players.PlayerCard], *, others: int, count: int, is_read: bool
) -> Line:
    """Return the line of a row, which is the latest of `count` that are told together."""
    actor = cards.get(row.actor_id) if row.actor_id is not None else None
    is_hidden = row.actor_id is not None and actor is None
    together = kinds.of(row.kind).together if others > 0 else ""
    name = actor.display_name if actor else _("Somebody")
    values = {**row.values, "actor": name, "others": wording.others(others)}
    return Line(
        id=row.pk,
        kind=row.kind,
        thread=row.thread,
        actor=actor,
        text=together or row.text,
        values=values,
        url="" if is_hidden else row.url,
        occurred_at=row.occurred_at,
        is_read=is_read,
        count=count,
    )


def unread_count(recipient_id: int) -> int:
    """Count the lines that a player has not read. One query, by an index of what is unread."""
    rows = Notification.objects.unread().filter(recipient_id=recipient_id)
    return rows.order_by().values("thread").distinct().count()


def pulse(recipient_id: int) -> str:
    """Return a word that changes whenever what a player has not read does. One query."""
    rows = Notification.objects.unread().filter(recipient_id=recipient_id)
    found = rows.aggregate(count=Count("pk"), latest=Max("pk"))
    return f"{found['count']}.{found['latest'] or 0}"


def failed_mails_of(user_id: int, limit: int = 5) -> list[Mail]:
    """Return the latest e-mails that never reached a player."""
    rows = Mail.objects.filter(outcome=Outcome.FAILED, notification__recipient_id=user_id)
    return list(rows.select_related("notification").order_by("-settled_at")[:limit])
