"""E-mails for operators: what waits, what left, and what failed."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from apps.notifications.models import Mail


@admin.register(Mail)
class MailAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """E-mails, to read; only the services write them."""

    list_display = ["pk", "kind", "recipient", "outcome", "attempts", "due_at", "settled_at", "note"]
    list_filter = ["outcome"]
    list_select_related = ["notification__recipient"]
    search_fields = ["notification__recipient__username"]
    ordering = ["-pk"]

    @admin.display()
    def kind(self, mail: Mail) -> str:
        """Return what it is about."""
        return mail.notification.kind

    @admin.display()
    def recipient(self, mail: Mail) -> str:
        """Return for whom it is."""
        return str(mail.notification.recipient)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False
