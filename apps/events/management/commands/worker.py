"""`manage.py worker`: deliver events until told to stop."""

from typing import Any

from django.core.management.base import BaseCommand

from apps.events.worker import Worker


class Command(BaseCommand):
    """Deliver events to their subscribers until SIGTERM."""

    help = "Deliver events to their subscribers until SIGTERM; run as many as you like."

    def handle(self, *args: Any, **options: Any) -> None:
        """Work."""
        Worker().run()
