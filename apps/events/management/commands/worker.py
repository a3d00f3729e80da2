"""`manage.py worker`: deliver events until told to stop."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import import_string

from apps.events.errors import EventError


class Command(BaseCommand):
    """Deliver events to their subscribers until SIGTERM."""

    help = "Deliver events to their subscribers until SIGTERM; run as many as you like."

    def handle(self, *args: Any, **options: Any) -> None:
        """Work."""
        try:
            import_string(settings.EVENTS_WORKER)().run()
        except EventError as error:
            raise CommandError(str(error)) from error
