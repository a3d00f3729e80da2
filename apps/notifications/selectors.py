"""Reads of notifications, each of one player's own."""

from apps.notifications.models import Notification, NotificationQuerySet


def notifications_of(recipient_id: int) -> NotificationQuerySet:
    """Return what a player was told and still holds, the latest first."""
    return Notification.objects.standing().filter(recipient_id=recipient_id).order_by("-id")


def unread_count(recipient_id: int) -> int:
    """Count what a player has not read. One query, by an index of what is unread."""
    return Notification.objects.unread().filter(recipient_id=recipient_id).count()
