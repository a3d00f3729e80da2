"""`manage.py worker`: deliver events until told to stop."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.events.errors import EventError
from apps.events.worker import Worker


class Command(BaseCommand):
    """Deliver events to their subscribers until SIGTERM."""

    help = "Deliver events to their subscribers until SIGTERM; run as many as you like."

    def handle(self, *args: Any, **options: Any) -> None:
        """Work."""
        try:
            Worker().run()
        except EventError as error:
            raise CommandError(str(error)) from error
